//! Where the linker finds libz3, and where the program does when it runs.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The oldest Z3 that the bindings link with. Which one is wanted, the program says when it starts.
const OLDEST: &str = "4.13.3";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=../z3/VERSION");
    println!("cargo::rerun-if-env-changed=Z3_LIBRARY_PATH_OVERRIDE");
    // An installed program looks beside itself, and in the folder `lib/keyaki` beside its own.
    let here = if env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("macos") {
        "@loader_path"
    } else {
        "$ORIGIN"
    };
    if env::var_os("CARGO_CFG_UNIX").is_some() {
        run_path(here);
        run_path(&format!("{here}/../lib/keyaki"));
    }
    let package = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let own = package.with_file_name("z3").join("lib");
    let chosen = env::var_os("Z3_LIBRARY_PATH_OVERRIDE").map(PathBuf::from);
    match [Some(own), chosen].into_iter().flatten().find(|folder| has_library(folder)) {
        Some(folder) => {
            println!("cargo::rustc-link-search=native={}", folder.display());
            // Where it was built, so that it runs from `target` as it is. It comes last: what is
            // installed does not need it.
            if env::var_os("CARGO_CFG_UNIX").is_some() {
                run_path(&folder.display().to_string());
            }
        }
        None if system_has_library() => {}
        None => println!(
            "cargo::error=libz3 is not there: run `sh encodings/z3-setup.sh` once (it downloads it, checked, into encodings/z3). \
             Everything but the program `keyaki-z3` builds without it: `cargo build`"
        ),
    }
}

fn run_path(folder: &str) {
    println!("cargo::rustc-link-arg=-Wl,-rpath,{folder}");
}

fn has_library(folder: &Path) -> bool {
    ["libz3.so", "libz3.dylib", "libz3.a", "libz3.lib"]
        .iter()
        .any(|name| folder.join(name).exists())
}

fn system_has_library() -> bool {
    let asked =
        Command::new("pkg-config").arg(format!("--atleast-version={OLDEST}")).arg("z3").status();
    asked.is_ok_and(|status| status.success())
}
