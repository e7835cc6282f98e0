#!/bin/sh
# Puts Z3's library and headers into encodings/z3, where cargo looks for them (see .cargo/config.toml) to build the program keyaki-z3.
# Nothing else needs them.
#
# It downloads the PyPI wheel z3-solver (MIT licence), checks its SHA-256 against the one below, and unpacks what is needed. It needs
# python3 and nothing else; pip is used if it is there, because it knows your index and proxy. Nothing outside encodings/z3 is changed.
# Running it again compares each file with the checksum that it had when it was unpacked, and does nothing if all is as it was; what is
# damaged or missing is set up again. To remove it all: rm -r encodings/z3
set -eu

version=5.3.3
release=5.3.3.0
cd "$(dirname "$0")"

fail() {
    echo "z3-setup: $*" >&2
    exit 1
}

case "$(uname -s)-$(uname -m)" in
Linux-x86_64)
    wheel=z3_solver-$release-py3-none-manylinux_2_27_x86_64.whl platform=manylinux_2_27_x86_64 library=libz3.so
    sha256=0431023a82278dab706c02a320f63178ee0755fb8f10a5c980f0bfe3c84f6f96 ;;
Linux-aarch64 | Linux-arm64)
    wheel=z3_solver-$release-py3-none-manylinux_2_38_aarch64.whl platform=manylinux_2_38_aarch64 library=libz3.so
    sha256=701619d4995695819e150e9fa10218b67a5a2241868f31dddccfe2d3fe15f986 ;;
Darwin-arm64)
    wheel=z3_solver-$release-py3-none-macosx_13_0_arm64.whl platform=macosx_13_0_arm64 library=libz3.dylib
    sha256=814ddeb607535c211e11e1af60c9c69fe8f957b304003a562d9bfc3ceefa295c ;;
Darwin-x86_64)
    wheel=z3_solver-$release-py3-none-macosx_13_0_x86_64.whl platform=macosx_13_0_x86_64 library=libz3.dylib
    sha256=d7d337366240fd6b02ca1a68d545350c43834999b7683b24958ff4a7a9b8b112 ;;
*)
    fail "no Z3 wheel is known for $(uname -s) on $(uname -m); install Z3 $version yourself, or do without: everything but keyaki-z3 builds without it" ;;
esac

command -v python3 >/dev/null || fail "python3 is needed to download, unpack and verify Z3 (Debian: apt-get install python3)"

# `checksums write FOLDER` notes the checksum of every file of a folder in its file SHA256SUMS; `checksums verify FOLDER` says what is wrong.
checksums() {
    python3 - "$@" <<'PYTHON'
import hashlib, os, pathlib, sys

task, folder = sys.argv[1], pathlib.Path(sys.argv[2])
record = folder / "SHA256SUMS"

def checksum(path):
    if path.is_symlink():
        return "link:" + os.readlink(path)
    return hashlib.sha256(path.read_bytes()).hexdigest()

if task == "write":
    files = sorted(path for path in folder.rglob("*") if path.is_symlink() or path.is_file())
    record.write_text("".join(f"{checksum(path)}  {path.relative_to(folder)}\n" for path in files))
    sys.exit()
try:
    lines = record.read_text().splitlines()
except (OSError, ValueError):
    sys.exit("no checksums were noted when it was set up")
noted = {}
for line in lines:
    known, _, name = line.partition("  ")
    noted[name] = known
if "VERSION" not in noted:
    sys.exit("SHA256SUMS is damaged")
for name, known in noted.items():
    try:
        found = checksum(folder / name)
    except OSError:
        sys.exit(f"{name} is missing")
    if found != known:
        sys.exit(f"{name} is damaged")
PYTHON
}

if [ -e z3 ]; then
    if [ "$(cat z3/VERSION 2>/dev/null)" != "$wheel $sha256" ]; then
        echo "z3-setup: $(pwd)/z3 is not Z3 $version for this system; setting it up again"
    elif wrong=$(checksums verify z3 2>&1); then
        echo "z3-setup: Z3 $version is already set up in $(pwd)/z3"
        exit 0
    else
        echo "z3-setup: $(pwd)/z3: $wrong; setting it up again"
    fi
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM

