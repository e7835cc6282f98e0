//! Whether there is Z3 to ask.

use keyaki_engines::engine::helper::place::Absent;
use keyaki_engines::engine::{EngineError, Helper};

/// Whether Z3 takes part: it does, unless the environment variable KEYAKI_Z3 is there and empty.
pub fn z3_takes_part() -> bool {
    match Helper::installed() {
        Ok(_) => true,
        Err(EngineError::Absent(Absent::Unwanted)) => {
            eprintln!("skipped: Z3, since KEYAKI_Z3 is empty");
            false
        }
        Err(error) => panic!(
            "Z3 takes part in this test. `sh encodings/z3-setup.sh` and `cargo build -p keyaki-z3` (with `--release` if the test has it) \
             put it where the test looks; `KEYAKI_Z3= cargo test` leaves it out. {error}"
        ),
    }
}
