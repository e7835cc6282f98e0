//! Answers of `who-can --by resource`: a line for each resource, and a summary.

use super::Setting;
use super::answers::{Question, value};
use super::estates::{
    Asked, MadeUp, Outsiders, Tally, Who, WhoSummary, counted, ending, form, how_many, lines,
    named, outweigh, summary_form, vacuity, word,
};
use keyaki_iam::visible::{Lines, line, visible};
use keyaki_questions::estates::Reached;
use keyaki_questions::query::{RestsOn, Verdict};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use std::time::Duration;

/// What `who-can --by resource` says of one resource of the estate.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WhoResource {
    /// Its ARN. The line is about what is in it, too, such as the objects of a bucket.
    pub resource: String,
    /// The account that owns it.
    pub account: String,
    /// Whether somebody can.
    #[schemars(extend("enum" = ["yes", "no", "unknown"]))]
    pub answer: &'static str,
    /// How many principals of the estate were asked about.
    pub asked: usize,
    /// How many of them can.
    pub yes: usize,
    /// Of how many it is unknown.
    pub unknown: usize,
    /// Whether it is refuted, at this resource, for every other principal of the estate and for
    /// every kind of outsider.
    pub nobody_else: bool,
    /// Who can, each by a request about this resource, and of whom it is unknown; with `--all`
    /// those, too, who cannot.
    pub principals: Vec<Who>,
    /// The outsiders, kind by kind.
    pub outsiders: Outsiders,
    /// The id of the question, where several are asked.
    pub id: Value,
}

/// What `who-can --by resource` says of everything together. `yes` and `unknown` count principals,
/// whatever the resource is.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct WhoResourceSummary {
    /// What is said of everybody.
    #[serde(flatten)]
    pub who: WhoSummary,
    /// How many resources there are.
    pub resources: ResourceCounts,
    /// What is said of resources that the estate does not have.
    pub elsewhere: WhoElsewhere,
}

/// How many resources there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, JsonSchema)]
pub struct ResourceCounts {
    /// How many of the estate the question can be about.
    pub asked: usize,
    /// At how many of them somebody can.
    pub yes: usize,
    /// At how many nobody is known to, and of somebody it is unknown.
    pub unknown: usize,
}

/// Who can on resources that the estate does not have. Outsiders are not asked about these.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct WhoElsewhere {
    /// Whether somebody can.
    #[schemars(extend("enum" = ["yes", "no", "unknown"]))]
    pub answer: &'static str,
    /// How many principals of the estate were asked about.
    pub asked: usize,
    /// How many of them can.
    pub yes: usize,
    /// Of how many it is unknown.
    pub unknown: usize,
    /// Who can, each by a request, and of whom it is unknown; with `--all` those, too, who cannot.
    pub principals: Vec<Who>,
}

/// What was found out about one at a resource.
#[derive(Debug)]
pub struct One {
    /// Who it is.
    pub asked: Asked,
    /// Whether it can.
    pub verdict: Verdict,
    /// What is made up in the request of a "yes".
    pub made_up: Vec<MadeUp>,
    /// Who reaches it by assuming roles, where that is asked and it is a role that can.
    pub reached: Option<Reached>,
}

/// What was found out at one resource, or elsewhere.
#[derive(Debug, Default)]
pub struct AtOne {
    /// Of whom something is told.
    pub told: Vec<One>,
    /// What is known of everybody there.
    pub tally: Tally,
}

impl AtOne {
    /// Whether somebody can.
    pub fn answer(&self) -> &'static str {
        match self.tally.found() {
            (true, _) => "yes",
            (false, true) => "unknown",
            (false, false) => "no",
        }
    }

    fn forms(&self, id: &Value) -> Vec<Who> {
        let one =
            |one: &One| form(id, &one.asked, &one.verdict, &one.made_up, one.reached.as_ref());
        self.told.iter().map(one).collect()
    }

    fn lines(&self) -> Lines {
        let mut text = Lines::new();
        for One { asked, verdict, made_up, reached } in &self.told {
            text.append(lines(asked, verdict, made_up, reached.as_ref()));
        }
        text
    }
}

