#!/usr/bin/env bash
# Joins the exported run, signs its proof with the key in the variable KEY, and leaves the signed proof in a folder.
# The tool comes from the job that built it: .github/workflows/sign.yml says what that means for the key.
set -euo pipefail
tool=$1
run=$2
into=$3
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
umask 077
# The last line of a key must end.
printf '%s\n' "$KEY" >"$scratch/key"
unset KEY
mkdir -p "$into"
chmod +x "$tool"
"$tool" prove --merge "$run" --out "$scratch/proof.intoto.jsonl" >/dev/null
"$tool" prove --sign "$scratch/key" --out "$into/proof.intoto.jsonl"
