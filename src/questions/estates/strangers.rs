//! Accounts of which the estate has neither principals nor resources as a whole, and that the question names as owners of resources. What
//! their policies say nobody here knows: they are taken to let in whoever asks, so that the answer
//! tells whom the estate itself would let ask (SEMANTICS 6.9).

use super::places::{Place, of_any};
use super::{By, Caller, WhoCan};
use crate::query::{Query, QueryError, Verdict, everything};
use keyaki_iam::caveat::Caveat;
use keyaki_iam::estate::{Account, Estate, Shared};
use keyaki_iam::layers::NamedPolicy;
use keyaki_iam::policy::{Kind, Piece, ResourcePattern, Template};
use keyaki_iam::shape::Shape;
use std::collections::BTreeSet;

/// An account that the estate does not have, or of which it has single resources only.
pub(super) struct Stranger {
    account: String,
    /// What its resources are taken to say.
    policy: Shared,
    /// Requests about something of it that the estate has all the same: of members of the
    /// organization.
    known: Vec<Shape>,
}

impl Stranger {
    /// Those that a question names.
    pub fn all(estate: &Estate, shape: &Shape) -> Vec<Self> {
        let element = shape.statement.resource.as_ref().filter(|element| !element.negated);
        let patterns = element.into_iter().flat_map(|element| &element.patterns);
        let scope = shape.scope.resource_accounts.iter().map(String::as_str);
        let named: BTreeSet<&str> = scope.chain(patterns.filter_map(owner)).collect();
        let told = |one: &Account| one.principals || one.resources;
        let known = |account: &str| estate.accounts.get(account).is_some_and(told);
        named
            .into_iter()
            .filter(|account| !known(account))
            .map(|id| Self::new(estate, id))
            .collect()
    }

    fn new(estate: &Estate, account: &str) -> Self {
        let name = format!("policies of account {account} (not known; taken to let in everybody)");
        let everything = everything(Kind::Resource);
        let own = estate.resources.iter().filter(|one| one.account == account);
        Self {
            account: account.to_owned(),
            policy: NamedPolicy { name, ..everything }.into(),
            known: of_any(own.map(|one| (one.arn.as_str(), false))),
        }
    }

    /// All that it owns.
    fn place(&self) -> Place<'_> {
        let mut shape = Shape::under(Vec::new());
        shape.scope.resource_accounts = vec![self.account.clone()];
        Place::of_account(&self.account, &self.policy, shape)
    }
}

/// The account that a pattern names.
fn owner(pattern: &ResourcePattern) -> Option<&str> {
    match pattern {
        ResourcePattern::Any => None,
        ResourcePattern::Arn { fields, .. } => literal(fields.get(4)?),
    }
}

fn literal(field: &Template) -> Option<&str> {
    match field.pieces.as_slice() {
        [Piece::Literal(text)] => {
            let is_id = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
            is_id.then_some(text.as_str())
        }
        _ => None,
    }
}

/// Whether a pattern may name what an account owns that it does not name.
fn is_open(estate: &Estate, pattern: &ResourcePattern) -> bool {
    let ResourcePattern::Arn { text, fields } = pattern else { return true };
    // A model belongs to AWS, and needs nobody's policy.
    let is_model = || {
        let is = |number: usize, start: &str| {
            let piece = fields.get(number).and_then(|field| field.pieces.first());
            matches!(piece, Some(Piece::Literal(text)) if text.starts_with(start))
        };
        fields.get(4).is_some_and(|field| field.pieces.is_empty())
            && is(2, "bedrock")
            && is(5, "foundation-model/")
    };
    owner(pattern).is_none() && !is_model() && Place::bare_at(estate, text).is_none()
}

impl<'a> WhoCan<'a> {
    /// The question to one about what accounts own that the estate does not have: by their numbers.
    pub(super) fn at_strangers(
        &self,
        caller: &Caller<'a>,
        by: By<'_>,
    ) -> impl Iterator<Item = (usize, Result<Verdict, QueryError>)> {
        // What others ask of them is none of the estate's business.
        let asked = if caller.subject.is_outside() { &[][..] } else { &self.strangers[..] };
        asked.iter().enumerate().map(move |(number, stranger)| {
            (number, self.asked(caller, Some(&stranger.place()), &stranger.known, by))
        })
    }

    /// As [`WhoCan::on`], about what such an account owns, by its number.
    pub(super) fn on_stranger<T>(
        &self,
        caller: &Caller<'a>,
        number: usize,
        ask: impl FnOnce(&Query<'_>) -> T,
    ) -> Option<T> {
        let stranger = self.strangers.get(number)?;
        Some(self.on(caller, Some(&stranger.place()), &stranger.known, ask))
    }

    /// What the answers depend on of accounts that the estate does not have.
    pub(super) fn of_strangers(&self) -> [Option<Caveat>; 2] {
        let accounts: Vec<String> = self.strangers.iter().map(|one| one.account.clone()).collect();
        let named = (!accounts.is_empty()).then_some(Caveat::EstateStrangers { accounts });
        let element = self.shape.statement.resource.as_ref();
        let open = self.shape.scope.resource_accounts.is_empty()
            && element.is_none_or(|element| {
                element.negated || element.patterns.iter().any(|one| is_open(self.estate, one))
            });
        [named, open.then_some(Caveat::EstateElsewhere)]
    }
}
