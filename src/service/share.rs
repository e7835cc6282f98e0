//! Work on many threads, and what happens where there are none to be had.

use rayon::ThreadPoolBuilder;

/// Does work that Rayon shares among so many threads, or fewer where the system gives no more.
/// Where it gives none, this thread does it all.
pub(super) fn share<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    // Not Rayon's own pool: after one vain attempt at its threads it can be had no more.
    let halves = std::iter::successors(Some(threads.max(1)), |threads| {
        Some(threads / 2).filter(|threads| *threads > 0)
    });
    let pool = halves
        .into_iter()
        .find_map(|threads| ThreadPoolBuilder::new().num_threads(threads).build().ok());
    match pool.or_else(|| ThreadPoolBuilder::new().num_threads(1).use_current_thread().build().ok())
    {
        Some(pool) => pool.install(work),
        None => work(),
    }
}
