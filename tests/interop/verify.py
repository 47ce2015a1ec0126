"""Reads a signed proof with securesystemslib and in-toto-attestation, and expects them to refuse a changed byte."""

import base64
import copy
import json
import sys
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_ssh_public_key
from google.protobuf import json_format
from in_toto_attestation.predicates.link.v0 import link_pb2
from in_toto_attestation.predicates.scai.v0 import scai_pb2
from in_toto_attestation.predicates.test_result.v0 import test_result_pb2
from in_toto_attestation.predicates.vsa.v1 import vsa_pb2
from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.v1.statement import Statement
from jsonschema import Draft202012Validator
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey

PREDICATES = {
    "https://slsa.dev/verification_summary/v1": vsa_pb2.VerificationSummary,
    "https://in-toto.io/attestation/scai/v0.3": scai_pb2.AttributeReport,
    "https://in-toto.io/attestation/link/v0.3": link_pb2.Link,
    "https://in-toto.io/attestation/test-result/v0.1": test_result_pb2.TestResult,
}


def schema_of(kind):
    """The schema that is shipped for the predicates of a type."""
    name = kind.split("/")[-2].replace("_", "-")
    path = Path(__file__).parents[2] / "schemas" / f"predicate-{name}-1.schema.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def main(proof, public):
    with open(proof, encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    with open(public, "rb") as file:
        raw = load_ssh_public_key(file.read()).public_bytes(Encoding.Raw, PublicFormat.Raw)
    keyid = next(one["keyid"] for one in lines[0]["signatures"] if one["keyid"].startswith("ed25519:"))
    key = SSlibKey(keyid, "ed25519", "ed25519", {"public": raw.hex()})
    accepted = Envelope.from_dict(copy.deepcopy(lines[0])).verify([key], 1)
    assert list(accepted) == [keyid], accepted
    for field in ("payload", "sig"):
        other = copy.deepcopy(lines[0])
        holder = other if field == "payload" else next(s for s in other["signatures"] if s["keyid"] == keyid)
        data = bytearray(base64.b64decode(holder[field]))
        data[len(data) // 2] ^= 1
        holder[field] = base64.b64encode(bytes(data)).decode()
        try:
            Envelope.from_dict(other).verify([key], 1)
        except VerificationError:
            continue
        raise AssertionError(f"securesystemslib takes another {field}")
    print("securesystemslib: takes the Ed25519 signature, and refuses a changed byte of payload and signature")

    kinds = []
    for line in lines:
        payload = base64.b64decode(line["payload"])
        message = json_format.Parse(payload, statement_pb2.Statement())
        Statement.copy_from_pb(message).validate()
        predicate = json.loads(payload)["predicate"]
        kind = json.loads(payload)["predicateType"]
        # Fields of the verifier's own are allowed where they are named by an address; the schema knows the others.
        own = {name: value for name, value in copy.deepcopy(predicate).items() if not name.startswith("https://")}
        if kind.startswith("https://slsa.dev/"):
            # The package knows SLSA 1.0: since then the levels are a list, and a verifier has a version.
            (own["verifiedLevels"],) = own["verifiedLevels"]
            del own["verifier"]["version"]
        json_format.ParseDict(own, PREDICATES[kind]())
        schema = schema_of(kind)
        schema.validate(predicate)
        assert not schema.is_valid({**predicate, "more": 1}), f"the schema of {kind} takes any field"
        kinds.append(kind.split("/")[-2])
    print(f"jsonschema: the {len(lines)} predicates hold to the schemas that are shipped")
    print(f"in-toto-attestation: takes {len(lines)} statements and their predicates: {', '.join(kinds)}")


main(*sys.argv[1:])
