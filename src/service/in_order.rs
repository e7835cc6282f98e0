//! Work on items that arrive one by one, on several threads, told in the order of the items.
//!
//! An item is worked on as soon as it is there, and what came of it is told as soon as it and those
//! before it are known: whoever sends one item and waits for its answer gets it. How far the work
//! runs ahead of the telling is bounded, and so is memory.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// How many items for each thread are read ahead of what is told.
const AHEAD: usize = 16;

/// What the threads know in common.
struct State<T, A> {
    /// Items that nobody works on yet, with their numbers.
    waiting: VecDeque<(usize, T)>,
    /// How many items there were so far.
    read: usize,
    /// Whether there are no more.
    ended: bool,
    /// Whether nobody wants to know the rest.
    stopped: bool,
    answers: BTreeMap<usize, A>,
    /// How many answers were told.
    told: usize,
}

struct Shared<T, A> {
    state: Mutex<State<T, A>>,
    /// There is an item to work on, or there will be no more.
    item: Condvar,
    /// The next answer is known, or there will be no more.
    answer: Condvar,
    /// There is room for more items.
    room: Condvar,
    most_ahead: usize,
}

impl<T, A> Shared<T, A> {
    fn new(threads: usize) -> Self {
        let state = State {
            waiting: VecDeque::new(),
            read: 0,
            ended: false,
            stopped: false,
            answers: BTreeMap::new(),
            told: 0,
        };
        Self {
            state: Mutex::new(state),
            item: Condvar::new(),
            answer: Condvar::new(),
            room: Condvar::new(),
            most_ahead: threads.saturating_mul(AHEAD).max(1),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<T, A>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The state as soon as the condition holds, of which `changed` tells, or the work was stopped.
    fn when(
        &self,
        changed: &Condvar,
        condition: impl Fn(&State<T, A>) -> bool,
    ) -> MutexGuard<'_, State<T, A>> {
        let waits = |state: &mut State<T, A>| !state.stopped && !condition(state);
        changed.wait_while(self.lock(), waits).unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether whoever waits for room goes on: not for each item that is told.
    fn has_room(&self, state: &State<T, A>) -> bool {
        state.read - state.told <= self.most_ahead / 2
    }

    /// Reads items, never too far ahead.
    fn read(&self, mut items: impl Iterator<Item = T>) {
        loop {
            let mut state = self.lock();
            if state.read - state.told >= self.most_ahead {
                drop(state);
                state = self.when(&self.room, |state| self.has_room(state));
            }
            if state.stopped {
                break;
            }
            drop(state);
            let item = items.next();
            let mut state = self.lock();
            let Some(item) = item else {
                state.ended = true;
                drop(state);
                self.item.notify_all();
                self.answer.notify_all();
                break;
            };
            let number = state.read;
            state.waiting.push_back((number, item));
            state.read += 1;
            drop(state);
            self.item.notify_one();
        }
    }

    /// Works until there is nothing left to do.
    fn work(&self, answer: &(dyn Fn(T) -> A + Sync)) {
        loop {
            let mut state = self.when(&self.item, |state| !state.waiting.is_empty() || state.ended);
            let next = state.waiting.pop_front().filter(|_| !state.stopped);
            drop(state);
            let Some((number, item)) = next else { return };
            let unwinding = StopOnDrop(self);
            let answer = answer(item);
            std::mem::forget(unwinding);
            let mut state = self.lock();
            _ = state.answers.insert(number, answer);
            let is_next = state.told == number;
            drop(state);
            if is_next {
                self.answer.notify_one();
            }
        }
    }

    /// The next answer, and whether the one after it is known as well; `None` after the last one.
    /// Without other threads this one does the work.
    fn next(&self, alone: Option<&(dyn Fn(T) -> A + Sync)>) -> Option<(A, bool)> {
        let is_known = |state: &State<T, A>| state.answers.contains_key(&state.told);
        let is_over = |state: &State<T, A>| state.ended && state.told == state.read;
        let changed = if alone.is_some() { &self.item } else { &self.answer };
        let mut state = self.when(changed, |state| {
            is_known(state) || is_over(state) || (alone.is_some() && !state.waiting.is_empty())
        });
        if let Some(answer) = alone {
            let (_, item) = state.waiting.pop_front()?;
            self.told(state);
            return Some((answer(item), false));
        }
        let told = state.told;
        let answer = state.answers.remove(&told)?;
        let more = state.answers.contains_key(&(told + 1));
        self.told(state);
        Some((answer, more))
    }

    /// One more answer is told.
    fn told(&self, mut state: MutexGuard<'_, State<T, A>>) {
        state.told += 1;
        let has_room = self.has_room(&state);
        drop(state);
        if has_room {
            self.room.notify_one();
        }
    }

    /// Nobody wants to know the rest.
    fn stop(&self) {
        self.lock().stopped = true;
        for changed in [&self.item, &self.answer, &self.room] {
            changed.notify_all();
        }
    }
}

/// Stops everybody, so that nobody waits for an answer that will not come.
struct StopOnDrop<'a, T, A>(&'a Shared<T, A>);

impl<T, A> Drop for StopOnDrop<'_, T, A> {
    fn drop(&mut self) {
        self.0.stop();
    }
}

