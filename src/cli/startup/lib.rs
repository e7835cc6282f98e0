//! What a process was started with, looked at before the Rust runtime changes it.
//!
//! When a Rust program starts, its runtime opens `/dev/null` in place of standard descriptors that
//! are closed. After that `keyaki >&-`, whose answer nobody can get, looks like a program whose
//! output is thrown away on purpose. So one look is taken before: by a function that the loader
//! calls, as it calls constructors of C++. It is a crate of its own because the attribute for that
//! counts as unsafe, which the other crates forbid.

use std::sync::atomic::{AtomicU8, Ordering};

const OPEN: u8 = 1;
const CLOSED: u8 = 2;

/// What was seen; zero where nobody looked.
static SEEN: AtomicU8 = AtomicU8::new(0);

/// Whether the process was started with a standard output; `None` where this system has no way to
/// look.
pub fn had_standard_output() -> Option<bool> {
    match SEEN.load(Ordering::Relaxed) {
        OPEN => Some(true),
        CLOSED => Some(false),
        _ => None,
    }
}

#[cfg(unix)]
extern "C" fn look() {
    let open = rustix::io::fcntl_getfd(rustix::stdio::stdout()).is_ok();
    SEEN.store(if open { OPEN } else { CLOSED }, Ordering::Relaxed);
}

/// The loader calls what it finds in this section before `main`.
#[cfg(unix)]
#[used]
#[cfg_attr(any(target_os = "linux", target_os = "freebsd"), unsafe(link_section = ".init_array"))]
#[cfg_attr(target_os = "macos", unsafe(link_section = "__DATA,__mod_init_func"))]
static LOOK: extern "C" fn() = look;
