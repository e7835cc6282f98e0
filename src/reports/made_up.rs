//! What is made up in a counterexample: accounts, names and ids that neither the policies nor the
//! question name, so that nobody takes them for their own.

use super::answers::Question;
use super::written::Written;
use keyaki_iam::calls::{self, Call};
use keyaki_iam::estate::Estate;
use keyaki_iam::policy::print;
use keyaki_iam::request::{ContextValue, Request, arn_fields};
use keyaki_iam::shape::About;
use keyaki_iam::visible::{Lines, line, visible};
use keyaki_questions::counterexample::is_example;
use memchr::memmem;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The account of what belongs to AWS itself, of which a caveat speaks.
const OF_AWS: &str = "000000000000";

/// A part of a request that is made up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeUp {
    what: &'static str,
    text: String,
}

/// What of these requests is made up, each text once.
pub(super) fn made_up<'r>(
    requests: impl IntoIterator<Item = &'r Request>,
    question: &Question,
    about: &About,
    call: Option<&Call>,
) -> Vec<MadeUp> {
    let mut candidates = candidates(requests);
    if candidates.is_empty() {
        return candidates;
    }
    // Policies of one file stand in one text.
    let mut seen = BTreeSet::new();
    let texts = question.written.iter().map(Written::text);
    let mut given: Vec<String> = texts
        .filter(|text| seen.insert((text.as_ptr().addr(), text.len())))
        .map(str::to_ascii_lowercase)
        .collect();
    // An escaped character may spell any name.
    if given.iter().any(|text| text.contains("\\u")) {
        return Vec::new();
    }
    given.extend(question.shape.iter().map(|shape| shape.to_string().to_ascii_lowercase()));
    given.extend(question.filters.iter().map(|filter| filter.to_ascii_lowercase()));
    given.push(format!("{:?}", about.home).to_ascii_lowercase());
    given.extend(call.iter().flat_map(|call| texts_of(call)));
    candidates.retain(|one| {
        let name = one.text.to_ascii_lowercase();
        !given.iter().any(|text| names(text, &name))
    });
    candidates
}

/// What a call names, in lower case.
fn texts_of(call: &Call) -> Vec<String> {
    let mut given = Vec::new();
    // A file may describe the call, or the inference profile that it is about.
    for extra in call.extras.iter() {
        given.push(format!("{:?} {:?}", extra.needs, extra.values).to_ascii_lowercase());
    }
    for path in &call.paths {
        given.push(format!("{:?}", path.authorizations).to_ascii_lowercase());
        given.extend(path.variables.values().filter_map(|variable| match &variable.shape {
            calls::Shape::Values(values) => Some(values.join(" ").to_ascii_lowercase()),
            calls::Shape::Partition
            | calls::Shape::Region
            | calls::Shape::Account
            | calls::Shape::Text(_) => None,
        }));
    }
    given
}

/// The accounts, names and ids of requests, each once.
fn candidates<'r>(requests: impl IntoIterator<Item = &'r Request>) -> Vec<MadeUp> {
    let mut candidates: Vec<MadeUp> = Vec::new();
    let mut propose = |what, text: &str| {
        if !text.is_empty() && !candidates.iter().any(|one| one.text == text) {
            candidates.push(MadeUp { what, text: text.to_owned() });
        }
    };
    requests.into_iter().for_each(|request| parts(request, &mut propose));
    candidates
}

/// What an estate and a question to it name.
#[derive(Debug)]
pub struct Named<'e> {
    estate: &'e Estate,
    /// The texts of its policies, each once, and the question.
    written: Vec<Written>,
    /// Whether a name is named, as far as it was looked up: the same few are made up for
    /// everybody.
    known: BTreeMap<String, bool>,
}

impl<'e> Named<'e> {
    /// What they name; `asked` is the shape of the question as text.
    pub fn of(estate: &'e Estate, asked: String) -> Self {
        let mut written = vec![Written::Printed(asked)];
        // Many policies may stand in one text, and many principals share a policy.
        let (mut texts, mut printed) = (BTreeMap::new(), BTreeSet::new());
        for policy in estate.documents() {
            let escaped = match &policy.source {
                Some(source) => {
                    *texts.entry(source.text().as_ptr().addr()).or_insert_with(|| {
                        // An escaped character may spell any name.
                        let escaped = source.text().contains("\\u");
                        if !escaped {
                            written.push(Written::Text(source.clone()));
                        }
                        escaped
                    })
                }
                None => true,
            };
            if escaped && printed.insert(Arc::as_ptr(policy).addr()) {
                written.push(Written::Printed(print::print(&policy.policy)));
            }
        }
        Self { estate, written, known: BTreeMap::new() }
    }

    /// What they and a call name.
    pub fn of_call(estate: &'e Estate, asked: String, call: &Call) -> Self {
        let mut named = Self::of(estate, asked);
        named.written.extend(texts_of(call).into_iter().map(Written::Printed));
        named
    }

    /// What is made up in a request of somebody.
    pub fn made_up(&mut self, who: &str, request: &Request) -> Vec<MadeUp> {
        self.made_up_in(who, [request])
    }

