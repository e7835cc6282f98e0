//! How the time of a comparison grows with the size of what is compared: policies of 10, 100, 1,000
//! and 10,000 statements that do not interact, and as many patterns on one key, each against itself
//! in another order, a copy that lacks one, and an equivalent that says more.
//!
//! `benches/README.md` says how to run this and what it gave. Prints a table and writes
//! `benches/growth.svg`. `KEYAKI_TIMEOUT` is the seconds of one question, 60 unless set: a series
//! ends where one is unknown. `KEYAKI_LARGEST` is the largest size, 10,000 unless set; a plot is
//! written only then.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a bench may fail loudly, and prints what it measured"
)]

mod support;

use keyaki::compare::{self, Relation};
use keyaki::query::{Requests, Solver};
use keyaki::world::World;
use keyaki_engines::engine::{Limits, from_spec};
use plotters::prelude::*;
use serde_json::{Value, json};
use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};
use support::{Random, read, setting};

/// How many statements or patterns.
const SIZES: [usize; 5] = [10, 100, 1_000, 5_000, 10_000];

/// Actions with the resources of a statement, in which `#` is its number.
const ACTIONS: [(&str, &str); 8] = [
    ("s3:GetObject", "arn:aws:s3:::bucket-#/*"),
    ("s3:PutObject", "arn:aws:s3:::bucket-#/*"),
    ("dynamodb:GetItem", "arn:aws:dynamodb:us-east-1:111122223333:table/t#"),
    ("sqs:SendMessage", "arn:aws:sqs:us-east-1:111122223333:q#"),
    ("kms:Decrypt", "arn:aws:kms:us-east-1:111122223333:key/#"),
    ("lambda:InvokeFunction", "arn:aws:lambda:us-east-1:111122223333:function:f#"),
    ("bedrock:InvokeModel", "arn:aws:bedrock:us-east-1::foundation-model/m#*"),
    ("ec2:StartInstances", "arn:aws:ec2:us-east-1:111122223333:instance/i-#"),
];

/// What stands beside a policy.
#[derive(Clone, Copy)]
enum Other {
    Shuffled,
    LacksOne,
    SaysMore,
}

/// One line of the plot.
struct Series {
    name: String,
    times: Vec<(usize, Duration)>,
}

fn main() {
    let limits = Limits::timeout(Duration::from_secs(setting("KEYAKI_TIMEOUT", 60)));
    let largest = usize::try_from(setting("KEYAKI_LARGEST", 10_000)).unwrap();
    let solver = Solver::single(from_spec("finite").unwrap());
    let mut all = Vec::new();
    for (what, document) in
        [("statements", statements as fn(usize, Option<Other>) -> Value), ("patterns", patterns)]
    {
        for requests in [Requests::Any, Requests::Feasible(World::embedded().unwrap())] {
            for (other, words) in [
                (Other::Shuffled, "shuffled"),
                (Other::LacksOne, "one missing"),
                (Other::SaysMore, "says more"),
            ] {
                let name = format!("{what}, {words}, {}", requests.word());
                println!("{name}\n{:>8} {:>10} {:>24}", "n", "seconds", "seconds / (n log n)");
                let sizes = SIZES.into_iter().filter(|n| *n <= largest);
                let times = sizes.map(|n| {
                    (
                        n,
                        run(
                            [&document(n, None), &document(n, Some(other))],
                            other,
                            requests,
                            &solver,
                            &limits,
                        ),
                    )
                });
                let mut series = Series { name, times: Vec::new() };
                for (n, time) in times {
                    let Some(time) = time else {
                        println!("{n:>8} unknown after {:?}", limits.timeout);
                        break;
                    };
                    series.times.push((n, time));
                    print(&series);
                }
                all.push(series);
            }
        }
    }
    if largest == 10_000 {
        plot(&all, &Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/growth.svg")).unwrap();
    }
}

/// Reads and compares a pair; the answer is checked. The better of two runs where they are short;
/// `None` where the answer is unknown.
fn run(
    documents: [&Value; 2],
    other: Other,
    requests: Requests<'_>,
    solver: &Solver,
    limits: &Limits,
) -> Option<Duration> {
    let texts = documents.map(Value::to_string);
    let once = || {
        let started = Instant::now();
        let [old, new] = [0, 1].map(|at| read("policy.json".to_owned(), texts[at].clone()));
        let comparison =
            compare::compare(&old, &new, None, requests, None, solver, limits).unwrap();
        let time = started.elapsed();
        let expected = if matches!(other, Other::LacksOne) {
            Relation::Narrower
        } else {
            Relation::Equivalent
        };
        let relation = comparison.relation().filter(|relation| *relation != Relation::Unknown)?;
        assert_eq!(relation, expected);
        Some(time)
    };
    let first = once()?;
    if first < Duration::from_secs(1) { Some(first.min(once()?)) } else { Some(first) }
}

/// `n` statements on resources of their own, with conditions here and there.
fn statements(n: usize, other: Option<Other>) -> Value {
    let statement = |number: usize| {
        let (action, resource) = *ACTIONS.get(number % ACTIONS.len()).unwrap();
        let mut statement = json!({"Effect": "Allow", "Action": action, "Resource": resource.replace('#', &number.to_string())});
        let conditions = statement.as_object_mut().unwrap();
        let team = json!({"aws:PrincipalTag/team": format!("t{}", number % 97)});
        let network =
            json!({"aws:SourceIp": format!("10.{}.{}.0/24", number / 256 % 256, number % 256)});
        match (number % 3, number % 5) {
            (0, 0) => {
                drop(conditions.insert(
                    "Condition".into(),
                    json!({"StringEquals": team, "IpAddress": network}),
                ))
            }
            (0, _) => drop(conditions.insert("Condition".into(), json!({"StringEquals": team}))),
            (_, 0) => drop(conditions.insert("Condition".into(), json!({"IpAddress": network}))),
            _ => {}
        }
        statement
    };
    let all: Vec<Value> = (0..n).map(statement).collect();
    // What is added is narrower than a statement that is there.
    let narrower = |statement: &Value| {
        let mut narrower = statement.clone();
        let resource = statement["Resource"].as_str().unwrap().strip_suffix('*')?.to_owned() + "x*";
        narrower["Resource"] = resource.into();
        Some(narrower)
    };
    json!({"Version": "2012-10-17", "Statement": changed(all, other, narrower)})
}

/// One statement with `n` patterns on one key.
fn patterns(n: usize, other: Option<Other>) -> Value {
    let all = (0..n).map(|number| format!("arn:aws:iam::*:role/team-{number}-*").into()).collect();
    let narrower =
        |pattern: &Value| Some(Value::String(pattern.as_str().unwrap().to_owned() + "x"));
    json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition":
        {"StringLike": {"aws:PrincipalArn": changed(all, other, narrower)}}}})
}

