//! `guardrails`.

use super::args::GuardrailsArgs;
use super::setup::Setup;
use super::{Ending, Failure, Io, files, read};
use keyaki_iam::layers::Policies;
use keyaki_questions::enforcement;
use keyaki_service::{Guardrails, Question};

/// `keyaki guardrails`
pub fn guardrails(args: GuardrailsArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let options = args.read.into();
    let mut setup = Setup::of(&args.engine, Some(&args.project), io)?;
    let source = read::text(&args.effective)?;
    let enforced = enforcement::read(source.text()).map_err(|wrong| {
        Failure::new(format!(
            "error: `{}` is not an effective Bedrock policy: {wrong}",
            source.name()
        ))
    })?;
    let mut policies = files::policies(&args.policies, args.decision, &options, io)?;
    if policies.resource.is_some() {
        return Err(Failure::new(
            "error: the resource-based policy of the guardrail is given with --guardrail-policy",
        ));
    }
    let mut guarding = args
        .guardrail_policy
        .as_deref()
        .map(|path| files::resource_policy(path, &options, io))
        .transpose()?
        .map(Policies::resource);
    let mut sets: Vec<&mut Policies> = [&mut policies].into_iter().chain(&mut guarding).collect();
    files::one_form(&mut sets, None)?;
    let resource = guarding.and_then(|set| set.resource);
    let scope = files::scope(&args.scope, std::mem::take(&mut setup.own))?;
    let question = Question::Guardrails(Guardrails { enforced, policies, resource, scope });
    setup.answer(&question, Some(args.format), io)
}