    /// What is made up in requests of somebody.
    pub fn made_up_in<'r>(
        &mut self,
        who: &str,
        requests: impl IntoIterator<Item = &'r Request> + Clone,
    ) -> Vec<MadeUp> {
        let who = who.to_ascii_lowercase();
        let mut candidates = candidates(requests.clone());
        // Nobody asks as AWS itself.
        let caller = requests.into_iter().next();
        let caller = caller.and_then(|request| arn_fields(&request.principal.arn));
        if caller.is_some_and(|[_, _, _, _, account, _]| account == OF_AWS) {
            candidates.insert(0, MadeUp { what: "account", text: OF_AWS.to_owned() });
        }
        candidates.retain(|one| {
            let name = one.text.to_ascii_lowercase();
            !names(&who, &name) && !self.has(name)
        });
        candidates
    }

    fn has(&mut self, name: String) -> bool {
        if let Some(known) = self.known.get(&name) {
            return *known;
        }
        let is_there = |text: &str| names(&text.to_ascii_lowercase(), &name);
        let Estate {
            accounts: _,
            organization: _,
            entities,
            groups: _,
            resources,
            endpoints: _,
            shared,
            not_understood: _,
            files: _,
        } = self.estate;
        let arns = entities.iter().map(|one| &one.arn);
        let mut arns = arns.chain(resources.iter().map(|one| &one.arn)).chain(shared);
        let known = self.estate.every_account().contains(name.as_str())
            || arns.any(|arn| is_there(arn))
            || self.written.iter().any(|written| is_there(written.text()));
        self.known.insert(name, known);
        known
    }
}

/// Whether the name stands in the text, not as a part of a longer word.
fn names(text: &str, name: &str) -> bool {
    memmem::find_iter(text.as_bytes(), name).any(|at| {
        let before = text.get(..at).and_then(|text| text.chars().next_back());
        let after = text.get(at.saturating_add(name.len())..).and_then(|text| text.chars().next());
        ![before, after].into_iter().flatten().any(char::is_alphanumeric)
    })
}

/// Proposes the accounts and names of a request.
fn parts(request: &Request, propose: &mut impl FnMut(&'static str, &str)) {
    let principal = &request.principal;
    let callers = [Some(&principal.arn), principal.role_arn.as_ref(), principal.user_arn.as_ref()];
    for arn in callers.into_iter().flatten() {
        let Some([_, _, _, _, account, rest]) = arn_fields(arn) else { continue };
        propose_account(account, propose);
        let pieces: Vec<&str> = rest.split('/').collect();
        match pieces.as_slice() {
            // AWS itself names these roles.
            ["role", "aws-service-role" | "aws-reserved", ..] => {}
            ["assumed-role", role, session] if role.starts_with("AWS") => {
                propose("session", session)
            }
            ["user", .., user] => propose("user", user),
            ["role", .., role] => propose("role", role),
            ["assumed-role", role, session] => {
                propose("role", role);
                propose("session", session);
            }
            ["federated-user", session] => propose("session", session),
            _ => {}
        }
    }
    propose_account(request.resource_account.as_deref().unwrap_or_default(), propose);
    if let Some([_, _, _, _, account, rest]) = arn_fields(&request.resource) {
        propose_account(account, propose);
        rest.split(['/', ':']).filter(|piece| is_example(piece)).for_each(|id| propose("name", id));
    }
    for value in request.context.values() {
        let values = match value {
            ContextValue::Single(value) => std::slice::from_ref(value),
            ContextValue::List(values) => values.as_slice(),
        };
        for value in values {
            if let Some([_, _, _, _, account, _]) = arn_fields(value) {
                propose_account(account, propose);
            }
            propose_account(value, propose);
            value
                .split(['/', ':'])
                .filter(|piece| is_example(piece))
                .for_each(|id| propose("name", id));
        }
    }
}

fn propose_account(account: &str, propose: &mut impl FnMut(&'static str, &str)) {
    let is_id = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    if is_id && account != OF_AWS {
        propose("account", account);
    }
}

/// The line below a request.
pub(super) fn lines(made_up: &[MadeUp]) -> Lines {
    let mut text = Lines::new();
    let mut kinds: Vec<(&str, Vec<String>)> = Vec::new();
    for MadeUp { what, text } in made_up {
        let name = visible(text).into_owned();
        match kinds.iter_mut().find(|(kind, _)| kind == what) {
            Some((_, names)) => names.push(name),
            None => kinds.push((what, vec![name])),
        }
    }
    let verb = if made_up.len() == 1 { "is" } else { "are" };
    let told = |(kind, names): (&str, Vec<String>)| {
        let plural = if names.len() == 1 { "" } else { "s" };
        format!("{kind}{plural} {}", names.join(", "))
    };
    let kinds: Vec<String> = kinds.into_iter().map(told).collect();
    match kinds.as_slice() {
        [] => {}
        [one] => line!(text, "  for example: {one} {verb} made up"),
        [first @ .., last] => {
            line!(text, "  for example: {} and {last} {verb} made up", first.join(", "));
        }
    }
    text
}

/// The same for programs.
pub(super) fn texts(made_up: Vec<MadeUp>) -> Vec<String> {
    made_up.into_iter().map(|one| one.text).collect()
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn a_name_is_a_whole_word() {
        for (text, name, there) in [
            ("arn:aws:iam::111122223333:user/dev", "dev", true),
            ("arn:aws:iam::111122223333:user/dev-ops", "dev", true),
            ("arn:aws:iam::111122223333:user/developers", "dev", false),
            ("udev and dev", "dev", true),
            ("1111222233334", "111122223333", false),
            ("dev", "dev", true),
            ("", "dev", false),
        ] {
            assert_eq!(names(text, name), there, "{text}");
        }
    }
}