/// Works on all items, on at most so many threads, or on this one if there are no others to be had.
/// `tell` is called on this thread, in the order of the items; its second argument says whether the
/// next answer is known already. The first error of `tell` ends the work; it is returned when what
/// others are at is done.
pub(super) fn in_order<T: Send + 'static, A: Send + 'static, E>(
    items: impl Iterator<Item = T> + Send + 'static,
    threads: usize,
    answer: &(dyn Fn(T) -> A + Sync),
    mut tell: impl FnMut(A, bool) -> Result<(), E>,
) -> Result<(), E> {
    let shared: Arc<Shared<T, A>> = Arc::new(Shared::new(threads));
    let items = Arc::new(Mutex::new(Some(items)));
    let (reader, theirs) = (Arc::clone(&shared), Arc::clone(&items));
    // Not a scoped thread: nobody waits for it when it waits for an item that nobody wants any
    // more.
    let spawned = thread::Builder::new()
        .name("reader".to_owned())
        .spawn(move || taken(&theirs).into_iter().for_each(|items| reader.read(items)));
    if spawned.is_err() {
        return taken(&items).into_iter().flatten().try_for_each(|item| tell(answer(item), false));
    }
    thread::scope(|scope| {
        let worker = || thread::Builder::new().spawn_scoped(scope, || shared.work(answer));
        let workers = (0..threads).map_while(|_| worker().ok()).count();
        let _stop = StopOnDrop(&*shared);
        while let Some((answer, more)) = shared.next((workers == 0).then_some(answer)) {
            tell(answer, more)?;
        }
        Ok(())
    })
}

fn taken<I>(items: &Mutex<Option<I>>) -> Option<I> {
    items.lock().unwrap_or_else(PoisonError::into_inner).take()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    #[test]
    fn answers_are_told_in_order_on_any_number_of_threads() {
        let slow_when_even = |item: usize| {
            (0..if item.is_multiple_of(2) { 20_000 } else { 1 })
                .fold(item, |sum, _| std::hint::black_box(sum))
        };
        for threads in [0, 1, 3] {
            let mut told = Vec::new();
            let end: Result<(), ()> = in_order(0..500, threads, &slow_when_even, |answer, _| {
                told.push(answer);
                Ok(())
            });
            assert!(end.is_ok() && told == (0..500).collect::<Vec<_>>(), "{threads}");
        }
    }

    /// The next item comes when the answer to the one before was told.
    #[test]
    fn an_answer_waits_for_no_later_item() {
        for threads in [0, 1, 4] {
            let (sender, receiver) = channel();
            sender.send(0).unwrap();
            let mut told = 0;
            let end: Result<(), ()> = in_order(
                receiver.into_iter().take(50),
                threads,
                &|item: i32| item,
                |answer, more| {
                    assert!(!more && answer == told);
                    told += 1;
                    // After the last one nobody listens.
                    _ = sender.send(told);
                    Ok(())
                },
            );
            assert!(end.is_ok() && told == 50);
        }
    }

    #[test]
    fn the_first_error_ends_the_work_though_items_keep_coming() {
        for threads in [0, 1, 4] {
            let end = in_order(0.., threads, &|item: u64| item, |answer, _| {
                if answer == 7 { Err(answer) } else { Ok(()) }
            });
            assert_eq!(end, Err(7));
        }
    }

    #[test]
    #[should_panic(expected = "panicked")]
    fn a_panic_leaves_nobody_waiting() {
        let odd = |item: u64| if item == 3 { panic!("of a test") } else { item };
        _ = in_order(0..10, 2, &odd, |_, _| Ok::<(), ()>(()));
    }
}
