//! `validate`.

use super::args::{Format, ReviewFormat, ValidateArgs};
use super::documents::{self, Found, Unread};
use super::{Ending, Failure, Io, forms, project};
use keyaki_iam::finding::{self, Finding, Level};
use keyaki_iam::policy::Kind;
use keyaki_iam::policy::read::{ReadOptions, seems};
use keyaki_iam::visible;
use keyaki_reports::json;
use keyaki_reports::review_items::{Fate, Review};
use keyaki_service::Sifting;
use std::io::Write;

/// `keyaki validate`
pub fn validate(args: ValidateArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let options = ReadOptions { lenient_sids: false, supported_only: true, ..args.read.into() };
    let mut sifting = Sifting { root: project::root(), ..Sifting::default() };
    forms::fail_on(&mut sifting, args.fail_on, Level::Error);
    let mut sieve = sifting.sieve();
    let mut review = Review { command: "validate", cases: Vec::new() };
    let (mut wrong, mut shown) = (false, false);
    for found in documents::all(&args.files, args.kind, &options) {
        let document = match found {
            Found::Document(document) => document,
            Found::Warning(warning) => {
                review
                    .cases
                    .push(sieve.document(warning.source.name(), std::slice::from_ref(&warning)));
                print_findings(&[warning], args.format, io)?;
                continue;
            }
            Found::Unread(name, unread) => {
                wrong = true;
                review.cases.push(forms::unread(&name, &unread, &sieve));
                match unread {
                    Unread::Failed(Failure(message)) => {
                        _ = writeln!(io.err, "{}", message.trim_end())
                    }
                    Unread::Other(findings) => print_findings(&findings, args.format, io)?,
                }
                continue;
            }
        };
        let findings = document.diagnostics(&options);
        let mut case = sieve.document(document.opened.source().name(), &findings);
        if let Some(address) = &document.address {
            case.name = format!("{}#{address}", case.name);
        }
        review.cases.push(case);
        print_findings(&findings, args.format, io)?;
        if args.format == ReviewFormat::Human && !findings.iter().any(Finding::is_error) {
            let kind = document.kind;
            shown |= args.kind.is_none() && !document.is_told() && kind != Kind::Trust;
            let name = visible::visible(&document.name);
            writeln!(io.out, "{name}: valid as {}", seems::name(kind))?;
        }
    }
    if shown {
        writeln!(io.out, "{}", documents::SHOWN)?;
    }
    forms::print(&review, args.format, io)?;
    let found = review.told().any(|(_, item)| item.fate == Fate::Counts);
    Ok(match (wrong, found) {
        (true, _) => Ending::WrongInput,
        (false, true) => Ending::Found,
        (false, false) => Ending::NothingFound,
    })
}

fn print_findings(
    findings: &[Finding],
    format: ReviewFormat,
    io: &mut Io<'_>,
) -> Result<(), Failure> {
    match forms::streamed(format) {
        Some(Format::Json) => {
            for finding in findings {
                io.out.answer(json::finding(finding))?;
            }
        }
        Some(Format::Human) if !findings.is_empty() => {
            writeln!(io.out, "{}", finding::render(findings).trim_end())?
        }
        Some(Format::Human) | None => {}
    }
    Ok(())
}
