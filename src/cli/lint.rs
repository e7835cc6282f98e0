//! `lint`.

use super::args::{Format, LintArgs, ReviewFormat};
use super::documents::{self, Found, Unread};
use super::setup::Setup;
use super::{Ending, Failure, Io, files, forms, world};
use keyaki_iam::finding::{self, Level};
use keyaki_iam::layers::Policies;
use keyaki_iam::policy::read::{ReadOptions, closest};
use keyaki_questions::lint::{self, Document, Rule};
use keyaki_reports::lint as report;
use keyaki_reports::review_items::Review;
use keyaki_service::{Lint, Question, Sieve};
use std::io::Write;

/// `keyaki lint`
pub fn lint(args: LintArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    if let Some(name) = &args.explain {
        return explain(name, args.format, io);
    }
    let mut setup = Setup::of(&args.engine, Some(&args.project), io)?;
    forms::fail_on(&mut setup.service.sifting, args.fail_on, Level::Note);
    forms::baseline(&mut setup.service.sifting, &args.baseline)?;
    // Names are looked up whichever requests are considered.
    let world = setup.exists.world()?;
    world::warn_if_old(world.catalogue, io);
    let given = args.account.as_deref().map(|id| files::account("--account", id)).transpose()?;
    // Of several accounts it is not known to which the policies belong.
    let own = match &setup.own.accounts[..] {
        [own] if given.is_none() => Some(own.clone()),
        _ => None,
    };
    let (rules, options) = (chosen(&args.rule)?, args.read.into());
    let mut review = Review { command: "lint", cases: Vec::new() };
    let sieve = &setup.service.sifting.sieve();
    let mut documents = read_documents(&args, &options, &mut review, sieve, io);
    if args.together {
        one_form(&mut documents)?;
    }
    let ending = if review.cases.is_empty() { Ending::NothingFound } else { Ending::WrongInput };
    let nothing = documents.is_empty();
    let question = Question::Lint(Lint {
        documents,
        rules,
        world,
        of_project: own.is_some(),
        account: given.or(own),
        together: args.together,
        most_queries: args.most_queries,
    });
    let ending = match nothing {
        true => ending,
        false => ending.and(setup.review(&question, args.format, &mut review, io)?),
    };
    forms::print(&review, args.format, io)?;
    forms::write_baseline(&review, &args.baseline, ending, io)?;
    Ok(ending)
}

/// Gives place-holders and parameters of one name one form in all documents.
fn one_form(documents: &mut [Document]) -> Result<(), Failure> {
    let mut set = Policies::identity(documents.iter().map(|one| one.policy.clone()).collect());
    files::one_form(&mut [&mut set], None)?;
    for (document, policy) in documents.iter_mut().zip(set.identity.into_iter().flatten()) {
        document.policy = policy;
    }
    Ok(())
}

/// The documents of all files that hold one; of the others a case each.
fn read_documents(
    args: &LintArgs,
    options: &ReadOptions,
    review: &mut Review,
    sieve: &Sieve<'_>,
    io: &mut Io<'_>,
) -> Vec<Document> {
    let mut documents = Vec::new();
    for found in documents::all(&args.files, args.kind, options) {
        let read = match found {
            Found::Warning(warning) => {
                io.warn(&finding::render(&[warning]));
                continue;
            }
            Found::Unread(name, unread) => Err((name, unread)),
            Found::Document(found) => match Document::opened(&found.opened, found.kind, options) {
                Ok(document) => Ok((found, document)),
                Err(wrong) => Err((found.name.clone(), Unread::Other(wrong))),
            },
        };
        let told = match read {
            Ok((found, document)) => {
                let told = found.told(args.kind);
                let document = match found.address {
                    Some(address) => document.at(address),
                    None => document,
                };
                if !document.placeholders.is_empty() {
                    io.warn(&finding::render(&document.placeholders));
                }
                documents.push(document);
                told
            }
            Err((name, unread)) => {
                review.cases.push(forms::unread(&name, &unread, sieve));
                Some(unread.told())
            }
        };
        if let Some(told) = told {
            _ = writeln!(io.err, "{}", told.trim_end());
        }
    }
    documents
}

/// The rules of these names; all of them when there is none.
fn chosen(names: &[String]) -> Result<Vec<&'static Rule>, Failure> {
    if names.is_empty() {
        return Ok(lint::rules().iter().collect());
    }
    names.iter().map(|name| rule(name)).collect()
}

fn rule(name: &str) -> Result<&'static Rule, Failure> {
    lint::rule(name).ok_or_else(|| {
        let near = closest(name, lint::rules().iter().map(|rule| rule.name), 1);
        let help = near.first().map_or_else(
            || "`keyaki lint --explain all` lists the rules".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        Failure::new(format!("error: there is no rule `{name}`; {help}"))
    })
}

fn explain(name: &str, format: ReviewFormat, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let rules: Vec<&Rule> =
        if name == "all" { lint::rules().iter().collect() } else { vec![rule(name)?] };
    match forms::streamed(format) {
        Some(Format::Json) => {
            for rule in rules {
                io.out.answer(report::rule_json(rule))?;
            }
        }
        Some(Format::Human) if name == "all" => write!(io.out, "{}", report::rules_human(&rules))?,
        Some(Format::Human) => {
            for rule in rules {
                write!(io.out, "{}", rule.documentation())?;
            }
        }
        None => {
            return Err(Failure::new(
                "error: `--explain` prints text or JSON; take `--format human` or `--format json`",
            ));
        }
    }
    Ok(Ending::NothingFound)
}
