//! `catalogue`.

use super::args::{CatalogueArgs, Format};
use super::{Ending, Failure, Io, update, world};
use keyaki_iam::catalogue::{Catalogue, keys};
use keyaki_iam::policy::ContextKey;
use keyaki_iam::policy::read::closest;
use keyaki_reports::catalogue::{self as report, Fact};
use std::io::Write;
use std::path::PathBuf;

/// How many of the nearest names an error shows.
const NEAREST: usize = 3;

/// `keyaki catalogue`
pub fn catalogue(
    args: &CatalogueArgs,
    output: Option<PathBuf>,
    io: &mut Io<'_>,
) -> Result<Ending, Failure> {
    if args.update {
        return update::update(args, output, io);
    }
    let catalogue = world::catalogue(args.catalogue.as_deref())?;
    world::warn_if_old(catalogue, io);
    let facts = match &args.name {
        Some(name) => {
            let facts = facts(catalogue, name)?;
            if facts.is_empty() {
                return Err(unknown(catalogue, name)?);
            }
            facts
        }
        None => vec![Fact::Catalogue(catalogue)],
    };
    for fact in &facts {
        match args.format {
            Format::Human => write!(io.out, "{}", report::human(fact, catalogue))?,
            Format::Json => {
                for line in report::json(fact, catalogue) {
                    io.out.answer(line)?;
                }
            }
        }
    }
    Ok(Ending::NothingFound)
}

/// Everything of that name: a service, or an action and a key of the same name.
fn facts<'a>(catalogue: &'a Catalogue, name: &str) -> Result<Vec<Fact<'a>>, Failure> {
    if !name.contains(':') {
        return Ok(catalogue.service(name)?.map(Fact::Service).into_iter().collect());
    }
    let known = keys::lookup(&ContextKey::new(name));
    if let Some((info, presence)) = known.and_then(|info| Some((info, info.presence?))) {
        let services = catalogue.services().collect::<Result<_, _>>()?;
        return Ok(vec![Fact::GlobalKey { info, presence, services }]);
    }
    let action = catalogue.action(name)?.map(|(service, action)| Fact::Action(service, action));
    let keys = catalogue.keys(name)?;
    let key = if keys.is_empty() { of_provider(name) } else { Some(Fact::Key(keys)) };
    Ok(action.into_iter().chain(key).collect())
}

/// A key of an identity provider that no service lists: anybody may run a provider.
fn of_provider(name: &str) -> Option<Fact<'static>> {
    let key = ContextKey::new(name);
    let (provider, _) = keys::of_provider(&key)?;
    Some(Fact::ProviderKey { name: name.to_owned(), provider: provider.to_owned() })
}

/// The error for a name that is not in the catalogue, with the nearest names that are.
fn unknown(catalogue: &Catalogue, name: &str) -> Result<Failure, Failure> {
    let prefixes = || catalogue.summaries().map(|summary| summary.prefix.as_str());
    let listing = "`keyaki catalogue` lists the services";
    let Some((prefix, _)) = name.split_once(':') else {
        return Ok(missing(
            &format!("service `{name}`"),
            &closest(name, prefixes(), NEAREST),
            listing,
        ));
    };
    if prefix.eq_ignore_ascii_case("aws") {
        let other = "the AWS documentation lists the global condition keys";
        return Ok(missing(
            &format!("global condition key `{name}`"),
            &closest(name, keys::global_names(), NEAREST),
            other,
        ));
    }
    let Some(service) = catalogue.service(prefix)? else {
        return Ok(missing(
            &format!("service `{prefix}`"),
            &closest(prefix, prefixes(), NEAREST),
            listing,
        ));
    };
    let actions =
        service.actions.iter().map(|action| format!("{}:{}", service.prefix, action.name));
    let known: Vec<String> =
        actions.chain(service.keys.iter().map(|key| key.name.to_string())).collect();
    let near = closest(name, known.iter().map(String::as_str), NEAREST);
    let listing = format!("`keyaki catalogue {}` lists what the service has", service.prefix);
    Ok(missing(&format!("action or condition key `{name}`"), &near, &listing))
}

fn missing(what: &str, near: &[&str], otherwise: &str) -> Failure {
    let near: Vec<String> = near.iter().map(|name| format!("`{name}`")).collect();
    let help = if near.is_empty() {
        otherwise.to_owned()
    } else {
        format!("nearest: {}", near.join(", "))
    };
    Failure::new(format!("error: the catalogue has no {what}; {help}"))
}