impl ResourceCounts {
    /// Counts a resource.
    pub fn add(&mut self, at: &AtOne) {
        self.asked += 1;
        self.yes += usize::from(at.answer() == "yes");
        self.unknown += usize::from(at.answer() == "unknown");
    }
}

/// What is found out about everybody, resource by resource.
#[derive(Debug)]
pub struct Everybody {
    all: Vec<(Asked, &'static str)>,
    tally: Tally,
}

impl Everybody {
    /// Nothing of these yet.
    pub fn new(all: impl Iterator<Item = Asked>) -> Self {
        Self { all: all.map(|asked| (asked, "no")).collect(), tally: Tally::default() }
    }

    /// Adds what was found out about one of them, by its number.
    pub fn add(&mut self, number: usize, verdict: &Verdict) {
        if let Some((_, known)) = self.all.get_mut(number) {
            outweigh(known, word(&verdict.answer));
        }
        self.tally.gather(verdict);
    }

    /// What it rests on that nobody is asked about some resource.
    pub fn rests_on(&mut self, rests_on: &RestsOn) {
        self.tally.rests_on(rests_on);
    }

    /// What is known of everybody together.
    pub fn tally(self) -> Tally {
        let Self { all, mut tally } = self;
        all.iter().for_each(|(asked, word)| tally.count(asked, word));
        tally
    }
}

/// The line of a resource for programs.
pub fn json(id: &Value, arn: &str, account: &str, at: &AtOne) -> Value {
    let [asked, yes, unknown] = at.tally.counts();
    value(&WhoResource {
        resource: arn.to_owned(),
        account: account.to_owned(),
        answer: at.answer(),
        asked,
        yes,
        unknown,
        nobody_else: at.tally.nobody_else(),
        principals: at.forms(id),
        outsiders: at.tally.outsiders(),
        id: id.clone(),
    })
}

/// The lines of a resource for people, with the requests.
pub fn human(arn: &str, account: &str, at: &AtOne, question: &Question) -> String {
    let mut text = Lines::new();
    let (answer, can) = (at.answer(), how_many(&at.tally, question));
    line!(text, "{answer}: {} of account {}: {can}", visible(arn), visible(account));
    text.append_indented(&at.lines(), "  ");
    if !at.told.is_empty() {
        text.blank();
    }
    text.into_text()
}

/// The summary for programs.
pub fn summary_json(
    id: &Value,
    tally: &Tally,
    resources: ResourceCounts,
    elsewhere: &AtOne,
    setting: Setting<'_>,
    taken: Duration,
) -> Value {
    let [asked, yes, unknown] = elsewhere.tally.counts();
    value(&WhoResourceSummary {
        who: summary_form(id, tally, setting, taken),
        resources,
        elsewhere: WhoElsewhere {
            answer: elsewhere.answer(),
            asked,
            yes,
            unknown,
            principals: elsewhere.forms(id),
        },
    })
}

/// The summary for people.
pub fn summary(
    id: &Value,
    tally: &Tally,
    resources: ResourceCounts,
    elsewhere: &AtOne,
    setting: Setting<'_>,
) -> String {
    let mut text = Lines::new();
    let [_, can, maybe] = elsewhere.tally.counts();
    let who = match can {
        0 => "no principal of it".to_owned(),
        1 => "1 principal of it".to_owned(),
        several => format!("{several} principals of it"),
    };
    let and = if maybe == 0 { String::new() } else { format!("; for {maybe} it is unknown") };
    let answer = elsewhere.answer();
    line!(text, "{answer}: elsewhere, on what the estate does not have: {who} can{and}");
    text.append_indented(&elsewhere.lines(), "  ");
    text.blank();
    vacuity(&mut text, setting);
    let ResourceCounts { asked, yes, unknown } = resources;
    let nouns = if asked == 1 { "resource" } else { "resources" };
    let and = if unknown == 0 { String::new() } else { format!("; for {unknown} it is unknown") };
    let id_of = named(id);
    line!(
        text,
        "{}somebody can on {yes} of {asked} {nouns} of the estate that the question is about{and}",
        visible(&id_of)
    );
    line!(text, "on these and elsewhere: {}", counted(tally, setting));
    ending(&mut text, id, tally, setting);
    text.into_text()
}
