//! What a change of policies adds and removes: a paragraph for people and a line for programs for
//! each thing that changed, claims, and a summary.

use super::answers::{Question, ReviewChange, ReviewSummary, value};
use super::claims::{self, Row};
use super::human::{append_caveats, short, statement};
use super::json;
use super::review_items::{Case, Fate, Item as Said};
use super::{Caveats, SCHEMA, Written};
use keyaki_iam::caveat::Caveat;
use keyaki_iam::policy::parameter;
use keyaki_iam::project::{ADDED, REMOVED};
use keyaki_iam::request::Request;
use keyaki_iam::source::Place;
use keyaki_iam::visible::{Lines, line, message, visible};
use keyaki_questions::claims::{Checked, Claim};
use keyaki_questions::compare::{Comparison, Found, Relation};
use keyaki_questions::query::Requests;
use serde_json::Value;

/// Something that changed.
#[derive(Debug)]
pub struct Item {
    /// What it is called.
    pub address: String,
    /// What its policies are.
    pub kind: &'static str,
    /// `added`, `removed` or `changed`.
    pub revision: &'static str,
    /// Where it stands.
    pub place: Option<Place>,
    /// What is attached to it on one side alone and whose text is not known.
    pub untold: Vec<String>,
    /// Parameters that may have other values than before.
    pub other_values: Vec<String>,
    /// What its policies are written in.
    pub written: Vec<Written>,
    /// What the policies of both sides say.
    pub content: String,
    /// What either side allows alone; `None` where that is not known for a reason inside.
    pub compared: Option<Comparison>,
}

/// How many things there are of each sort.
#[derive(Debug, Default)]
pub struct Counts {
    /// Things that are the same on both sides.
    pub unchanged: usize,
    /// Things that changed.
    pub changed: usize,
    /// Those that allow something that was not allowed.
    pub added: usize,
    /// Those that do not allow something that was allowed.
    pub removed: usize,
    /// Those of which no engine could tell, or of which something is not known.
    pub unknown: usize,
    /// Claims.
    pub claims: usize,
    /// Claims that are not as expected.
    pub failed: usize,
    /// Those of them that were on the old side.
    pub broken: usize,
    /// What a reader must know of the changes.
    pub caveats: Vec<Caveat>,
}

impl Item {
    /// Whether something of it is not known: a policy, or whether values are the same.
    pub fn lacks_something(&self) -> bool {
        !self.untold.is_empty() || !self.other_values.is_empty()
    }

    /// What is to be said of what is not known.
    fn lacking(&self) -> Vec<String> {
        let values = self.other_values.iter().map(|name| {
            format!(
                "`{}` may have other values than before: what is found here holds where it has the same",
                parameter::shown(name)
            )
        });
        self.untold.iter().map(|name| untold_policy(name)).chain(values).collect()
    }

    /// How the new side relates to the old one; unknown where something is attached on one of them
    /// whose text is not known.
    fn relation(&self) -> Relation {
        let relation = self.compared.as_ref().and_then(Comparison::relation);
        match relation {
            Some(relation) if !self.lacks_something() => relation,
            Some(_) | None => Relation::Unknown,
        }
    }
}

impl Counts {
    /// One more thing that changed.
    pub fn change(&mut self, item: &Item) {
        let differs = |found: &Found| usize::from(matches!(found, Found::Difference(_)));
        self.changed += 1;
        self.added += item.compared.as_ref().map_or(0, |compared| differs(&compared.added));
        self.removed += item.compared.as_ref().map_or(0, |compared| differs(&compared.removed));
        self.unknown += usize::from(item.relation() == Relation::Unknown);
        if let Some(compared) = &item.compared {
            // That what is new or gone grants nothing on the other side needs no words.
            let own = compared.caveats.iter().cloned();
            let own = own.filter(|one| !matches!(one, Caveat::GrantsNothing { .. }));
            let known = std::mem::take(&mut self.caveats);
            self.caveats = Caveat::in_order(known.into_iter().chain(own));
        }
    }

