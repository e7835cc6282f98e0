//! Foundation models: to whom they belong (F37), and the profiles through which they are called
//! (F38).

use super::ConstraintKind::{Hard, Model};
use super::{Context, Row, is_text, members};
use crate::frame::{INFERENCE_PROFILE, MODEL};
use crate::shapes;
use keyaki_iam::endpoints::{GEOGRAPHIES, MODEL_ACCOUNT, MODEL_ORGANIZATION};
use keyaki_logic::regex::Regex;
use keyaki_logic::term::{Part, Term};

/// The keys that tell of the owner of a resource.
const OF_OWNER: [&str; 3] = ["aws:ResourceAccount", "aws:ResourceOrgID", "aws:ResourceOrgPaths"];
/// What the last fields of the ARNs of profiles begin with.
const SYSTEM: &str = "inference-profile/";
const APPLICATION: &str = "application-inference-profile/";

impl Context<'_> {
    pub(super) fn models(&self) -> Vec<Row> {
        let mut rows = Vec::new();
        let told = self.presences(&OF_OWNER);
        if !told.is_empty() {
            let of_aws = Term::implies(Term::or(told), self.belongs_to_aws());
            let batch = Term::and([
                self.frame.action_is("bedrock:createmodelinvocationjob"),
                self.frame.is_foundation_model(),
            ]);
            rows.push((
                "F37",
                Hard,
                "foundation models of batch jobs belong to AWS",
                Term::implies(batch, of_aws.clone()),
            ));
            rows.push((
                "F37",
                Model,
                "foundation models belong to AWS",
                Term::implies(self.is_about_model(), of_aws),
            ));
        }
        rows.push((
            "F38",
            Model,
            "`bedrock:InferenceProfileArn` fits the resource and the caller",
            self.profile(),
        ));
        rows
    }

    /// True iff an action of Bedrock is asked for on a foundation model.
    pub(super) fn is_about_model(&self) -> Term {
        let action = Term::matches(
            Term::var(&self.frame.action),
            vec![Part::Literal("bedrock".to_owned()), Part::AnyString],
        );
        Term::and([action, self.frame.is_foundation_model()])
    }

    /// True iff the keys that tell of the owner tell of AWS, and the caller is not part of it.
    fn belongs_to_aws(&self) -> Term {
        let [account, id, paths] = OF_OWNER;
        let path = || {
            Regex::concat([Regex::literal(MODEL_ORGANIZATION), Regex::literal("/"), Regex::all()])
        };
        let held = |name: &str, texts: &Regex| {
            self.key(name)
                .map_or_else(Term::truth, |key| members(key, |slot| slot.in_regex(texts.clone())))
        };
        let organization = Regex::literal(MODEL_ORGANIZATION);
        let owner = [
            self.value(account, |slot| is_text(slot, &Term::string(MODEL_ACCOUNT))),
            held(id, &organization),
            held(paths, &path()),
        ];
        let elsewhere = Term::not(Term::and([
            self.caller.has_account(),
            Term::eq(self.account(), Term::string(MODEL_ACCOUNT)),
        ]));
        let others = [
            held("aws:PrincipalOrgID", &Regex::complement(organization.clone())),
            held("aws:PrincipalOrgPaths", &Regex::complement(path())),
        ];
        Term::and(owner.into_iter().chain([elsewhere]).chain(others))
    }

    /// True iff the key that tells of the profile is absent, or fits. Of what a path says itself,
    /// no more is said.
    fn profile(&self) -> Term {
        let (Some((present, profile)), Some(model)) =
            (self.arn(INFERENCE_PROFILE), &self.frame.model)
        else {
            return Term::truth();
        };
        let arn = &self.frame.resource;
        let [_, partition, service, region, _, resource] = arn.terms();
        let [_, home, of, source, account, id] = profile.terms();
        let begins = |field: &Term, start: &str| Term::in_regex(field.clone(), longer(start));
        let own = Term::implies(self.caller.has_account(), Term::eq(account, self.account()));
        let listed =
            GEOGRAPHIES.iter().map(|(name, _)| shapes::beginning(&format!("{SYSTEM}{name}.")));
        let unlisted = Regex::intersect([longer(SYSTEM), Regex::complement(Regex::union(listed))]);
        let routes = GEOGRAPHIES.iter().map(|(name, starts)| {
            let named = Term::eq(
                id.clone(),
                Term::concat([Term::string(format!("{SYSTEM}{name}.")), Term::var(model)]),
            );
            let there = if *name == "global" {
                Term::or([
                    Term::eq(region.clone(), Term::string("")),
                    Term::eq(region.clone(), source.clone()),
                ])
            } else {
                Term::in_regex(
                    region.clone(),
                    Regex::union(starts.iter().map(|start| shapes::beginning(start))),
                )
            };
            // What the equation implies is said as well: solvers find a contradiction of languages
            // sooner than one of texts.
            Term::and([
                Term::in_regex(id.clone(), longer(&format!("{SYSTEM}{name}."))),
                there,
                named,
            ])
        });
        let named = Term::eq(resource, Term::concat([Term::string(MODEL), Term::var(model)]));
        let routed = Term::or(
            routes.chain([begins(&id, APPLICATION), Term::in_regex(id.clone(), unlisted)]),
        );
        let fits = [
            profile.is_arn(),
            Term::eq(home, partition),
            Term::eq(of, Term::string("bedrock")),
            own,
            routed,
        ];
        let fits = Term::and([self.frame.is_foundation_model(), named].into_iter().chain(fits));
        let elsewhere =
            Term::not(Term::and([arn.is_arn(), Term::eq(service, Term::string("bedrock"))]));
        Term::implies(present, Term::or([elsewhere, fits]))
    }
}

/// Texts that begin so and are longer.
fn longer(start: &str) -> Regex {
    Regex::concat([Regex::literal(start), Regex::plus(Regex::any_char())])
}
