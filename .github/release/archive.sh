#!/usr/bin/env bash
# Packs the binary of a target as install.sh and cargo-binstall expect it: cargo-governed-VERSION-TARGET.tar.gz, with one
# folder of that name. The second argument is the folder that takes it.
set -euo pipefail
target=$1
into=$2
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
name=cargo-governed
case $target in *-windows-*) name=cargo-governed.exe ;; esac
folder=cargo-governed-$version-$target
mkdir -p "$into"
into=$(cd "$into" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/$folder"
cp "${CARGO_TARGET_DIR:-target}/$target/release/$name" README.md CHANGELOG.md LICENSE-* "$scratch/$folder/"
# A relative name: some versions of tar take a colon for a host.
(cd "$scratch" && tar -czf "$folder.tar.gz" "$folder")
mv "$scratch/$folder.tar.gz" "$into/"
printf '%s\n' "$into/$folder.tar.gz"
