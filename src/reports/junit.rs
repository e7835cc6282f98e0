//! A review as JUnit XML: a test case for each claim or file. One of which something counts fails,
//! one that nobody knows is an error, one of which all findings are waived is skipped.

use super::review_items::{Case, Fate, Item, Kind, Review};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

/// A review as a file.
///
/// # Errors
/// When it cannot be written as XML, which the texts of a review can.
pub fn document(review: &Review) -> Result<String, String> {
    let mut report = Report::new(format!("keyaki {}", review.command));
    let mut suites: Vec<(&str, TestSuite)> = Vec::new();
    for case in &review.cases {
        // A suite a file; claims of one file stand side by side.
        let file = if case.file.is_empty() { case.name.as_str() } else { case.file.as_str() };
        match suites.last_mut().filter(|(known, _)| *known == file) {
            Some((_, suite)) => _ = suite.add_test_case(tested(case, file)),
            None => {
                let mut suite = TestSuite::new(file);
                suite.add_test_case(tested(case, file));
                suites.push((file, suite));
            }
        }
    }
    report.add_test_suites(suites.into_iter().map(|(_, suite)| suite));
    report.to_string().map_err(|error| error.to_string())
}

fn tested(case: &Case, file: &str) -> TestCase {
    let mut tested = TestCase::new(case.name.as_str(), status(case));
    tested.set_classname(file);
    let told: Vec<&Item> = case.items.iter().filter(|item| item.fate == Fate::Told).collect();
    if !told.is_empty() && matches!(tested.status, TestCaseStatus::Success { .. }) {
        tested.set_system_out(said(&told));
    }
    tested
}

fn status(case: &Case) -> TestCaseStatus {
    let unknown =
        |item: &&Item| item.is_told() && matches!(item.kind, Kind::Unknown | Kind::Broken);
    let failures: Vec<&Item> =
        case.items.iter().filter(|item| item.fate == Fate::Counts && !unknown(item)).collect();
    let unknowns: Vec<&Item> = case.items.iter().filter(unknown).collect();
    let (kind, items) = match (&failures[..], &unknowns[..]) {
        ([_, ..], _) => (NonSuccessKind::Failure, [failures, unknowns].concat()),
        ([], [_, ..]) => (NonSuccessKind::Error, unknowns),
        ([], []) => return passed(case),
    };
    let mut status = TestCaseStatus::non_success(kind);
    if let Some(first) = items.first() {
        status.set_type(first.rule).set_message(first.message.as_str());
    }
    status.set_description(said(&items));
    status
}

/// A case of which nothing counts: skipped, where it is for a reason.
fn passed(case: &Case) -> TestCaseStatus {
    let reason = case.items.iter().find_map(|item| match &item.fate {
        Fate::Waived(accepted) => Some(format!("waived: {}", accepted.reason)),
        Fate::Known => Some("in the baseline".to_owned()),
        Fate::Counts | Fate::Told => None,
    });
    let Some(reason) = reason.filter(|_| !case.items.iter().any(Item::is_told)) else {
        return TestCaseStatus::success();
    };
    let mut status = TestCaseStatus::skipped();
    status.set_message(reason);
    status
}

/// Items as lines of text.
fn said(items: &[&Item]) -> String {
    let one = |item: &&Item| {
        let place = item.place.as_ref().map_or(String::new(), |place| {
            format!("{}:{}:{}: ", place.file, place.start.line, place.start.column)
        });
        let help = item.help.as_ref().map_or(String::new(), |help| format!("  help: {help}\n"));
        let evidence = item.evidence.as_deref().unwrap_or_default();
        format!("{place}{}[{}]: {}\n{help}{evidence}", item.level.word(), item.rule, item.message)
    };
    items.iter().map(one).collect()
}
