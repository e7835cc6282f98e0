//! What becomes of findings: what counts, what the project's file waives, what a baseline knows.
//!
//! [`Sifting`] is what the flags and the files say, the same for a whole command; [`Sieve`] looks at
//! the findings of a run one after the other.

use super::Checked;
use jiff::civil::Date;
use keyaki_iam::finding::{Finding, Level, codes};
use keyaki_iam::policy::read::closest;
use keyaki_iam::project::{Waived, Waiver, is_of_changes};
use keyaki_iam::source::Source;
use keyaki_questions::claims::{Claim, Outcome};
use keyaki_questions::lint::{self, InStatement, Judged, Rule};
use keyaki_reports::baseline::{Baseline, Entry};
use keyaki_reports::review::{self, Item as Change};
use keyaki_reports::review_items::{Accepted, Case, Fate, Fingerprints, Item, Kind, Left};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

/// So many findings of a baseline that no longer occur are named.
const NAMED: usize = 5;

/// From which level on a finding counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailOn {
    /// From this one on.
    From(Level),
    /// None counts.
    Never,
}

impl FailOn {
    /// Whether a finding of that level counts.
    pub fn counts(self, level: Level) -> bool {
        match self {
            Self::From(least) => level >= least,
            Self::Never => false,
        }
    }
}

/// What becomes of the findings of a command.
#[derive(Debug)]
pub struct Sifting {
    /// From which level on a finding counts.
    pub fail_on: FailOn,
    /// The same for what is said of waivers, and of what was read.
    pub of_reading: FailOn,
    /// The waivers of the project's file.
    pub waivers: Option<Waivers>,
    /// Findings that are known, and the name of their file.
    pub baseline: Option<(String, Baseline)>,
    /// Where paths count from in fingerprints and in the forms of a code review.
    pub root: Root,
    /// Whether every claim of the files is asked: what a waiver or a baseline names must be there.
    pub whole: bool,
}

impl Default for Sifting {
    /// Every finding counts, and nothing is waived or known.
    fn default() -> Self {
        Self {
            fail_on: FailOn::From(Level::Note),
            of_reading: FailOn::From(Level::Error),
            waivers: None,
            baseline: None,
            root: Root::default(),
            whole: true,
        }
    }
}

/// The waivers of a project's file.
#[derive(Debug)]
pub struct Waivers {
    /// The file.
    pub source: Source,
    /// What it waives.
    pub waivers: Vec<Waiver>,
    /// The day of the run.
    pub today: Date,
    /// Where its paths count from.
    pub root: Root,
    /// Those, by their index, that name a file which does not exist.
    pub missing: BTreeSet<usize>,
}

/// A folder that paths count from.
#[derive(Debug, Clone, Default)]
pub struct Root {
    /// Where the paths of the command line count from.
    pub here: PathBuf,
    /// Where they are to count from.
    pub root: PathBuf,
    /// What the names of files of an earlier revision begin with, and no path does.
    pub revision: String,
}

impl Root {
    /// The path of a file that the command line names, from the root, with `/`; a file that is not
    /// below the root keeps its whole path. No file is looked at.
    pub fn path(&self, name: &str) -> String {
        let mut parts = PathBuf::new();
        let name = name.strip_prefix(&self.revision).unwrap_or(name);
        for part in self.here.join(name).components() {
            match part {
                Component::CurDir => {}
                Component::ParentDir if parts.file_name().is_some() => _ = parts.pop(),
                Component::ParentDir
                | Component::Normal(_)
                | Component::RootDir
                | Component::Prefix(_) => parts.push(part),
            }
        }
        let below: &Path = parts.strip_prefix(&self.root).unwrap_or(&parts);
        let text = below.to_string_lossy();
        if std::path::MAIN_SEPARATOR == '/' { text.into_owned() } else { text.replace('\\', "/") }
    }
}

/// What looks at the findings of a run, in order.
pub struct Sieve<'s> {
    sifting: &'s Sifting,
    fingerprints: Fingerprints,
    /// Waivers by their index: those that matched something, and those of which that is not known.
    matched: BTreeSet<usize>,
    /// The fingerprints of the baseline that occurred.
    met: BTreeSet<String>,
    /// What was examined: rules and claims by the path of their file.
    examined: BTreeSet<(String, String)>,
    /// What of that nobody knows.
    unsure: BTreeSet<(String, String)>,
    /// Whether changes are reviewed.
    reviews: bool,
    /// The files of claims, and the claims in them, by their paths as waivers count them.
    claims: BTreeMap<String, BTreeSet<String>>,
    /// Of each finding in the document that was linted last, whether it is told.
    last: Vec<bool>,
    /// How many findings are left out.
    pub left: Left,
}

