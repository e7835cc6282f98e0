//! Texts that are the same without case, to look things up by them: names of services and actions.

use std::hash::{Hash, Hasher};

/// A text. Equality and hash ignore ASCII case.
#[derive(Debug, Clone, Copy)]
pub struct Caseless<'t>(pub &'t str);

impl PartialEq for Caseless<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(other.0)
    }
}

impl Eq for Caseless<'_> {}

impl Hash for Caseless<'_> {
    /// Several bytes at once, each as a small letter is: others may become equal, which a hash
    /// allows.
    fn hash<H: Hasher>(&self, state: &mut H) {
        const WIDTH: usize = size_of::<u64>();
        const CASE: u64 = u64::from_ne_bytes([b'a' - b'A'; WIDTH]);
        for chunk in self.0.as_bytes().chunks(WIDTH) {
            let mut bytes = [0; WIDTH];
            bytes.iter_mut().zip(chunk).for_each(|(byte, own)| *byte = *own);
            (u64::from_ne_bytes(bytes) | CASE).hash(state);
        }
        self.0.len().hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustc_hash::FxHashSet;

    #[test]
    fn texts_are_found_in_every_spelling() {
        let names = ["s3", "GetObject", "getobjectacl", "ec2", "", "Straße", "a-b_c", "`x"];
        let known: FxHashSet<Caseless<'_>> = names.into_iter().map(Caseless).collect();
        assert_eq!(known.len(), names.len());
        for name in names {
            for spelled in [name.to_ascii_lowercase(), name.to_ascii_uppercase()] {
                assert!(known.contains(&Caseless(&spelled)), "{spelled}");
            }
        }
        for other in ["s", "s33", "GetObjec", "GetObject ", "A_B-C", "STRASSE", "@x", "`"] {
            assert!(!known.contains(&Caseless(other)), "{other}");
        }
    }
}
