#!/usr/bin/env bash
# Installs cargo-governed for the Action and says where it is: the input bin, the tool cache, the released archive with
# its digest from checksums.txt beside this file, and as the last resort, where it was switched on, cargo install.
set -euo pipefail
# Whatever ends this script badly is our own work: 4, and never a verdict.
trap 'code=$?; if [ "$code" -ne 0 ] && [ "$code" -ne 4 ]; then printf "::error title=cargo governed%%3A not-installed::the installation ended with %s\n" "$code"; exit 4; fi' EXIT

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# Cargo.toml is the one place that says whose repository this is.
repository=$(sed -n 's/^repository = "https:\/\/github.com\/\(.*\)"$/\1/p' "$here/../../Cargo.toml" | head -n 1)
server=${GOVERNED_DOWNLOAD_SERVER:-https://github.com}
version=${INPUT_VERSION:-}
fallback=${INPUT_FALLBACK:-none}

say() { printf '%s\n' "$*"; }
fail() { printf '::error title=cargo governed%%3A not-installed::%s\n' "$*"; exit 4; }

found() {
  local named
  named=$("$1" --version 2>/dev/null) || fail "$1 does not run on this runner"
  case $named in
    cargo-governed\ *) ;;
    *) fail "$1 is no cargo-governed" ;;
  esac
  { printf 'bin=%s\n' "$1"; printf 'version=%s\n' "${named#cargo-governed }"; } >>"$GITHUB_OUTPUT"
  say "$named at $1"
  exit 0
}

digest() {
  if command -v sha256sum >/dev/null 2>&1; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d ' ' -f 1
}

case $fallback in
  none | cargo-install) ;;
  *) fail "the input fallback is neither none nor cargo-install" ;;
esac

if [ -n "${INPUT_BIN:-}" ]; then
  case $INPUT_BIN in
    /* | [A-Za-z]:*) path=$INPUT_BIN ;;
    *) path=$PWD/$INPUT_BIN ;;
  esac
  [ -f "$path" ] || fail "the input bin names no file"
  found "$path"
fi

if [ -z "$version" ]; then
  version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$here/../../Cargo.toml" | head -n 1)
fi
# The version stands in a path and in an address.
case $version in
  '' | *[!0-9A-Za-z.+-]*) fail "the input version is no version" ;;
esac

case ${RUNNER_OS:-Linux}-${RUNNER_ARCH:-X64} in
  Linux-X64) target=x86_64-unknown-linux-musl ;;
  Linux-ARM64) target=aarch64-unknown-linux-musl ;;
  macOS-X64) target=x86_64-apple-darwin ;;
  macOS-ARM64) target=aarch64-apple-darwin ;;
  Windows-X64) target=x86_64-pc-windows-msvc ;;
  *) target= ;;
esac
name=cargo-governed
case ${RUNNER_OS:-Linux} in Windows) name=cargo-governed.exe ;; esac

cache=${RUNNER_TOOL_CACHE:-${RUNNER_TEMP:-/tmp}}/cargo-governed/$version/${RUNNER_ARCH:-X64}
if [ -x "$cache/$name" ] && [ -f "$cache.complete" ]; then found "$cache/$name"; fi

archive=cargo-governed-$version-$target.tar.gz
wanted=
if [ -n "$target" ] && [ -f "$here/checksums.txt" ]; then
  wanted=$(sed -n "s/^\([0-9a-f]\{64\}\)  $archive\$/\1/p" "$here/checksums.txt" | head -n 1)
fi
if [ -n "$wanted" ]; then
  folder=$(mktemp -d "${RUNNER_TEMP:-/tmp}/governed.XXXXXX")
  address=$server/$repository/releases/download/v$version/$archive
  # Over TLS only, but for a server that was named on purpose.
  secure=(--proto '=https' --tlsv1.2)
  case $server in http://127.0.0.1:*) secure=() ;; esac
  if curl --fail --location --silent --show-error --retry 5 --retry-connrefused --max-time 300 \
    ${secure[@]+"${secure[@]}"} --output "$folder/$archive" "$address"; then
    got=$(digest "$folder/$archive")
    [ "$got" = "$wanted" ] || fail "$archive has the digest $got, and checksums.txt says $wanted"
    tar -xzf "$folder/$archive" -C "$folder"
    mkdir -p "$cache"
    mv "$folder/cargo-governed-$version-$target/$name" "$cache/$name"
    chmod +x "$cache/$name"
    touch "$cache.complete"
    rm -rf "$folder"
    found "$cache/$name"
  fi
  say "::warning title=cargo governed::$address could not be downloaded"
else
  say "no archive of $version for ${RUNNER_OS:-Linux} ${RUNNER_ARCH:-X64} is named in checksums.txt"
fi

[ "$fallback" = cargo-install ] || fail "no binary of $version for this runner; give the input bin a path, or write fallback: cargo-install"
say "::warning title=cargo governed::compiling cargo-governed $version, which takes minutes"
# Outside the checkout: its configuration, toolchain file and aliases have no say here.
cd "${RUNNER_TEMP:-/tmp}"
cargo install cargo-governed --locked --version "=$version" --root "$cache.root"
mkdir -p "$cache"
mv "$cache.root/bin/$name" "$cache/$name"
touch "$cache.complete"
found "$cache/$name"