/// What is said of waivers and of a baseline when all findings are known.
#[derive(Debug, Default)]
pub struct Closing {
    /// Findings about the project's file, each as an item, too.
    pub findings: Vec<(Finding, Item)>,
    /// Notes.
    pub notes: Vec<String>,
}

impl Sifting {
    /// Files of an earlier revision have names that begin so; they are findings about the path.
    pub fn earlier(&mut self, revision: &str) {
        let roots = [&mut self.root].into_iter();
        let of_waivers = self.waivers.iter_mut().map(|file| &mut file.root);
        roots.chain(of_waivers).for_each(|root| root.revision = revision.to_owned());
    }

    /// A sieve for a run.
    pub fn sieve(&self) -> Sieve<'_> {
        Sieve {
            sifting: self,
            fingerprints: Fingerprints::default(),
            matched: BTreeSet::new(),
            met: BTreeSet::new(),
            examined: BTreeSet::new(),
            unsure: BTreeSet::new(),
            reviews: false,
            claims: BTreeMap::new(),
            last: Vec::new(),
            left: Left::default(),
        }
    }
}

impl<'s> Sieve<'s> {
    /// The findings are those of a review.
    pub fn reviewing(mut self) -> Self {
        self.reviews = true;
        self
    }

    /// What was found in a document that was linted, with these rules; an item for each finding, in
    /// order, then one for each question without an answer.
    pub fn lint(&mut self, name: &str, found: &lint::Report, rules: &[&Rule]) -> Case {
        let file = self.sifting.root.path(name);
        let of = |rule: &str| (file.clone(), rule.to_owned());
        self.examined.extend(rules.iter().map(|rule| of(rule.name)));
        if !found.errors.is_empty() {
            // Which question it was is not known.
            self.unsure.extend(rules.iter().map(|rule| of(rule.name)));
        }
        self.unsure.extend(found.undecided.iter().map(|undecided| of(undecided.rule)));
        let path = self.waiver_path(name);
        for (at, waiver) in self.waivers() {
            let unsure =
                matches!(&waiver.of, Waived::Rule(rule) if self.unsure.contains(&of(rule)));
            if unsure && waiver.is_about(&path) {
                self.matched.insert(at);
            }
        }
        let mut items: Vec<Item> =
            found.findings.iter().map(|judged| self.judged(judged, &file, &path)).collect();
        self.last = items.iter().map(Item::is_told).collect();
        items.extend(found.undecided.iter().map(Item::of_undecided));
        items.extend(found.errors.iter().map(|error| Item::failed(&error.to_string())));
        self.case(file.clone(), file, items)
    }

    fn judged(&mut self, judged: &Judged, file: &str, path: &str) -> Item {
        let statement = judged.statement.as_ref();
        let fingerprint = self.fingerprints.of(&judged.finding, file, statement);
        let is_about = |waiver: &Waiver| {
            let rule = matches!(&waiver.of, Waived::Rule(rule) if rule == judged.finding.rule);
            let part = |statement: &InStatement| {
                waiver.statement.is_none_or(|index| index == statement.index)
                    && waiver.sid.as_ref().is_none_or(|sid| Some(sid) == statement.sid.as_ref())
            };
            let narrow = waiver.statement.is_some() || waiver.sid.is_some();
            rule && waiver.is_about(path) && statement.map_or(!narrow, part)
        };
        let fate = self.fate(judged.finding.level, &fingerprint, is_about);
        Item { fingerprint, fate, ..Item::of_lint(judged) }
    }

