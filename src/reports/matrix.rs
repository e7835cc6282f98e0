//! The matrix of a library, as text and as JSON.

use super::answers::{Effort, MatrixHead, MatrixRow, MatrixUnknown, value};
use super::human::closing;
use super::json::{catalogue, caveats, partitions, reason, rests_on};
use super::{SCHEMA, Setting};
use keyaki_iam::shape::About;
use keyaki_iam::visible::{Lines, line, message, visible};
use keyaki_questions::matrix::{Containment, Matrix, Member};
use keyaki_questions::unknown::Unknown;
use serde_json::Value;
use std::time::Duration;

/// What is known of a library: a paragraph, the groups of equivalent policies, for each policy
/// those that contain it, what is unknown, and what was assumed. A policy that others contain and
/// that is equivalent to another is told of once, with the first of its group.
pub fn human(members: &[Member], matrix: &Matrix, setting: Setting<'_>) -> String {
    let requests = setting.requests;
    let mut text = Lines::new();
    let (pairs, holds, fails, unknown) =
        (matrix.pairs(), matrix.holds(), matrix.fails(), matrix.unknown());
    line!(
        text,
        "{} policies, {pairs} ordered pairs ({} requests): {holds} contained, {fails} not, {unknown} unknown",
        members.len(),
        requests.word()
    );
    let names = |numbers: &[usize]| {
        numbers.iter().map(|number| name(members, *number)).collect::<Vec<_>>().join(", ")
    };
    for (number, row) in matrix.rows.iter().enumerate() {
        let own = name(members, number);
        let (equal, wider): (Vec<usize>, Vec<usize>) =
            row.contained_in.iter().partition(|other| contains(matrix, number, **other));
        if equal.iter().any(|other| *other < number) {
            continue;
        }
        if !equal.is_empty() {
            line!(text, "{own}");
            line!(text, "  is equivalent to {}", names(&equal));
        }
        if !wider.is_empty() {
            if equal.is_empty() {
                line!(text, "{own}");
            }
            line!(text, "  is contained in {}", names(&wider));
        }
    }
    for (number, row) in matrix.rows.iter().enumerate() {
        for (other, reason) in &row.unknown {
            line!(
                text,
                "unknown: whether {} is contained in {}: {}",
                name(members, number),
                name(members, *other),
                message(&reason.to_string())
            );
        }
    }
    let about = About { partitions: matrix.partitions, ..About::default() };
    closing(&mut text, setting, &about, &matrix.rests_on, &matrix.caveats);
    text.into_text()
}

/// Whether the policy of the first number contains that of the second.
fn contains(matrix: &Matrix, number: usize, other: usize) -> bool {
    matrix.rows.get(other).is_some_and(|row| row.contained_in.binary_search(&number).is_ok())
}

fn name(members: &[Member], number: usize) -> String {
    members.get(number).map_or_else(String::new, |member| format!("`{}`", visible(&member.id)))
}

/// The library as a whole, with the time that it took, and a line for each policy.
pub fn json(
    members: &[Member],
    matrix: &Matrix,
    setting: Setting<'_>,
    taken: Duration,
) -> Vec<Value> {
    let requests = setting.requests;
    let effort = &matrix.effort;
    let head = MatrixHead {
        schema: SCHEMA,
        question: setting.question.clone(),
        policies: members.iter().map(|member| member.id.clone()).collect(),
        pairs: matrix.pairs(),
        holds: matrix.holds(),
        fails: matrix.fails(),
        unknown: matrix.unknown(),
        seconds: taken.as_secs_f64(),
        requests: requests.word(),
        catalogue: catalogue(requests),
        partitions: partitions(matrix.partitions),
        rests_on: rests_on(&matrix.rests_on),
        rests_on_undecided: matrix.rests_on.undecided,
        caveats: caveats(&matrix.caveats),
        effort: Effort {
            samples: effort.samples,
            questions: effort.questions,
            by_law: effort.by_law,
            evaluations: effort.evaluations,
        },
    };
    let unknown = |(other, unknown): &(usize, Unknown)| MatrixUnknown {
        index: *other,
        reason: reason(unknown),
    };
    let line = |(member, row): (&Member, &Containment)| {
        let unknown = row.unknown.iter().map(unknown).collect();
        value(&MatrixRow { id: member.id.clone(), contained_in: row.contained_in.clone(), unknown })
    };
    std::iter::once(value(&head)).chain(members.iter().zip(&matrix.rows).map(line)).collect()
}
