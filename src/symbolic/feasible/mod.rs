//! Which requests can exist: the constraints of SEMANTICS 5.6 that need no service catalogue, for callers with identity-based policies.
//!
//! Modelled, each over the keys that the question mentions:
//!
//! * F1 to F3, F6, F7 for IAM users and role sessions: see [`LEFT_OUT`]. No such caller is an AWS service, so the keys that come only
//!   with a service principal are absent.
//! * F11, F25, F26: the resource's account, partition and Region agree with the context.
//! * F12 and the action, as far as they need no catalogue: `*` or an ARN of six fields, a non-empty resource part; `prefix:Name`. Of F13,
//!   that every key has a service prefix.
//! * F14; F17 without the clause that the first and the last caller are among the callers.
//! * F18 to F24. Of F22, what characters beyond ASCII are letters is left open: too many requests are considered, never too few.
//!
//! Not modelled: F8, F9, F10, the rest of F13, F15, F16, F27. Leaving a constraint out can make a "yes" rest on a request that cannot exist; it never
//! makes a "no" wrong. F4 and F5 concern callers that are left out.

use crate::keys::KeyType;
use crate::policy::ContextKey;
use crate::symbolic::arn::Arn;
use crate::symbolic::frame::{Frame, Key};
use crate::symbolic::shapes;
use crate::symbolic::slot::Slot;
use crate::symbolic::views;
use ConstraintKind::{Hard, Model};
use keyaki_encodings::regex::Regex;
use keyaki_encodings::term::{Part, Term};

/// The sentence that says which callers [`constraints`] leaves out.
pub const LEFT_OUT: &str = "callers are IAM users and role sessions: others have no identity-based policies";

/// What an answer about feasible requests rests on, and what it does not know.
pub const CAVEAT: &str = "there is no catalogue of services yet: any action may go with any resource and any key; of SEMANTICS 5.6, F1 to F3, F6, F7, F11, F12 and F13 by shape, F14, F17 in part, and F18 to F26 are modelled";

/// Whether a constraint is documented, or a choice of the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConstraintKind {
    /// Documented: holds of every request that can exist.
    Hard,
    /// A choice of the model: assumed, to be named in an answer that rests on it.
    Model,
}

/// A property of the requests that can exist.
#[derive(Debug, Clone)]
pub struct Constraint {
    /// The row of SEMANTICS 5.6, `F18` say; `action` and `presence` for what 2.1 and the presence columns of section 5 say.
    pub id: &'static str,
    /// Documented, or a choice.
    pub kind: ConstraintKind,
    /// True iff the request has the property.
    pub term: Term,
    /// What it says, as a clause in lower case.
    pub doc: &'static str,
    /// True for those that cost a solver much and rarely decide anything: ask without them first, and again with those that the model
    /// violates. "No" without them is "no" with them.
    pub costly: bool,
}

/// The constraints on the requests of a frame, each a formula of its own, in the order of SEMANTICS 5.6. Those that concern only keys
/// that the question does not mention are left out.
pub fn constraints(frame: &Frame) -> Vec<Constraint> {
    let context = Context { frame };
    let all = [
        context.request_shape(),
        context.presence(),
        context.callers(),
        context.no_service(),
        context.agreement(),
        context.network(),
        context.session(),
        context.tags(),
        context.names(),
    ];
    let all = all.into_iter().flatten();
    let constraint = |(id, kind, doc, term): Row| Constraint { id, kind, term, doc, costly: COSTLY.contains(&doc) };
    all.map(constraint).filter(|one| one.term != Term::truth()).collect()
}

const KEY_LENGTH: &str = "tag keys have 1 to 128 characters";
const VALUE_LENGTH: &str = "tag values have at most 256 characters";
const KEY_CASE: &str = "tag keys differ by more than case";
const COSTLY: [&str; 3] = [KEY_LENGTH, VALUE_LENGTH, KEY_CASE];

type Row = (&'static str, ConstraintKind, &'static str, Term);

/// The keys that SEMANTICS section 5 lists as always present for an IAM user or a role session.
const ALWAYS: [&str; 11] = [
    "aws:PrincipalArn",
    "aws:PrincipalAccount",
    "aws:PrincipalIsAWSService",
    "aws:PrincipalType",
    "aws:userid",
    "aws:SecureTransport",
    "aws:CurrentTime",
    "aws:EpochTime",
    "aws:RequestedRegion",
    "aws:ViaAWSService",
    "aws:UserAgent",
];

