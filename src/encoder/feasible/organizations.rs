//! The keys that tell of organizations: F8 to F10.

use super::ConstraintKind::{Hard, Model};
use super::{Context, Row, is_text, members};
use crate::frame::Key;
use crate::shapes;
use keyaki_iam::catalogue::service_keys::{
    ACTIONS_WITHOUT_RESOURCE_ORGANIZATION, WITHOUT_RESOURCE_ORGANIZATION,
};
use keyaki_logic::regex::Regex;
use keyaki_logic::term::{Part, Term};

/// The id and the path of an account's organization, for each account that a request tells of.
const FAMILIES: [[&str; 2]; 4] = [
    ["aws:PrincipalOrgID", "aws:PrincipalOrgPaths"],
    ["aws:ResourceOrgID", "aws:ResourceOrgPaths"],
    ["aws:SourceOrgID", "aws:SourceOrgPaths"],
    ["aws:VpceOrgID", "aws:VpceOrgPaths"],
];

impl Context<'_> {
    pub(super) fn organizations(&self) -> Vec<Row> {
        let mut rows = vec![(
            "F8",
            Hard,
            "`aws:SourceAccount` is the account of `aws:SourceArn`",
            self.source_account(),
        )];
        if let Some(account) = self.key("aws:SourceAccount") {
            let told = Term::or(self.presences(&["aws:SourceOrgID", "aws:SourceOrgPaths"]));
            rows.push((
                "F8",
                Model,
                "the organization of a source is told with its account",
                Term::implies(told, account.present()),
            ));
        }
        for [id, paths] in FAMILIES {
            let (row, kind) = if id == "aws:SourceOrgID" { ("F8", Model) } else { ("F9", Hard) };
            // What of an endpoint is sent depends on the service: F14.
            if id != "aws:VpceOrgID" {
                rows.push((
                    row,
                    kind,
                    "the keys of an organization are present together",
                    self.together(&[id, paths]),
                ));
            }
            rows.push((
                "F9",
                Hard,
                "ids of organizations begin with `o-` and have small letters and digits",
                self.value(id, |slot| slot.in_regex(organization_id())),
            ));
            if let Some(key) = self.key(paths) {
                rows.push((
                    "F9",
                    Hard,
                    "paths name an organization, a root and organizational units, and end in `/`",
                    members(key, |slot| slot.in_regex(path())),
                ));
                rows.push(("F9", Hard, "an account has one path", one_value(key)));
            }
            rows.push((
                "F9",
                Hard,
                "paths begin with the id of the organization",
                self.begins(paths, id),
            ));
        }
        rows.push((
            "F10",
            Hard,
            "an account is in one organization, whoever tells",
            Term::implies(
                Term::and([self.same_account(), Term::not(self.is_about_model())]),
                self.same_organization(),
            ),
        ));
        rows
    }

    fn source_account(&self) -> Term {
        let (Some((here, arn)), Some((there, account))) =
            (self.arn("aws:SourceArn"), self.slot("aws:SourceAccount"))
        else {
            return Term::truth();
        };
        let [_, _, _, _, field, _] = arn.terms();
        // The account field `aws` is not an account.
        let open = Term::or(["", "aws"].map(|text| Term::eq(field.clone(), Term::string(text))));
        let told = Term::and([here, there, arn.is_arn(), Term::not(open)]);
        Term::implies(told, is_text(account, &field))
    }

    /// If both keys are present, the path is one of the organization.
    fn begins(&self, paths: &str, id: &str) -> Term {
        let (Some(key), Some((there, id))) = (self.key(paths), self.slot(id)) else {
            return Term::truth();
        };
        let within = members(key, |slot| {
            let parts = |id| {
                vec![
                    Part::Value(id),
                    Part::Literal("/r-".to_owned()),
                    Part::AnyString,
                    Part::Literal("/".to_owned()),
                ]
            };
            id.test(|id| slot.matches(&parts(id)))
        });
        Term::implies(there, within)
    }

    /// True iff the caller's account owns the resource.
    fn same_account(&self) -> Term {
        Term::and([self.caller.has_account(), Term::eq(self.account(), self.owner())])
    }

    fn same_organization(&self) -> Term {
        let [[id, paths], [owner_id, owner_paths], ..] = FAMILIES;
        let [caller, owner] = [[id, paths], [owner_id, owner_paths]]
            .map(|family| self.presences(&family).into_iter().next());
        let both = caller.zip(owner).map_or_else(Term::truth, |(caller, owner)| {
            let silent = Term::or([
                self.asks_for(ACTIONS_WITHOUT_RESOURCE_ORGANIZATION),
                self.asks_one_of(WITHOUT_RESOURCE_ORGANIZATION),
            ]);
            Term::and([
                Term::implies(owner.clone(), caller.clone()),
                Term::or([silent, Term::implies(caller, owner)]),
            ])
        });
        let values = [self.same_value(id, owner_id), self.same_value(paths, owner_paths)];
        Term::and(
            [both, self.begins(paths, owner_id), self.begins(owner_paths, id)]
                .into_iter()
                .chain(values),
        )
    }
}

/// `o-ID`, of any length.
fn organization_id() -> Regex {
    Regex::concat([Regex::literal("o-"), shapes::id_text()])
}

/// `o-ID/r-ID/` and then `ou-ID-ID/` for each organizational unit, ids of any length.
fn path() -> Regex {
    let unit = Regex::concat([
        Regex::literal("ou-"),
        shapes::id_text(),
        Regex::literal("-"),
        shapes::id_text(),
        Regex::literal("/"),
    ]);
    Regex::concat([
        organization_id(),
        Regex::literal("/r-"),
        shapes::id_text(),
        Regex::literal("/"),
        Regex::star(unit),
    ])
}

/// Nothing but the first element is a value.
fn one_value(key: &Key) -> Term {
    Term::and(key.elements.iter().skip(1).map(|element| Term::not(Term::var(&element.member))))
}
