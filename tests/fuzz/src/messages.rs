//! Lines between Keyaki and the program that asks Z3.

use keyaki_engines::engine::helper::protocol::{Answered, Asked, Greeting, line, read};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Debug;

/// What is read as a message is written, in one line, and reads as the same; a program that is not
/// asked hears why.
pub fn run(bytes: &[u8]) {
    for text in String::from_utf8_lossy(bytes).lines() {
        returns::<Asked>(text);
        returns::<Answered>(text);
        if let Some(greeting) = returns::<Greeting>(text) {
            assert!(
                greeting
                    .objection()
                    .is_none_or(|why| !why.is_empty() || greeting.refusal.as_deref() == Some(""))
            );
        }
    }
}

fn returns<M: Serialize + DeserializeOwned + PartialEq + Debug>(text: &str) -> Option<M> {
    let message: M = read(text).ok()?;
    let written = line(&message).unwrap();
    assert_eq!(written.find('\n'), Some(written.len() - 1));
    assert_eq!(read::<M>(&written).unwrap(), message);
    Some(message)
}
