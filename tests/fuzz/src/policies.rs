//! The readers of policy sets and of single documents.

use crate::holds::{lenient, loaded, parsed, prints, set_prints, some_kind};
use keyaki::input;
use keyaki::layers::Policies;
use keyaki::policy::read::ReadOptions;
use keyaki::source::Source;

/// What is accepted as a set prints policy by policy; a set that is read as a member of a larger
/// text is the same.
pub fn run(bytes: &[u8]) {
    let Ok(source) = Source::from_bytes("fuzz", bytes) else { return };
    let options = if bytes.len() % 2 == 0 { lenient() } else { ReadOptions::default() };
    let Some(value) = parsed(&source) else { return };
    let kind = some_kind(bytes);
    let set = loaded(&source, input::policies_text(&source, &options, kind));
    let member = loaded(&source, input::policies(&value, &source, &options, "policies", kind));
    if let (Some(set), Some(member)) = (&set, &member) {
        assert_eq!(shown(set), shown(member));
    }
    if let Some(document) = loaded(&source, input::document(&source, &options, kind)) {
        assert_eq!(document.name, source.name());
        prints(&document.policy);
    }
    if let Some(set) = set {
        set_prints(&set);
        layers(&set);
    }
}

/// The policies in their places, without their names.
fn shown(set: &Policies) -> String {
    set.layered()
        .map(|(layer, named)| {
            format!("{layer} {layer:?}: {}\n", keyaki::policy::print::print(&named.policy))
        })
        .collect()
}

/// Layers come in their order, and a statement that is kept is there.
fn layers(set: &Policies) {
    assert!(set.layered().map(|(layer, _)| layer).is_sorted());
    assert!(
        set.layered().all(|(layer, _)| !layer.word().is_empty() && !layer.to_string().is_empty())
    );
    assert!(!set.is_resource_alone() || set.layered().count() == 1);
    assert_eq!(set.all().count(), set.layered().count());
    let same = set.keeping(&mut |_, statement| Some(statement.clone()));
    assert_eq!(shown(&same), shown(set));
    let none = set.keeping(&mut |_, _| None);
    assert!(none.all().all(|named| named.policy.statements.is_empty()));
    let last = set.layered().count();
    assert!(set.policy(last).is_none() && set.statement(last, 0).is_none());
}
