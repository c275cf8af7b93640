#!/bin/sh
# Builds brevet-secure-enclave for both kinds of Mac into the folder that is given. Needs macOS and its command line tools.
#
#     native/secure-enclave/build.sh OUTPUT_FOLDER
#
# CODESIGN_IDENTITY names the certificate that it is signed with, with a time stamp, as Apple's notarisation asks for; without it the
# signature is ad hoc, which is enough to run it: a key as an opaque blob needs no entitlement.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
output=${1:?the folder to write to}
mkdir -p "$output"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for architecture in arm64 x86_64; do
  swiftc -O -whole-module-optimization -swift-version 5 -warnings-as-errors \
    -target "$architecture-apple-macos13.0" -o "$work/$architecture" "$here"/Sources/*.swift
done
lipo -create -output "$output/brevet-secure-enclave" "$work/arm64" "$work/x86_64"
timestamp=--timestamp
[ -n "${CODESIGN_IDENTITY:-}" ] || timestamp=--timestamp=none
codesign --force --options runtime "$timestamp" --sign "${CODESIGN_IDENTITY:--}" "$output/brevet-secure-enclave"
codesign --verify --strict "$output/brevet-secure-enclave"
# On any Mac it answers: what it is, or that there is no enclave.
printf '{"protocol":1,"operation":"describe"}' |
  "$output/brevet-secure-enclave" --folder "$work/keys" --presence none | grep -q '"protocol":1\|"error":"absent"'