/// The keys that come only with a call by an AWS service principal.
const SERVICE_ONLY: [&str; 2] = ["aws:PrincipalServiceName", "aws:PrincipalServiceNamesList"];
const SOURCE: [&str; 4] = ["aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID", "aws:SourceOrgPaths"];
const ENDPOINT: [&str; 7] =
    ["aws:SourceVpc", "aws:SourceVpce", "aws:VpcSourceIp", "aws:SourceVpcArn", "aws:VpceAccount", "aws:VpceOrgID", "aws:VpceOrgPaths"];
const CHAIN: [&str; 3] = ["aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast"];
const ACCOUNTS: [&str; 4] = ["aws:PrincipalAccount", "aws:ResourceAccount", "aws:SourceAccount", "aws:VpceAccount"];
const TAGS: [&str; 3] = ["aws:principaltag/", "aws:requesttag/", "aws:resourcetag/"];

struct Context<'a> {
    frame: &'a Frame,
}

impl<'a> Context<'a> {
    fn key(&self, name: &str) -> Option<&'a Key> {
        self.frame.keys.get(&ContextKey::new(name))
    }

    fn slot(&self, name: &str) -> Option<(Term, &'a Slot)> {
        let key = self.key(name)?;
        Some((key.present(), key.first()?))
    }

    /// The presence of those of the keys that the frame knows.
    fn presences(&self, names: &[&str]) -> Vec<Term> {
        names.iter().filter_map(|name| self.key(name)).map(Key::present).collect()
    }

    fn absent(&self, names: &[&str]) -> Term {
        Term::not(Term::or(self.presences(names)))
    }

    fn together(&self, names: &[&str]) -> Term {
        let presences = self.presences(names);
        Term::and(presences.windows(2).map(|pair| match pair {
            [left, right] => Term::iff(left.clone(), right.clone()),
            _ => Term::truth(),
        }))
    }

    /// If the key is present, its value satisfies `formula`; true where the frame does not know it.
    fn value(&self, name: &str, formula: impl Fn(&Slot) -> Term) -> Term {
        self.slot(name).map_or_else(Term::truth, |(present, slot)| Term::implies(present, formula(slot)))
    }

    fn is_user(&self) -> Term {
        self.frame.caller.is(crate::request::PrincipalKind::User)
    }

    fn temporary(&self) -> Term {
        Term::var(&self.frame.caller.temporary)
    }

    /// The fields of `aws:PrincipalArn`.
    fn principal(&self) -> Option<&'a Arn> {
        match self.slot("aws:PrincipalArn")?.1 {
            Slot::Arn { arn, .. } => Some(arn),
            _ => None,
        }
    }

    fn request_shape(&self) -> Vec<Row> {
        let action = Term::in_regex(Term::var(&self.frame.action), shapes::action());
        let arn = &self.frame.resource;
        let [first, _, service, _, _, resource] = arn.terms();
        let [_, service_shape, _, _, resource_shape] = shapes::arn_fields();
        let shape =
            [Term::eq(first, Term::string("arn")), Term::in_regex(service, service_shape), Term::in_regex(resource, resource_shape)];
        vec![
            ("action", Hard, "an action is a service prefix, a colon and a name of letters and digits", action),
            ("F12", Hard, "a resource is `*` or an ARN of a service, with a resource part", Term::implies(arn.is_arn(), Term::and(shape))),
        ]
    }

    fn presence(&self) -> Vec<Row> {
        let always = Term::and(self.presences(&ALWAYS));
        let bare = self.frame.keys.values().filter(|key| !key.key.lower().contains(':'));
        let bare = Term::not(Term::or(bare.map(Key::present)));
        vec![
            ("presence", Hard, "the keys that every signed request carries are present", always),
            ("F13", Hard, "every key has a service prefix", bare),
        ]
    }

    /// Users and role sessions.
    fn callers(&self) -> Vec<Row> {
        let user = self.is_user();
        let mut rows = Vec::new();
        if let Some(name) = self.key("aws:username") {
            rows.push(("F1", Hard, "`aws:username` is present for IAM users only", Term::iff(name.present(), user.clone())));
        }
        let by_kind = |formula: &dyn Fn(bool) -> Term| Term::ite(user.clone(), formula(true), formula(false));
        let type_of = |slot: &Slot| by_kind(&|user| slot.in_regex(Regex::literal(if user { "User" } else { "AssumedRole" })));
        let id_of = |slot: &Slot| by_kind(&|user| slot.in_regex(shapes::userid(user)));
        rows.push(("F1", Hard, "`aws:PrincipalType` is that of the caller", self.value("aws:PrincipalType", type_of)));
        rows.push(("F1", Hard, "`aws:userid` is that of a user or of a role session", self.value("aws:userid", id_of)));
        rows.push((
            "F2",
            Hard,
            "names of users have the characters that IAM allows",
            self.value("aws:username", |slot| slot.in_regex(shapes::name())),
        ));
        let Some(arn) = self.principal() else { return rows };
        let [first, _, service, region, account, resource] = arn.terms();
        let is = |field: Term, text: &str| Term::eq(field, Term::string(text));
        let fixed = [arn.is_arn(), is(first, "arn"), is(service, "iam"), is(region, "")];
        let named = by_kind(&|user| Term::in_regex(resource.clone(), shapes::named(if user { "user" } else { "role" })));
        rows.push((
            "F2",
            Hard,
            "`aws:PrincipalArn` is the ARN of the user or of the session's role",
            Term::and(fixed.into_iter().chain([named])),
        ));
        let same_account = self.value("aws:PrincipalAccount", |slot| slot.test(|text| Term::eq(text, account.clone())));
        rows.push(("F2", Hard, "`aws:PrincipalAccount` is the account of `aws:PrincipalArn`", same_account));
        let last = |slot: &Slot| slot.test(|name| ends_in_name(&resource, name));
        rows.push(("F2", Hard, "`aws:username` is the last element of the user's path", self.value("aws:username", last)));
        rows
    }

    fn no_service(&self) -> Vec<Row> {
        let direct = self.value("aws:PrincipalIsAWSService", |slot| slot.is_boolean(false));
        vec![
            ("F6", Hard, "the caller is not an AWS service", Term::and([direct, self.absent(&SERVICE_ONLY)])),
            ("F7", Hard, "`aws:Source...` keys of calls by AWS services are absent", self.absent(&SOURCE)),
        ]
    }

    /// The resource and the context.
    fn agreement(&self) -> Vec<Row> {
        let arn = &self.frame.resource;
        let [_, partition, service, region, account, resource] = arn.terms();
        let one_of = |field: &Term, texts: [&str; 2]| Term::or(texts.map(|text| Term::eq(field.clone(), Term::string(text))));
        let owned = Term::and([arn.is_arn(), Term::not(one_of(&account, ["", "aws"]))]);
        let owner =
            self.value("aws:ResourceAccount", |slot| Term::implies(owned.clone(), slot.test(|text| Term::eq(text, account.clone()))));
        let home = self.principal().map_or_else(Term::truth, |caller| {
            let [_, other, ..] = caller.terms();
            Term::implies(arn.is_arn(), Term::eq(other, partition))
        });
        let regional = Term::and([arn.is_arn(), Term::not(Term::eq(region.clone(), Term::string("")))]);
        let model = vec![Part::Literal("foundation-model/".to_owned()), Part::AnyString];
        let everywhere = [
            arn.is_arn(),
            Term::eq(region.clone(), Term::string("")),
            Term::eq(service, Term::string("bedrock")),
            Term::matches(resource, model),
        ];
        let everywhere = Term::and(everywhere);
        let requested = self.value("aws:RequestedRegion", |slot| {
            let same = Term::implies(regional.clone(), slot.test(|text| Term::eq(text, region.clone())));
            Term::and([same, Term::implies(everywhere.clone(), slot.in_regex(Regex::literal("unspecified")))])
        });
        vec![
            ("F11", Hard, "`aws:ResourceAccount` is the account in the resource's ARN", owner),
            ("F25", Hard, "caller and resource are in one partition", home),
            ("F26", Model, "`aws:RequestedRegion` is the Region in the resource's ARN", requested),
        ]
    }

    fn network(&self) -> Vec<Row> {
        let public = self.key("aws:SourceIp").map_or_else(Term::falsehood, Key::present);
        let either = Term::or([Term::not(public), self.absent(&ENDPOINT)]);
        let forwarded = Term::or(self.presences(&CHAIN));
        let via = self.value("aws:ViaAWSService", |slot| Term::implies(forwarded.clone(), slot.is_boolean(true)));
        vec![
            ("F14", Hard, "`aws:SourceIp` is absent from calls through a VPC endpoint", either),
            (
                "F14",
                Model,
                "the keys of VPC endpoints are present together",
                self.together(&["aws:SourceVpc", "aws:SourceVpce", "aws:VpcSourceIp"]),
            ),
            (
                "F17",
                Hard,
                "`aws:CalledVia` keys are present together, in forward access sessions only",
                Term::and([self.together(&CHAIN), via]),
            ),
        ]
    }

    fn session(&self) -> Vec<Row> {
        let (temporary, long_term) = (self.temporary(), Term::not(self.temporary()));
        let mut rows = vec![("F18", Hard, "role sessions have temporary credentials", Term::or([self.is_user(), temporary.clone()]))];
        let issued = self.key("aws:TokenIssueTime").map_or_else(Term::truth, |key| Term::iff(key.present(), temporary));
        rows.push(("F18", Hard, "`aws:TokenIssueTime` is present iff credentials are temporary", issued));
        let ordered = self.both("aws:TokenIssueTime", "aws:CurrentTime", |(_, issue), (_, now)| Term::le(issue, now));
        rows.push(("F18", Hard, "credentials are issued before they are used", ordered));
        let ordered = self.both("aws:TokenIssueTime", "aws:EpochTime", |(_, issue), (_, now)| Term::le(issue, now));
        rows.push(("F18", Hard, "credentials are issued before they are used", ordered));
        let same = self.both("aws:EpochTime", "aws:CurrentTime", |(_, epoch), (_, now)| Term::eq(epoch, now));
        rows.push(("F18", Hard, "`aws:EpochTime` is `aws:CurrentTime`", same));
        let unused = Term::implies(long_term, self.absent(&["aws:MultiFactorAuthPresent", "aws:MultiFactorAuthAge"]));
        rows.push(("F19", Hard, "long-term credentials carry no MFA keys", unused));
        let used =
            self.slot("aws:MultiFactorAuthPresent").map_or_else(Term::truth, |(present, slot)| Term::and([present, slot.is_boolean(true)]));
        rows.push((
            "F19",
            Hard,
            "`aws:MultiFactorAuthAge` is present only when MFA was used",
            self.value("aws:MultiFactorAuthAge", |_| used.clone()),
        ));
        rows.push(("F20", Hard, "`aws:AssumedRoot` is present for root users only", self.absent(&["aws:AssumedRoot"])));
        rows.push(("F21", Hard, "values are well-typed", self.frame.well_typed()));
        rows
    }

    /// A relation between two instants, where both keys are present.
    fn both(&self, left: &str, right: &str, relation: impl Fn((Term, Term), (Term, Term)) -> Term) -> Term {
        let (Some((here, left)), Some((there, right))) = (self.slot(left), self.slot(right)) else { return Term::truth() };
        Term::implies(Term::and([here, there]), relation(left.instant(), right.instant()))
    }

    fn tags(&self) -> Vec<Row> {
        let mut rows = Vec::new();
        for key in self.frame.keys.values() {
            let lower = key.key.lower();
            let Some((family, tag)) = TAGS.iter().find_map(|family| Some((*family, lower.strip_prefix(family)?))) else {
                if lower.starts_with("datazone:") {
                    rows.push(("F23", Model, "`datazone:` values are not empty", members(key, |slot| Term::not(slot.is_empty()))));
                }
                continue;
            };
            let kind = if family == "aws:principaltag/" { Hard } else { Model };
            let possible = shapes::tag_text().is_match(tag) && shapes::length(1, 128).is_match(tag);
            let values = |shape: Regex| members(key, |slot| slot.in_regex(shape.clone()));
            rows.push((
                "F22",
                kind,
                "tag keys are 1 to 128 characters that tags may have",
                Term::or([Term::bool(possible), Term::not(key.present())]),
            ));
            rows.push(("F22", kind, "tag values have characters that tags may have", values(shapes::tag_text())));
            rows.push(("F22", kind, VALUE_LENGTH, values(shapes::length(0, 256))));
            rows.push(("F23", Model, "tag values are not empty", members(key, |slot| Term::not(slot.is_empty()))));
        }
        if let Some(key) = self.key("aws:TagKeys") {
            let characters = Regex::plus(shapes::tag_char());
            let values = |shape: Regex| members(key, |slot| slot.in_regex(shape.clone()));
            rows.push(("F22", Model, "tag keys have characters that tags may have", values(characters)));
            rows.push(("F22", Model, KEY_LENGTH, values(shapes::length(1, 128))));
            rows.push(("F22", Hard, KEY_CASE, differ_by_more_than_case(key)));
        }
        rows
    }

    fn names(&self) -> Vec<Row> {
        let account = |name: &&str| self.value(name, |slot| slot.in_regex(shapes::account()));
        let accounts = Term::and(ACCOUNTS.iter().map(account));
        let anywhere = || Regex::union([shapes::region(), Regex::literal("unspecified")]);
        let region = self.value("aws:RequestedRegion", |slot| slot.in_regex(anywhere()));
        let arn = &self.frame.resource;
        let arns = Term::and(
            self.frame.keys.values().filter(|key| key.usage.types(&key.key) == [KeyType::Arn]).map(|key| members(key, arn_shape)),
        );
        let caller = self.principal().map_or_else(Term::truth, |arn| {
            let [_, _, _, _, account, _] = arn.terms();
            Term::in_regex(account, shapes::account())
        });
        vec![
            ("F24", Model, "account ids are twelve digits", Term::and([accounts, caller])),
            ("F24", Model, "Regions have the names of Regions", region),
            (
                "F24",
                Model,
                "partition, Region and account of the resource have the shapes of their kinds",
                Term::implies(arn.is_arn(), fields_shape(arn)),
            ),
            ("F24", Model, "fields of ARNs in the context have the shapes of their kinds", arns),
        ]
    }
}

