//! What several benches need: settings, and the managed policies that `benches/managed-policies.sh`
//! fetched.

#![allow(dead_code, reason = "each bench uses a part")]

use keyaki::input;
use keyaki::layers::Policies;
use keyaki::policy::Kind;
use keyaki::policy::read::ReadOptions;
use keyaki::source::Source;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// A number in the environment; `usual` unless it is set.
pub fn setting(name: &str, usual: u64) -> u64 {
    env::var(name).map_or(usual, |text| text.parse().unwrap())
}

/// The policies of a file, as identity-based ones.
pub fn identity(path: &Path) -> Policies {
    read(path.display().to_string(), fs::read_to_string(path).unwrap())
}

/// Reads a policy.
pub fn read(name: String, text: String) -> Policies {
    let options = ReadOptions { lenient_sids: true, ..ReadOptions::default() };
    input::policies_text(&Source::new(name, text), &options, Kind::Identity).unwrap().value
}

/// Numbers that look random, the same in every run.
pub struct Random(u64);

impl Random {
    pub fn new() -> Self {
        Self(0x9E37_79B9_7F4A_7C15)
    }

    /// A number below `count`.
    pub fn below(&mut self, count: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % count
    }
}

/// The files of the managed policies; `None` if they were not fetched.
pub fn managed() -> Option<Vec<PathBuf>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/managed/policies");
    let mut paths: Vec<PathBuf> =
        fs::read_dir(&folder).ok()?.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    Some(paths)
}
