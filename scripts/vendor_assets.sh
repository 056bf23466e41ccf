#!/bin/sh
# Fetches the fonts (and axe, for the tests) from npm into a temporary folder and copies the built files and their licences into
# the checkout. Safe to run again. Only whoever renews them needs npm: the copies are committed, and installing never runs this.
set -eu

FONTS_VERSION=5.3.0
AXE_VERSION=4.14.1

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
fonts="$root/src/havenline/site/static/vendor/fonts"
tests="$root/tests/vendor"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fetch() { # package version folder
    mkdir -p "$work/$3"
    (cd "$work" && npm pack --silent "$1@$2" >"$3.name" && tar xzf "$(cat "$3.name")" -C "$3" --strip-components=1)
    echo "fetched $1 $2"
}

fetch @fontsource-variable/atkinson-hyperlegible-next "$FONTS_VERSION" next
fetch @fontsource-variable/atkinson-hyperlegible-mono "$FONTS_VERSION" mono
fetch axe-core "$AXE_VERSION" axe

mkdir -p "$fonts" "$tests"
for face in next mono; do
    for script in latin latin-ext; do
        cp "$work/$face/files/atkinson-hyperlegible-$face-$script-wght-normal.woff2" "$fonts/"
    done
    cp "$work/$face/LICENSE" "$fonts/atkinson-hyperlegible-$face.LICENSE.txt"
done
cp "$work/axe/axe.min.js" "$tests/axe.min.js"
cp "$work/axe/LICENSE" "$tests/axe.LICENSE.txt"
echo "copied into $fonts and $tests"