/// Every value that the key holds satisfies `formula`.
fn members(key: &Key, formula: impl Fn(&Slot) -> Term) -> Term {
    Term::and(key.elements.iter().map(|element| Term::implies(Term::var(&element.member), formula(&element.slot))))
}

fn fields_shape(arn: &Arn) -> Term {
    Term::and(arn.terms().into_iter().skip(1).zip(shapes::arn_fields()).map(|(field, shape)| Term::in_regex(field, shape)))
}

fn arn_shape(slot: &Slot) -> Term {
    if let Slot::Arn { arn, .. } = slot {
        return Term::implies(arn.is_arn(), fields_shape(arn));
    }
    let fields = shapes::arn_fields().into_iter().flat_map(|shape| [Regex::literal(":"), shape]);
    slot.in_regex(Regex::concat(std::iter::once(Regex::literal("arn")).chain(fields)))
}

/// True iff `user/name` or `user/path/name` ends in `name`.
fn ends_in_name(resource: &Term, name: Term) -> Term {
    let plain = vec![Part::Literal("user/".to_owned()), Part::Value(name.clone())];
    let path = vec![Part::Literal("user/".to_owned()), Part::AnyString, Part::Literal("/".to_owned()), Part::Value(name)];
    Term::or([Term::matches(resource.clone(), plain), Term::matches(resource.clone(), path)])
}

/// True iff no two values of the key are the same ignoring case and yet different.
fn differ_by_more_than_case(key: &Key) -> Term {
    let texts: Vec<(Term, Term)> =
        key.elements.iter().filter_map(|element| Some((Term::var(&element.member), element.slot.text()?))).collect();
    let lower = |text: &Term| Term::apply(&views::ASCII_LOWER, text.clone());
    Term::and(texts.iter().enumerate().flat_map(|(at, (here, left))| {
        texts.iter().skip(at + 1).map(move |(there, right)| {
            let equal = Term::or([Term::eq(left.clone(), right.clone()), Term::not(Term::eq(lower(left), lower(right)))]);
            Term::implies(Term::and([here.clone(), there.clone()]), equal)
        })
    }))
}