    /// What became of a claim.
    pub fn claim(&mut self, claim: &Claim<'_>, checked: &Checked) -> Case {
        let name = claim.source.name();
        let (file, path) = (self.sifting.root.path(name), self.waiver_path(name));
        let of = (file.clone(), claim.name.clone());
        self.examined.insert(of.clone());
        self.claims.entry(path.clone()).or_default().insert(claim.name.clone());
        let is_about = |waiver: &Waiver| {
            matches!(&waiver.of, Waived::Claim(name) if *name == claim.name)
                && waiver.is_about(&path)
        };
        let item = match checked {
            Ok(checked) => Item::of_claim(claim, checked).map(|item| match checked.outcome {
                // What nobody knows is not accepted by anybody.
                Outcome::Unknown => item,
                Outcome::Holds | Outcome::Violated => {
                    let about = ["claim", claim.name.as_str()];
                    let fingerprint = self.fingerprints.next(item.rule, &file, &about);
                    let fate = self.fate(item.level, &fingerprint, is_about);
                    Item { fingerprint, fate, ..item }
                }
            }),
            Err(failed) => {
                let place = Some(claim.source.place(claim.span));
                Some(Item { place, ..Item::failed(&failed.message) })
            }
        };
        let unknown = match checked {
            Ok(checked) => checked.outcome == Outcome::Unknown,
            Err(_) => true,
        };
        if unknown {
            self.unsure.insert(of);
            let about: Vec<usize> =
                self.waivers().filter(|(_, one)| is_about(one)).map(|(at, _)| at).collect();
            self.matched.extend(about);
        }
        self.case(claim.name.clone(), file, item.into_iter().collect())
    }

    /// What is left of what was found in the document that was linted last; internal errors are no
    /// findings.
    pub fn told(&self, found: &lint::Report) -> lint::Report {
        lint::Report {
            findings: found
                .findings
                .iter()
                .zip(&self.last)
                .filter(|(_, told)| **told)
                .map(|(judged, _)| judged.clone())
                .collect(),
            undecided: found.undecided.clone(),
            queries: found.queries,
            errors: Vec::new(),
        }
    }

    /// What a change comes to: what is found of it in each direction.
    pub fn change(&mut self, item: &Change) -> Case {
        let file = item.place.as_ref().map(|place| self.sifting.root.path(&place.file));
        let file = file.unwrap_or_default();
        let path = item.place.as_ref().map(|place| self.waiver_path(&place.file));
        let path = path.unwrap_or_default();
        let said = |said: Item| {
            // What nobody knows is not accepted by anybody.
            if said.kind != Kind::Finding {
                return said;
            }
            // Another change of the same thing is another finding.
            let about = [item.kind, item.address.as_str(), item.content.as_str()];
            let fingerprint = self.fingerprints.next(said.rule, &file, &about);
            let is_about = |waiver: &Waiver| {
                matches!(&waiver.of, Waived::Rule(rule) if rule == said.rule)
                    && waiver.address.as_ref() == Some(&item.address)
                    && waiver.kind.as_deref() == Some(item.kind)
                    && waiver.is_about(&path)
            };
            let fate = self.fate(said.level, &fingerprint, is_about);
            Item { fingerprint, fate, ..said }
        };
        let items = review::items(item).into_iter().map(said).collect();
        self.case(item.address.clone(), file, items)
    }

    /// What was found in a document that was read.
    pub fn document(&mut self, name: &str, findings: &[Finding]) -> Case {
        let file = self.sifting.root.path(name);
        let item = |finding: &Finding| {
            let fingerprint = self.fingerprints.of(finding, &file, None);
            let fate = self.fate(finding.level, &fingerprint, |_| false);
            Item { fingerprint, fate, ..Item::of_finding(finding) }
        };
        let items = findings.iter().map(item).collect();
        self.case(file.clone(), file, items)
    }

    /// What is to be known of a document that was read, and counts for nothing.
    pub fn noted(&self, name: &str, findings: &[Finding]) -> Case {
        let file = self.sifting.root.path(name);
        let item = |finding| Item { fate: Fate::Told, ..Item::of_finding(finding) };
        self.case(file.clone(), file, findings.iter().map(item).collect())
    }

    /// A file that is something else than what is to be examined, which makes it wrong input.
    pub fn rejected(&self, name: &str, findings: &[Finding]) -> Case {
        let file = self.sifting.root.path(name);
        let item = |finding| Item { kind: Kind::Broken, ..Item::of_finding(finding) };
        self.case(file.clone(), file, findings.iter().map(item).collect())
    }

    /// A case of which nothing is known, because of what these words say.
    pub fn unreadable(&self, name: &str, said: &str) -> Case {
        self.case(name.to_owned(), String::new(), vec![Item::unreadable(said)])
    }

    /// The case with the files of its places as the root counts them.
    fn case(&self, name: String, file: String, mut items: Vec<Item>) -> Case {
        for place in items.iter_mut().filter_map(|item| item.place.as_mut()) {
            place.file = self.sifting.root.path(&place.file);
        }
        Case { name, file, items }
    }

