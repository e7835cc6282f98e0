//! With the feature `z3`: where the programs and tests of this package find libz3 when they run. (Linker arguments are not inherited from
//! the crate that links it.)

use std::env;
use std::path::PathBuf;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=encodings/z3/VERSION");
    println!("cargo::rerun-if-env-changed=Z3_LIBRARY_PATH_OVERRIDE");
    if env::var_os("CARGO_FEATURE_Z3").is_none() {
        return;
    }
    let own = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("encodings").join("z3").join("lib");
    let chosen = env::var_os("Z3_LIBRARY_PATH_OVERRIDE").map(PathBuf::from);
    if let Some(folder) = [Some(own), chosen].into_iter().flatten().find(|folder| folder.exists()) {
        println!("cargo::rustc-link-arg=-Wl,-rpath,{}", folder.display());
    }
}