if python3 -m pip --version >/dev/null 2>&1; then
    echo "z3-setup: downloading $wheel with pip"
    python3 -m pip download --quiet --no-deps --only-binary=:all: --platform "$platform" --dest "$work" "z3-solver==$release" ||
        fail "pip could not download z3-solver==$release"
else
    echo "z3-setup: downloading $wheel with Python (no pip here)"
    python3 - "$wheel" "$work" <<'PYTHON' || fail "the download failed; set PIP_INDEX_URL or https_proxy if you need them, or install pip (Debian: apt-get install python3-pip)"
import configparser, html, os, re, sys, urllib.parse, urllib.request

wheel, work = sys.argv[1:]
settings = configparser.RawConfigParser(strict=False)
settings.read(["/etc/pip.conf", os.path.expanduser("~/.pip/pip.conf"), os.path.expanduser("~/.config/pip/pip.conf")])
index = os.environ.get("PIP_INDEX_URL") or settings.get("global", "index-url", fallback="https://pypi.org/simple")
index = index.rstrip("/") + "/z3-solver/"
try:
    with urllib.request.urlopen(index, timeout=60) as page:
        links = re.findall(r'href="([^"]+)"', page.read().decode())
    links = [urllib.parse.urljoin(page.url, html.unescape(link)) for link in links]
    link = next((link for link in links if urllib.parse.urlsplit(link).path.endswith("/" + wheel)), None)
    if link is None:
        sys.exit(f"z3-setup: {index} does not list {wheel}")
    with urllib.request.urlopen(link.split("#")[0], timeout=60) as source, open(os.path.join(work, wheel), "wb") as target:
        while block := source.read(1 << 20):
            target.write(block)
except OSError as error:
    sys.exit(f"z3-setup: {index}: {error}")
PYTHON
fi

python3 - "$work/$wheel" "$sha256" "$work/z3" "$library" <<'PYTHON' || exit 1
import ctypes, hashlib, os, pathlib, sys, zipfile

wheel, expected, target, library = sys.argv[1:]
if not os.path.exists(wheel):
    sys.exit(f"z3-setup: the index has no {os.path.basename(wheel)}")
found = hashlib.sha256(pathlib.Path(wheel).read_bytes()).hexdigest()
if found != expected:
    sys.exit(f"z3-setup: the checksum of the download is {found}, not {expected}; nothing was installed")
with zipfile.ZipFile(wheel) as archive:
    for member in archive.namelist():
        folder, name = os.path.split(member)
        if folder == "z3/include" and name.endswith(".h"):
            place = pathlib.Path(target, "include", name)
        elif member == f"z3/lib/{library}":
            place = pathlib.Path(target, "lib", name)
        else:
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(archive.read(member))
built = pathlib.Path(target, "lib", library)
if not built.exists():
    sys.exit(f"z3-setup: {os.path.basename(wheel)} has no z3/lib/{library}")
try:
    ctypes.CDLL(str(built))
except OSError as error:
    sys.exit(f"z3-setup: this system cannot load Z3's library: {error}; install Z3 yourself, or do without: everything but keyaki-z3 builds without it")
PYTHON

# Programs look for the library by the name that it calls itself.
case $library in
libz3.so) ln -s "$library" "$work/z3/lib/libz3.so.${version%.*}" ;;
libz3.dylib) ln -s "$library" "$work/z3/lib/libz3.${version%.*}.dylib" ;;
esac
mkdir "$work/z3/lib/pkgconfig"
cat >"$work/z3/lib/pkgconfig/z3.pc" <<PC
prefix=\${pcfiledir}/../..
libdir=\${prefix}/lib
includedir=\${prefix}/include

Name: z3
Description: The Z3 theorem prover, from the wheel $wheel
Version: $version
Libs: -L\${libdir} -lz3
Cflags: -I\${includedir}
PC
echo "$wheel $sha256" >"$work/z3/VERSION"
checksums write "$work/z3"
rm -rf z3
mv "$work/z3" z3
echo "z3-setup: Z3 $version (checksum verified) is set up in $(pwd)/z3"