/// The items in another order, and one fewer or some more where that is asked for.
fn changed(
    mut items: Vec<Value>,
    other: Option<Other>,
    narrower: impl Fn(&Value) -> Option<Value>,
) -> Vec<Value> {
    match other {
        None => return items,
        Some(Other::Shuffled) => {}
        Some(Other::LacksOne) => drop(items.remove(items.len() / 2)),
        Some(Other::SaysMore) => {
            let more: Vec<Value> = items.iter().filter_map(narrower).collect();
            items.extend(more);
        }
    }
    let mut random = Random::new();
    for last in (1..items.len()).rev() {
        items.swap(last, random.below(last + 1));
    }
    items
}

/// `n log n`.
fn work(n: usize) -> f64 {
    size(n) * size(n).ln()
}

#[allow(clippy::cast_precision_loss, reason = "sizes are small")]
fn size(n: usize) -> f64 {
    n as f64
}

/// The last row, relative to the first.
fn print(series: &Series) {
    let ratio = |(n, time): &(usize, Duration)| time.as_secs_f64() / work(*n);
    let (first, last) = (series.times.first().unwrap(), series.times.last().unwrap());
    println!("{:>8} {:>10.4} {:>24.2}", last.0, last.1.as_secs_f64(), ratio(last) / ratio(first));
}

/// Both kinds beside each other, n and seconds in powers of ten; grey is n log n.
fn plot(all: &[Series], path: &Path) -> Result<(), Box<dyn Error>> {
    let area = SVGBackend::new(path, (1100, 560)).into_drawing_area();
    area.fill(&WHITE)?;
    for (panel, area) in all.chunks(6).zip(area.split_evenly((1, 2))) {
        let what = panel
            .first()
            .and_then(|series| series.name.split_once(", "))
            .map_or("", |(what, _)| what);
        let mut chart = ChartBuilder::on(&area)
            .caption(format!("compare, n {what}"), ("sans-serif", 18))
            .margin(12)
            .x_label_area_size(36)
            .y_label_area_size(60)
            .build_cartesian_2d((10f64..10_000.0).log_scale(), (0.001f64..200.0).log_scale())?;
        chart.configure_mesh().x_desc("n").y_desc("seconds").light_line_style(WHITE).draw()?;
        let reference = [10, 100, 1_000, 10_000].map(|n| (size(n), 0.002 * work(n) / work(10)));
        chart
            .draw_series(LineSeries::new(reference, BLACK.mix(0.4).stroke_width(4)))?
            .label("n log n")
            .legend(|(x, y)| {
                PathElement::new([(x, y), (x + 18, y)], BLACK.mix(0.4).stroke_width(4))
            });
        for (at, series) in panel.iter().enumerate() {
            let style = Palette99::pick(at).stroke_width(2);
            let points = series.times.iter().map(|(n, time)| (size(*n), time.as_secs_f64()));
            chart
                .draw_series(LineSeries::new(points, style).point_size(3))?
                .label(series.name.split_once(", ").map_or("", |(_, words)| words))
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], style));
        }
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::UpperLeft)
            .background_style(WHITE.mix(0.8))
            .draw()?;
    }
    area.present()?;
    Ok(())
}