    /// One more claim; `before` says whether it was as expected on the old side.
    pub fn claim(&mut self, claim: &Claim<'_>, checked: Option<&Checked>, before: Option<bool>) {
        let fails = !checked.is_some_and(|checked| claim.is_as_expected(checked));
        self.claims += 1;
        self.failed += usize::from(fails);
        self.broken += usize::from(fails && before == Some(true));
    }
}

/// What is to be said of a policy whose text is not known.
fn untold_policy(name: &str) -> String {
    let of_aws = matches!(parameter::arn_fields(name), Some([_, _, "iam", "", "aws", _]));
    let help = if of_aws { "; `--managed FILE` gives it" } else { "" };
    let name = parameter::shown(name);
    format!("`{name}` is attached on one side only, and its text is not known{help}")
}

/// What becomes of what is said of a change under a rule.
fn fate<'c>(case: &'c Case, rule: &str) -> Option<&'c Fate> {
    case.items.iter().find(|said| said.rule == rule).map(|said| &said.fate)
}

/// A thing that changed, for people; the case says what becomes of what is found.
pub fn human(item: &Item, case: &Case) -> String {
    let mut text = Lines::new();
    let place = item
        .place
        .as_ref()
        .map(|place| format!(" ({}:{})", visible(&place.file), place.start.line));
    let (word, address) = (item.relation().word(), visible(&item.address));
    let place = place.unwrap_or_default();
    line!(text, "{word:<12} {:<8} {:<9} {address}{place}", item.revision, item.kind);
    for lacking in item.lacking() {
        line!(text, "  unknown: {}", message(&lacking));
    }
    let Some(compared) = &item.compared else { return text.into_text() };
    let directions = [("added", ADDED, &compared.added), ("removed", REMOVED, &compared.removed)];
    for (word, rule, found) in directions {
        match found {
            Found::Difference(difference) => {
                let witness = &difference.witness;
                line!(text, "  {word}: {}", short(&witness.request));
                for name in &witness.account.deciding {
                    let place = name.place.as_ref().map(|place| {
                        format!(
                            ", {}:{}:{}",
                            visible(&place.file),
                            place.start.line,
                            place.start.column
                        )
                    });
                    line!(text, "    by {}{}", statement(name), place.unwrap_or_default());
                }
                if let Some(told) = fate(case, rule).and_then(claims::accepted) {
                    line!(text, "    {told}");
                }
            }
            Found::Unknown(reason) => {
                line!(text, "  {word}: unknown: {}", message(&reason.to_string()))
            }
            Found::NotAsked | Found::Nothing => {}
        }
    }
    text.into_text()
}

/// What is to be said of a thing that changed: of each direction in which something was found, and of
/// what is not known.
pub fn items(item: &Item) -> Vec<Said> {
    let Item { address, kind, place, compared, .. } = item;
    let mut items: Vec<Said> = item
        .lacking()
        .iter()
        .map(|lacking| {
            let said = format!("`{address}` ({kind}): {lacking}");
            Said::of_change(&said, place.clone())
        })
        .collect();
    let Some(compared) = compared else { return items };
    // What is there on both sides may have allowed it before.
    let beside = compared.caveats.iter().find_map(|caveat| {
        if let Caveat::AttachedUnknown { names } = caveat { Some(names) } else { None }
    });
    let beside = beside.map(|names| {
        let names: Vec<String> =
            names.iter().map(|name| format!("`{}`", parameter::shown(name))).collect();
        format!("; what {} allows is not known, on both sides", names.join(", "))
    });
    let beside = beside.unwrap_or_default();
    let directions =
        [(ADDED, "now allows", &compared.added), (REMOVED, "no longer allows", &compared.removed)];
    for (rule, says, found) in directions {
        match found {
            Found::Difference(difference) => {
                let witness = &difference.witness;
                let of_statement = witness.account.deciding.first();
                // The whole request is told as what shows it.
                let Request { action, resource, .. } = &witness.request;
                let by = of_statement.map(|name| format!(": {}", statement(name)));
                let by = by.unwrap_or_default();
                let said =
                    format!("`{address}` ({kind}) {says} {action} on {resource}{by}{beside}");
                let at = of_statement.and_then(|name| name.place.clone());
                let at = at.filter(|_| rule == ADDED).or(place.clone());
                items.push(Said::of_access(rule, &said, at, &witness.request));
            }
            Found::Unknown(reason) => {
                let said = format!("`{address}` ({kind}): {reason}");
                items.push(Said::of_change(&said, place.clone()));
            }
            Found::NotAsked | Found::Nothing => {}
        }
    }
    items
}

