//! Ctrl-C: what was decided is printed, in whole lines, and the command ends.

use super::output::Shared;
use super::progress;
use keyaki_iam::visible;
use std::io::{self, Write};
use std::process;

/// 128 and the number of the signal, as a shell has it.
const CODE: i32 = 130;

/// From now on an interruption writes what waits, and ends this process. Where the system gives no
/// way to be told, it ends the process itself.
pub fn listen(output: Shared) {
    _ = ctrlc::set_handler(move || {
        let place = output.interrupt();
        progress::wipe();
        let what = match place {
            Some(place) => {
                format!("interrupted; what was decided is in `{}`", place.display())
            }
            None => "interrupted".to_owned(),
        };
        _ = writeln!(io::stderr(), "{}", visible::message(&what));
        process::exit(CODE);
    });
}
