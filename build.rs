//! With the feature `z3`: where the programs and tests of a package find libz3 when they run. (Linker arguments are not inherited from the
//! crate that links it.) The packages whose tests ask engines share this file.

use std::env;
use std::path::{Path, PathBuf};

fn main() {
    println!("cargo::rerun-if-env-changed=Z3_LIBRARY_PATH_OVERRIDE");
    let package = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let own =
        package.ancestors().map(|folder| folder.join("encodings").join("z3")).find(|folder| folder.with_file_name("z3-setup.sh").exists());
    let own = own.unwrap_or_default();
    println!("cargo::rerun-if-changed={}", own.join("VERSION").display());
    if env::var_os("CARGO_FEATURE_Z3").is_none() {
        return;
    }
    let chosen = env::var_os("Z3_LIBRARY_PATH_OVERRIDE").map(PathBuf::from);
    if let Some(folder) = [Some(own.join("lib")), chosen].into_iter().flatten().find(|folder| Path::exists(folder)) {
        println!("cargo::rustc-link-arg=-Wl,-rpath,{}", folder.display());
    }
}