    /// What becomes of a finding.
    fn fate(&mut self, level: Level, print: &str, is_about: impl Fn(&Waiver) -> bool) -> Fate {
        let known = self.sifting.baseline.as_ref().is_some_and(|(_, known)| known.knows(print));
        if known {
            self.met.insert(print.to_owned());
        }
        let about: Vec<usize> =
            self.waivers().filter(|(_, one)| is_about(one)).map(|(at, _)| at).collect();
        self.matched.extend(&about);
        let accepted = about.into_iter().find_map(|at| self.accepted(at));
        let fate = match accepted {
            Some(accepted) => Fate::Waived(accepted),
            None if known => Fate::Known,
            None if self.sifting.fail_on.counts(level) => Fate::Counts,
            None => Fate::Told,
        };
        self.left.add(&fate);
        fate
    }

    /// The waivers that there are, each with its index.
    fn waivers(&self) -> impl Iterator<Item = (usize, &'s Waiver)> + use<'s> {
        let sifting: &'s Sifting = self.sifting;
        sifting.waivers.iter().flat_map(|file| file.waivers.iter().enumerate())
    }

    /// The waiver of that index, unless it has expired.
    fn accepted(&self, at: usize) -> Option<Accepted> {
        let file = self.sifting.waivers.as_ref()?;
        let waiver = file.waivers.get(at).filter(|waiver| waiver.holds_on(file.today))?;
        Some(Accepted {
            reason: waiver.reason.clone(),
            expires: waiver.expires.map(|day| day.to_string()),
            file: file.source.name().to_owned(),
            line: file.source.position(waiver.span.start).line,
        })
    }

    /// A path as waivers count it.
    fn waiver_path(&self, name: &str) -> String {
        self.sifting.waivers.as_ref().map_or(String::new(), |file| file.root.path(name))
    }

    /// What is said when everything was examined.
    pub fn closing(&self) -> Closing {
        let mut closing = Closing::default();
        let checks = !self.claims.is_empty();
        for (at, waiver) in self.waivers() {
            let Some(file) = &self.sifting.waivers else { continue };
            let ours = match &waiver.of {
                Waived::Rule(rule) if is_of_changes(rule) => self.reviews,
                Waived::Rule(_) => !checks && !self.reviews,
                Waived::Claim(_) => checks,
            };
            let said = if !ours {
                None
            } else if waiver.holds_on(file.today) {
                self.unused(at, waiver, file)
            } else {
                Some(expired(waiver, &file.source))
            };
            closing.findings.extend(said.map(|finding| {
                let counts = self.sifting.of_reading.counts(finding.level);
                let fate = if counts { Fate::Counts } else { Fate::Told };
                let mut item = Item { fate, ..Item::of_finding(&finding) };
                if let Some(place) = &mut item.place {
                    place.file = self.sifting.root.path(&place.file);
                }
                (finding, item)
            }));
        }
        closing.notes.extend(self.gone());
        closing
    }

    /// The items of a closing, as a case: none if there is none.
    pub fn closing_case(&self, closing: &Closing) -> Option<Case> {
        let file = self.sifting.root.path(self.sifting.waivers.as_ref()?.source.name());
        let items: Vec<Item> = closing.findings.iter().map(|(_, item)| item.clone()).collect();
        (!items.is_empty()).then(|| Case { name: file.clone(), file, items })
    }

    /// What is said of a waiver that waived nothing.
    fn unused(&self, at: usize, waiver: &Waiver, file: &Waivers) -> Option<Finding> {
        if self.matched.contains(&at) {
            return None;
        }
        let said = |level, message: String, help: &str| Finding {
            rule: codes::UNUSED_WAIVER,
            level,
            message,
            source: file.source.clone(),
            span: waiver.span,
            route: String::new(),
            help: Some(help.to_owned()),
        };
        let remove = "remove the waiver, or correct what it names";
        if let Some(path) = waiver.file.as_ref().filter(|_| file.missing.contains(&at)) {
            let message = format!("a waiver names `{path}`, and there is no such file");
            return Some(said(Level::Warning, message, remove));
        }
        match &waiver.of {
            Waived::Rule(rule) if is_of_changes(rule) => {
                let address = waiver.address.as_deref().unwrap_or_default();
                let kind = waiver.kind.as_deref().unwrap_or_default();
                let message =
                    format!("the waiver of `{rule}` of `{address}` ({kind}) matches no change");
                Some(said(Level::Warning, message, remove))
            }
            Waived::Rule(rule) => {
                let looked = self.examined.iter().any(|(path, examined)| {
                    // The examined path counts from another folder than the waiver's.
                    let path = file.root.path(&self.sifting.root.root.join(path).to_string_lossy());
                    examined == rule && waiver.is_about(&path)
                });
                let message = format!("the waiver of `{rule}` matches no finding");
                looked.then(|| said(Level::Warning, message, remove))
            }
            Waived::Claim(name) => {
                let files = self.claims.iter().filter(|(path, _)| waiver.is_about(path));
                let names: BTreeSet<&str> =
                    files.flat_map(|(_, names)| names).map(String::as_str).collect();
                if names.contains(name.as_str()) {
                    let message = format!("the waiver of the claim `{name}` is not needed");
                    return Some(said(Level::Warning, message + ": it is as expected", remove));
                }
                if !self.sifting.whole || names.is_empty() {
                    return None;
                }
                // A file that was read as a whole tells that there is no such claim.
                let level = if waiver.file.is_some() { Level::Error } else { Level::Warning };
                let near = closest(name, names, 1);
                let help = near
                    .first()
                    .map_or_else(|| remove.to_owned(), |near| format!("did you mean `{near}`?"));
                let message = format!("a waiver names the claim `{name}`, and there is none");
                Some(said(level, message, &help))
            }
        }
    }

    /// A note about what of the baseline no longer occurs, among what was examined.
    fn gone(&self) -> Option<String> {
        let (file, baseline) = self.sifting.baseline.as_ref()?;
        let checked: BTreeSet<&str> = self.examined.iter().map(|(path, _)| path.as_str()).collect();
        let gone: Vec<&Entry> = baseline
            .entries()
            .filter(|(print, entry)| {
                let by = if entry.name == entry.file { &entry.rule } else { &entry.name };
                let of = (entry.file.clone(), by.clone());
                // Of a file of claims that was read as a whole, a claim may be gone, too.
                let whole = entry.name != entry.file && self.sifting.whole;
                let looked =
                    self.examined.contains(&of) || whole && checked.contains(entry.file.as_str());
                looked && !self.unsure.contains(&of) && !self.met.contains(*print)
            })
            .map(|(_, entry)| entry)
            .collect();
        if gone.is_empty() {
            return None;
        }
        let named: Vec<String> =
            gone.iter().take(NAMED).map(|one| format!("{} of `{}`", one.rule, one.name)).collect();
        let more = match gone.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let (count, verb) = match gone.len() {
            1 => ("1 finding".to_owned(), "does not occur"),
            several => (format!("{several} findings"), "do not occur"),
        };
        Some(format!(
            "note: {count} of the baseline `{file}` {verb} any more: {}{more}; `--write-baseline` writes it anew",
            named.join(", ")
        ))
    }
}

/// What is said of a waiver whose last day is over.
fn expired(waiver: &Waiver, source: &Source) -> Finding {
    let day = waiver.expires.map(|day| day.to_string()).unwrap_or_default();
    let (what, name) = match &waiver.of {
        Waived::Rule(rule) => ("", rule),
        Waived::Claim(claim) => ("the claim ", claim),
    };
    let place = |word: &str, name: &Option<String>| {
        name.as_ref().map_or(String::new(), |name| format!(" {word} `{name}`"))
    };
    let file = place("of", &waiver.address) + &place("in", &waiver.file);
    Finding {
        rule: codes::EXPIRED_WAIVER,
        level: Level::Error,
        message: format!(
            "the waiver of {what}`{name}`{file} was good until {day}, and waives nothing any more: {}",
            waiver.reason
        ),
        source: source.clone(),
        span: waiver.span,
        route: String::new(),
        help: Some(
            "look at it again: repair what it is about and remove the waiver, or write a later day and why"
                .to_owned(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_count_from_the_root() {
        let root = Root { here: "/r/a/b".into(), root: "/r".into(), revision: "v1:".to_owned() };
        let rows = [
            ("p.json", "a/b/p.json"),
            ("./c/./p.json", "a/b/c/p.json"),
            ("../p.json", "a/p.json"),
            ("../../../p.json", "/p.json"),
            ("../../../../p.json", "/../p.json"),
            ("/r/q/../p.json", "p.json"),
            ("/s/p.json", "/s/p.json"),
            ("v1:../p.json", "a/p.json"),
        ];
        for (name, path) in rows {
            assert_eq!(root.path(name), path, "{name}");
        }
        assert_eq!(Root::default().path("../p/./q"), "../p/q");
    }
}
