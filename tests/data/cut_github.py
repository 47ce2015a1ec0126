#!/usr/bin/env python3
"""Cuts GitHub's descriptions to what is called here, and takes their prose out.

    npm pack @octokit/openapi@23.0.2 @octokit/webhooks-schemas@7.6.1   (and unpack both)
    python3 tests/data/cut_github.py OPENAPI/package/generated WEBHOOKS/package/schema.json

Parts that occur more than once stand in `shared` and are named by `$ref`.
"""

import collections
import json
import pathlib
import sys

CALLED = """
GET /user
GET /repos/{owner}/{repo}/issues/{issue_number}/comments
POST /repos/{owner}/{repo}/issues/{issue_number}/comments
PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}
DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}
GET /repos/{owner}/{repo}/pulls
POST /repos/{owner}/{repo}/pulls
PATCH /repos/{owner}/{repo}/pulls/{pull_number}
GET /repos/{owner}/{repo}/pulls/{pull_number}/files
GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews
POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews
POST /repos/{owner}/{repo}/check-runs
PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}
GET /repos/{owner}/{repo}/commits/{ref}/check-runs
GET /repos/{owner}/{repo}/git/ref/{ref}
POST /repos/{owner}/{repo}/git/refs
PATCH /repos/{owner}/{repo}/git/refs/{ref}
GET /repos/{owner}/{repo}/git/commits/{commit_sha}
POST /repos/{owner}/{repo}/git/trees
POST /repos/{owner}/{repo}/git/commits
GET /repos/{owner}/{repo}/releases
POST /repos/{owner}/{repo}/releases
PATCH /repos/{owner}/{repo}/releases/{release_id}
GET /repos/{owner}/{repo}/releases/tags/{tag}
GET /repos/{owner}/{repo}/releases/{release_id}/assets
POST /repos/{owner}/{repo}/releases/{release_id}/assets
DELETE /repos/{owner}/{repo}/releases/assets/{asset_id}
""".split("\n")

# What the people of the stories ask for.
CALLED += """
GET /repos/{owner}/{repo}/pulls/{pull_number}
PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge
PUT /repos/{owner}/{repo}/branches/{branch}/protection
PUT /repos/{owner}/{repo}/contents/{path}
PUT /repos/{owner}/{repo}/collaborators/{username}
GET /repos/{owner}/{repo}/git/trees/{tree_sha}
GET /repos/{owner}/{repo}/git/blobs/{file_sha}
""".split("\n")

EVENTS = [
    "pull_request$opened",
    "pull_request$synchronize",
    "pull_request_review$submitted",
    "merge_group$checks_requested",
    "push$event",
    "workflow_run$completed",
    "workflow_dispatch$event",
]

PROSE = {"description", "title", "summary", "example", "examples", "externalDocs", "deprecated", "x-github", "default"}
PROSE |= {"x-multi-segment", "tsAdditionalProperties", "$schema", "readOnly", "discriminator"}


def bare(node, whole, keys_are_names=False):
    """A schema without prose, its references resolved, `nullable` as a type."""
    if isinstance(node, list):
        return [bare(part, whole) for part in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        found = whole
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        return bare(found, whole)
    out = {}
    for key, value in node.items():
        if not keys_are_names and (key in PROSE or key.startswith("x-")):
            continue
        out[key] = bare(value, whole, key in ("properties", "patternProperties") and not keys_are_names)
    if not keys_are_names and out.pop("nullable", False):
        if isinstance(out.get("type"), str):
            out["type"] = [out["type"], "null"]
        if "enum" in out:
            out["enum"] = out["enum"] + [None]
        if "type" not in out and "enum" not in out:
            out = {"anyOf": [out, {"type": "null"}]}
    return out


def content(part):
    for kind in ("application/json", "application/vnd.github.v3.star+json"):
        if kind in (part or {}).get("content", {}):
            return part["content"][kind]["schema"]
    return None


def operations(path):
    whole = json.loads(path.read_text())
    found = []
    for line in filter(None, CALLED):
        method, route = line.split(" ")
        operation = whole["paths"][route][method.lower()]
        resolve = lambda node: bare({"$ref": node["$ref"]}, whole) if "$ref" in node else node
        parameters = []
        for parameter in operation.get("parameters", []):
            if "$ref" in parameter:
                name = parameter["$ref"].split("/")[-1]
                parameter = whole["components"]["parameters"][name]
            schema = bare(parameter["schema"], whole)
            parameters.append({"name": parameter["name"], "in": parameter["in"],
                               "required": parameter.get("required", False), "schema": schema})
        body = content(operation.get("requestBody"))
        responses = {}
        for status, response in operation["responses"].items():
            if "$ref" in response:
                response = whole["components"]["responses"][response["$ref"].split("/")[-1]]
            responses[status] = bare(content(response), whole)
        found.append({"method": method, "path": route, "parameters": parameters, "body": bare(body, whole),
                      "responses": responses})
    return found


def shared(document, smallest=160):
    """Puts what occurs more than once, and is not small, into a table."""
    seen = collections.Counter()

    def look(node):
        if isinstance(node, (dict, list)):
            text = json.dumps(node, sort_keys=True)
            seen[text] += isinstance(node, dict) and len(text) >= smallest
            if seen[text] < 2:
                for part in node.values() if isinstance(node, dict) else node:
                    look(part)

    look(document)
    names, table = {}, {}

    def put(node, top=False):
        if isinstance(node, list):
            return [put(part) for part in node]
        if not isinstance(node, dict):
            return node
        text = json.dumps(node, sort_keys=True)
        if not top and seen[text] > 1:
            if text not in names:
                names[text] = str(len(names))
                table[names[text]] = put(node, True)
            return {"$ref": names[text]}
        return {key: put(value) for key, value in node.items()}

    body = {key: put(value) for key, value in document.items()}
    return {**body, "shared": table}


def write(name, source, **body):
    document = shared(body)
    path = pathlib.Path(__file__).parent / name
    path.write_text(json.dumps({"source": source, **document}, separators=(",", ":")) + "\n")
    print(name, path.stat().st_size)


generated, webhooks = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
origin = "npm @octokit/openapi 23.0.2, {}, MIT; cut to what is called, without prose"
write("github-openapi.json", origin.format("api.github.com"), operations=operations(generated / "api.github.com.json"))
write("github-enterprise-openapi.json", origin.format("ghes-3.17"), operations=operations(generated / "ghes-3.17.json"))
events = json.loads(webhooks.read_text())
write("github-events.json", "npm @octokit/webhooks-schemas 7.6.1, MIT; cut to the events that are read, without prose",
      events={name: bare(events["definitions"][name], events) for name in EVENTS})