/// A thing that changed, for programs.
pub fn json(item: &Item, case: &Case, requests: Requests<'_>, question: &Question) -> Value {
    let question = &Question { written: item.written.clone(), ..question.clone() };
    let difference = |of: fn(&Comparison) -> &Found| {
        let compared = item.compared.as_ref()?;
        json::found(of(compared), None, question, &compared.about)
    };
    let caveats = item.compared.as_ref().map(|compared| json::caveats(&compared.caveats));
    let rests_on = item.compared.as_ref().map(|compared| json::rests_on(&compared.rests_on));
    let reason = item.compared.as_ref().and_then(Comparison::unknown).map(json::reason);
    value(&ReviewChange {
        schema: SCHEMA,
        address: item.address.clone(),
        kind: item.kind,
        revision: item.revision,
        relation: item.relation().word(),
        added: difference(|compared| &compared.added),
        removed: difference(|compared| &compared.removed),
        file: item.place.as_ref().map(|place| place.file.clone()),
        line: item.place.as_ref().map(|place| place.start.line),
        column: item.place.as_ref().map(|place| place.start.column),
        untold: item.untold.clone(),
        other_values: item.other_values.clone(),
        waived: [ADDED, REMOVED]
            .iter()
            .filter_map(|rule| Some(((*rule).to_owned(), json::waived(fate(case, rule)?)?)))
            .collect(),
        reason,
        rests_on: rests_on.unwrap_or_default(),
        requests: requests.word(),
        caveats: caveats.unwrap_or_default(),
    })
}

/// A claim for people, and whether it was as expected before the change.
pub fn claim(claim: &Claim<'_>, row: Row<'_>, fate: &Fate, before: Option<bool>) -> String {
    let fails = !row.is_ok_and(|checked| claim.is_as_expected(checked));
    let told = match before {
        Some(true) if fails => "       this change breaks it\n",
        Some(false) if fails => "       it was not as expected before the change either\n",
        Some(_) | None => "",
    };
    claims::human(claim, row, fate) + told
}

/// A claim for programs.
pub fn claim_json(mut claim: Value, before: Option<bool>) -> Value {
    if let Value::Object(members) = &mut claim {
        members.insert("asExpectedBefore".to_owned(), before.into());
    }
    claim
}

/// What stands under all, for people.
pub fn summary(
    counts: &Counts,
    requests: Requests<'_>,
    caveats: &[Caveat],
    told: Caveats,
) -> String {
    let Counts {
        unchanged,
        changed,
        added,
        removed,
        unknown,
        claims,
        failed,
        broken,
        caveats: of_changes,
    } = counts;
    let mut text = Lines::new();
    text.blank();
    line!(
        text,
        "{changed} changed, {unchanged} the same: {added} allow what was not allowed, {removed} no longer allow something, {unknown} unknown ({} requests)",
        requests.word()
    );
    if *claims > 0 {
        line!(
            text,
            "{claims} claims: {failed} not as expected, {broken} of them broken by this change"
        );
    }
    let caveats = Caveat::in_order(of_changes.iter().chain(caveats).cloned());
    append_caveats(&mut text, &caveats, told);
    text.into_text()
}

/// What stands under all, for programs.
pub fn summary_json(counts: &Counts, question: Question, caveats: &[Caveat]) -> Value {
    let Counts { unchanged, changed, added, removed, unknown, claims, failed, broken, caveats: _ } =
        *counts;
    value(&ReviewSummary {
        schema: SCHEMA,
        summary: true,
        question,
        changed,
        unchanged,
        added,
        removed,
        unknown,
        claims,
        failed,
        broken,
        caveats: json::caveats(caveats),
    })
}
