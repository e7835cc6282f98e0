//! `z3-setup.sh` tells a damaged Z3 from one that is as it was unpacked, and sets it up again.
//! Without the network: the wheel is made of what is set up here.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test may fail loudly, and says on standard error what it skipped"
)]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// Packs Z3's files as the wheel that the script asks for, and has the script expect its checksum.
const PACK: &str = r#"
import glob, hashlib, os, re, subprocess, sys, zipfile
original, folder = sys.argv[1:]
text = open(original + "/z3-setup.sh").read()
release = re.search(r"^version=(.*)$", text, re.M)[1] + ".0"
wheel, known = open(original + "/z3/VERSION").read().split()
info = f"z3_solver-{release}.dist-info"
with zipfile.ZipFile(f"{folder}/{wheel}", "w") as archive:
    for path in glob.glob(original + "/z3/include/*.h") + glob.glob(original + "/z3/lib/libz3.so") + glob.glob(original + "/z3/lib/libz3.dylib"):
        archive.write(path, "z3/" + os.path.relpath(path, original + "/z3"))
    archive.writestr(info + "/METADATA", f"Metadata-Version: 2.1\nName: z3-solver\nVersion: {release}\n")
    archive.writestr(info + "/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: false\n")
    archive.writestr(info + "/RECORD", "")
packed = hashlib.sha256(open(f"{folder}/{wheel}", "rb").read()).hexdigest()
open(folder + "/z3-setup.sh", "w").write(text.replace(known, packed))
"#;

/// Runs the copy of the script, with wheels from a folder and from nowhere else: whether it
/// succeeded, and all that it said.
fn set_up(copy: &Path, wheels: &Path) -> (bool, String) {
    let mut script = Command::new("sh");
    script
        .arg(copy.join("z3-setup.sh"))
        .env("PIP_NO_INDEX", "1")
        .env("PIP_FIND_LINKS", wheels)
        .env("PIP_CONFIG_FILE", "/dev/null");
    let output = script.output().unwrap();
    (
        output.status.success(),
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned(),
    )
}

fn library(z3: &Path) -> PathBuf {
    ["libz3.so", "libz3.dylib"]
        .map(|name| z3.join("lib").join(name))
        .into_iter()
        .find(|path| path.exists())
        .unwrap()
}

/// Ways of damaging a folder with Z3, each with what the script says of it.
fn damage(z3: &Path, way: usize) -> &'static str {
    let (library, header, package) =
        (library(z3), z3.join("include/z3.h"), z3.join("lib/pkgconfig/z3.pc"));
    match way {
        0 => {
            let mut bytes = fs::read(&library).unwrap();
            bytes.pop();
            fs::write(&library, bytes).unwrap();
            "is damaged"
        }
        1 => {
            let mut bytes = fs::read(&library).unwrap();
            *bytes.last_mut().unwrap() ^= 1;
            fs::write(&library, bytes).unwrap();
            "is damaged"
        }
        2 => {
            fs::write(&header, "").unwrap();
            "include/z3.h is damaged"
        }
        3 => {
            fs::remove_file(&header).unwrap();
            "include/z3.h is missing"
        }
        4 => {
            fs::remove_file(&package).unwrap();
            "lib/pkgconfig/z3.pc is missing"
        }
        5 => {
            let links = fs::read_dir(z3.join("lib")).unwrap().map(|entry| entry.unwrap().path());
            let link = links.filter(|path| path.is_symlink()).last().unwrap();
            fs::remove_file(&link).unwrap();
            symlink("nowhere", &link).unwrap();
            "is damaged"
        }
        6 => {
            fs::remove_file(z3.join("SHA256SUMS")).unwrap();
            "no checksums were noted"
        }
        7 => {
            fs::write(z3.join("SHA256SUMS"), "").unwrap();
            "SHA256SUMS is damaged"
        }
        _ => {
            fs::write(z3.join("VERSION"), "z3").unwrap();
            "is not Z3"
        }
    }
}

#[test]
fn what_is_damaged_is_not_called_set_up_and_is_set_up_again() {
    let original = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let has_pip = Command::new("python3")
        .args(["-m", "pip", "--version"])
        .output()
        .is_ok_and(|output| output.status.success());
    if !original.join("z3/VERSION").exists() || !has_pip {
        eprintln!("skipped: z3-setup.sh has not run here, or there is no pip");
        return;
    }
    let (copy, empty) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let packed =
        Command::new("python3").args(["-c", PACK]).args([original, copy.path()]).status().unwrap();
    assert!(packed.success());
    let (done, said) = set_up(copy.path(), copy.path());
    assert!(done && said.contains("(checksum verified) is set up in"), "{said}");
    let (done, said) = set_up(copy.path(), empty.path());
    assert!(done && said.contains("is already set up"), "{said}");
    for way in 0..9 {
        let told = damage(&copy.path().join("z3"), way);
        if way == 0 {
            let (done, said) = set_up(copy.path(), empty.path());
            assert!(
                !done && said.contains(told) && said.contains("pip could not download"),
                "{said}"
            );
            assert!(!said.contains("is already set up"), "{said}");
        }
        let (done, said) = set_up(copy.path(), copy.path());
        assert!(
            done && said.contains(told) && said.contains("setting it up again"),
            "{way}: {said}"
        );
        assert!(
            said.contains("(checksum verified) is set up in")
                && !said.contains("is already set up"),
            "{way}: {said}"
        );
    }
    let (done, said) = set_up(copy.path(), empty.path());
    assert!(done && said.contains("is already set up"), "{said}");
}
