//! How many threads work.

use std::env;
use std::num::NonZero;
use std::thread;

/// More threads than this for each core only cost memory.
const MOST_PER_CORE: usize = 4;

/// How many threads are to work: as many as `--jobs` says, or `RAYON_NUM_THREADS`, or as there are
/// cores, within reason. What is not a number, and zero, says nothing, as Rayon has it.
pub fn count(jobs: Option<NonZero<usize>>) -> usize {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    match jobs {
        Some(jobs) => jobs.get().min(most(cores)),
        None => wanted(env::var("RAYON_NUM_THREADS").ok().as_deref(), cores),
    }
}

fn most(cores: usize) -> usize {
    cores.saturating_mul(MOST_PER_CORE)
}

fn wanted(setting: Option<&str>, cores: usize) -> usize {
    let digits = setting
        .map(str::trim)
        .filter(|text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()));
    // More digits than a number has are more threads than there may be.
    let asked = digits.map(|digits| digits.parse().unwrap_or(usize::MAX));
    asked.filter(|count| *count > 0).unwrap_or(cores).min(most(cores))
}

#[cfg(test)]
mod tests {
    use super::wanted;

    #[test]
    fn the_number_of_threads_is_within_reason() {
        let cases = [
            ("3", 3),
            ("8", 8),
            ("9", 8),
            ("100000", 8),
            ("99999999999999999999999", 8),
            (" 2 ", 2),
        ];
        for (setting, threads) in cases {
            assert_eq!(wanted(Some(setting), 2), threads, "{setting}");
        }
        for nothing in
            [None, Some(""), Some("0"), Some("-1"), Some("many"), Some("1.5"), Some("1e9")]
        {
            assert_eq!(wanted(nothing, 2), 2, "{nothing:?}");
        }
    }
}
