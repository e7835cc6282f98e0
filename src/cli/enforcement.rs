//! `guardrails`.

use super::args::{Format, GuardrailsArgs};
use super::{Ending, Failure, Io, engines, files, project, read, world};
use keyaki_iam::layers::Policies;
use keyaki_questions::enforcement::{self, Asking, Effect, Outcome, Way};
use keyaki_questions::query::Answer;
use keyaki_reports::enforcement as report;
use std::io::Write;

/// `keyaki guardrails`
pub fn guardrails(args: GuardrailsArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let options = args.read.into();
    let (solver, limits) = engines::solver(&args.engine.engine, args.engine.timeout)?;
    let project = project::find(&args.project)?;
    let requests = world::requests(
        args.engine.requests,
        &args.engine.world,
        project.as_ref().map(|found| &found.project),
    )?;
    let told = project::told(project.as_ref(), &args.engine.world.partition, |project| {
        world::assumed(&args.engine.world, project)
    })?;
    let source = read::text(&args.effective)?;
    let enforced = enforcement::read(source.text()).map_err(|wrong| {
        Failure::new(format!("error: `{}` is no effective Bedrock policy: {wrong}", source.name()))
    })?;
    let policies = files::policies(&args.policies, args.decision, &options, io)?;
    if policies.resource.is_some() {
        return Err(Failure::new(
            "error: the resource-based policy of the guardrail is given with --guardrail-policy",
        ));
    }
    let resource = args
        .guardrail_policy
        .as_deref()
        .map(|path| files::resource_policy(path, &options, io))
        .transpose()?;
    let guarded = Policies { resource, ..policies.clone() };
    let scope = files::scope(&args.scope, project::own(project.as_ref()))?;
    let asking = Asking { requests, solver: &solver, limits: &limits, scope };
    let (effects, ways) = enforcement::ask(&enforced, &policies, &guarded, &asking)
        .map_err(|error| engines::report(&error))?;
    match args.format {
        Format::Human => {
            write!(io.out, "{}", report::human(&effects, &ways, requests, told.as_ref()))?
        }
        Format::Json => {
            for line in report::json(&effects, &ways) {
                io.out.answer(line)?;
            }
        }
    }
    engines::statistics(args.engine.stats, &solver, io);
    Ok(ending(&effects, &ways))
}

/// Found where something breaks or a way is open.
fn ending(effects: &[Effect<'_>], ways: &[Way]) -> Ending {
    let effects = effects.iter().map(|effect| match effect.outcome() {
        Outcome::Breaks => Ending::Found,
        Outcome::Works | Outcome::Nothing => Ending::NothingFound,
        Outcome::Unknown => Ending::Unknown,
    });
    let ways = ways.iter().map(|way| match way.verdict.answer {
        Answer::Yes(_) => Ending::Found,
        Answer::No => Ending::NothingFound,
        Answer::Unknown(_) => Ending::Unknown,
    });
    effects.chain(ways).fold(Ending::NothingFound, Ending::and)
}
