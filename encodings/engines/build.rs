//! With the feature `z3`: where the linker and the tests of this package find libz3.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The oldest Z3 that the bindings link with. Which one is wanted, the engine says when it starts.
const OLDEST: &str = "4.13.3";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=../z3/VERSION");
    println!("cargo::rerun-if-env-changed=Z3_LIBRARY_PATH_OVERRIDE");
    if env::var_os("CARGO_FEATURE_Z3").is_none() {
        return;
    }
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let own = here.with_file_name("z3").join("lib");
    let chosen = env::var_os("Z3_LIBRARY_PATH_OVERRIDE").map(PathBuf::from);
    match [Some(own), chosen].into_iter().flatten().find(|folder| has_library(folder)) {
        Some(folder) => {
            println!("cargo::rustc-link-search=native={}", folder.display());
            println!("cargo::rustc-link-arg=-Wl,-rpath,{}", folder.display());
        }
        None if system_has_library() => {}
        None => println!(
            "cargo::error=libz3 is not there: run `sh encodings/z3-setup.sh` once (it downloads it, checked, into encodings/z3), \
             or build without it: `--no-default-features`"
        ),
    }
}

fn has_library(folder: &Path) -> bool {
    ["libz3.so", "libz3.dylib", "libz3.a", "libz3.lib"].iter().any(|name| folder.join(name).exists())
}

fn system_has_library() -> bool {
    let asked = Command::new("pkg-config").arg(format!("--atleast-version={OLDEST}")).arg("z3").status();
    asked.is_ok_and(|status| status.success())
}
