//! The envelope: DSSE 1.0.2 (<https://github.com/secure-systems-lab/dsse>). What is signed is the type with the bytes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::Serialize;

use crate::facts::digest::Digest;
use crate::proof::canonical;
use crate::proof::malformed::Malformed;
use crate::proof::names;

/// An envelope as it is written.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Written {
    payload: String,
    payload_type: String,
    signatures: Vec<WrittenSignature>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenSignature {
    keyid: String,
    sig: String,
}

/// A signature over the payload with its type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The fingerprint of the key. It is not signed: a hint, which must be right all the same.
    pub keyid: String,
    /// The bytes of the signature.
    pub bytes: Vec<u8>,
}

/// An envelope that was read, or is going to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// The bytes of the statement.
    pub payload: Vec<u8>,
    /// The signatures; none where it is unsigned.
    pub signatures: Vec<Signature>,
}

/// The text of an unsigned line in front of its payload, and behind it.
const UNSIGNED: (&str, &str) =
    ("{\"payload\":\"", "\",\"payloadType\":\"application/vnd.in-toto+json\",\"signatures\":[]}");

/// What is signed: the pre-authentication encoding of a payload of ours.
pub fn pae(payload: &[u8]) -> Vec<u8> {
    let kind = names::PAYLOAD;
    let mut bytes = format!("DSSEv1 {} {kind} {} ", kind.len(), payload.len()).into_bytes();
    bytes.extend_from_slice(payload);
    bytes
}

impl Envelope {
    /// An envelope that nobody signed.
    pub fn unsigned(payload: Vec<u8>) -> Self {
        Self { payload, signatures: Vec::new() }
    }

    /// The digest by which other lines name this one: that of the payload, which no signature changes.
    pub fn digest(&self) -> Digest {
        Digest::of(&self.payload)
    }

    /// The line, without its end.
    pub fn line(&self) -> Vec<u8> {
        if self.signatures.is_empty() {
            let (before, behind) = UNSIGNED;
            let mut line = String::with_capacity(before.len() + behind.len() + self.payload.len().div_ceil(3) * 4);
            line.push_str(before);
            STANDARD.encode_string(&self.payload, &mut line);
            line.push_str(behind);
            return line.into_bytes();
        }
        let sign = |signature: &Signature| WrittenSignature {
            keyid: signature.keyid.clone(),
            sig: STANDARD.encode(&signature.bytes),
        };
        canonical::bytes_of(&Written {
            payload: STANDARD.encode(&self.payload),
            payload_type: names::PAYLOAD.to_owned(),
            signatures: self.signatures.iter().map(sign).collect(),
        })
    }

    /// Reads just the line that [`Envelope::line`] writes.
    pub fn parse(line: &[u8]) -> Result<Self, Malformed> {
        let (before, behind) = UNSIGNED;
        let text = line.strip_prefix(before.as_bytes()).and_then(|line| line.strip_suffix(behind.as_bytes()));
        // What is base64 between these holds no quote, so nothing else can stand there.
        if let Some(Ok(payload)) = text.map(|text| STANDARD.decode(text)) {
            return Ok(Self::unsigned(payload));
        }
        let written: Written = canonical::read(line)?;
        if written.payload_type != names::PAYLOAD {
            return Err(Malformed::new(format!("the payload is {:?}, not {:?}", written.payload_type, names::PAYLOAD)));
        }
        // The engine refuses missing and superfluous padding and stray bits, so that a payload has one text.
        let decode = |what: &str, text: &str| {
            STANDARD.decode(text).map_err(|error| Malformed::new(format!("{what} is no base64: {error}")))
        };
        let signatures: Result<Vec<Signature>, Malformed> = written
            .signatures
            .into_iter()
            .map(|one| Ok(Signature { bytes: decode("a signature", &one.sig)?, keyid: one.keyid }))
            .collect();
        Ok(Self { payload: decode("the payload", &written.payload)?, signatures: signatures? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pae_is_that_of_the_specification() {
        // The shape of the specification's own example: lengths in decimal digits, one space between the parts.
        assert_eq!(pae(b"hello world"), b"DSSEv1 28 application/vnd.in-toto+json 11 hello world");
        assert_eq!(pae(b""), b"DSSEv1 28 application/vnd.in-toto+json 0 ");
    }

    #[test]
    fn an_unsigned_line_is_what_its_fields_are() {
        for payload in [&b""[..], b"{}", b"{\"a\":1}"] {
            let written = Written {
                payload: STANDARD.encode(payload),
                payload_type: names::PAYLOAD.to_owned(),
                signatures: Vec::new(),
            };
            assert_eq!(Envelope::unsigned(payload.to_vec()).line(), canonical::bytes_of(&written));
        }
    }

    #[test]
    fn a_line_is_read_back_and_nothing_else_is() {
        let mut envelope = Envelope::unsigned(b"{}".to_vec());
        assert_eq!(
            String::from_utf8(envelope.line()).unwrap(),
            "{\"payload\":\"e30=\",\"payloadType\":\"application/vnd.in-toto+json\",\"signatures\":[]}"
        );
        envelope.signatures.push(Signature { keyid: "SHA256:x".to_owned(), bytes: vec![1, 2] });
        let line = envelope.line();
        assert_eq!(Envelope::parse(&line), Ok(envelope.clone()));
        for at in 0..line.len() {
            for bit in 0..8 {
                let mut other = line.clone();
                other[at] ^= 1 << bit;
                assert_ne!(Envelope::parse(&other), Ok(envelope.clone()), "byte {at}, bit {bit}");
            }
        }
        let text = String::from_utf8(line).unwrap();
        for (from, to) in
            [("e30=", "e30"), ("e30=", "e31="), ("e30=", "e30=="), ("in-toto+json", "in-toto"), ("e30", "e-0")]
        {
            assert!(Envelope::parse(text.replacen(from, to, 1).as_bytes()).is_err(), "{to}");
        }
    }
}
