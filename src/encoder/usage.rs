//! How the statements of a frame use each context key, and what follows for its representation.

use keyaki_iam::catalogue::keys::{self, KeyType};
use keyaki_iam::catalogue::{Catalogue, CatalogueError};
use keyaki_iam::caveat::Caveat;
use keyaki_iam::layers::Policies;
use keyaki_iam::policy::Literal;
use keyaki_iam::policy::{
    ActionPattern, Condition, ConditionValue, ContextKey, Family, Operator, Piece, PrincipalEntry,
    ResourcePattern, Statement, Template,
};
use keyaki_iam::shape::Shape;
use num_rational::BigRational;
use std::collections::{BTreeMap, BTreeSet};

/// What a frame needs to know about its statements.
#[derive(Debug, Clone, Default)]
pub struct Usages {
    pub(crate) keys: BTreeMap<ContextKey, Usage>,
    /// The services of these actions, and the service fields of resources that are plain texts; in
    /// lower case.
    pub(crate) services: BTreeSet<String>,
    /// Whether tags of the resource have their keys in `aws:TagKeys`, as tags of the request have
    /// (SEMANTICS F16).
    pub(crate) names_resource_tags: bool,
}

const TAG_KEYS: &str = "aws:tagkeys";
const REQUEST_TAG: &str = "aws:requesttag/";
const RESOURCE_TAG: &str = "aws:resourcetag/";

/// How one key is used.
#[derive(Debug, Clone, Default)]
pub(crate) struct Usage {
    /// The families of its operators, `Null` apart, each with the operator first seen.
    pub families: BTreeMap<Family, Operator>,
    /// Whether it is substituted as a policy variable.
    pub variable: bool,
    /// How many conditions apply a set operator to it, `Null` apart; the first of them.
    pub set_conditions: usize,
    /// How many of them compare it with values that hold variables.
    pub set_conditions_with_variables: usize,
    pub set_operator: Option<Operator>,
    /// Whether some condition other than `Null` tests it without a set operator.
    pub plain: bool,
    /// The numbers and instants that it is compared with.
    pub constants: BTreeSet<BigRational>,
    /// What the service catalogue says of a key that is not a global one.
    pub listed: Option<Multiplicity>,
}

/// How many values a key holds in one request (SEMANTICS 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Multiplicity {
    /// One value, which a variable is replaced by.
    One,
    /// A list, which gives no variable a value.
    Several,
    /// Nothing says which of the two: both are considered.
    Either,
}

/// How the values of a key are represented by symbols.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Representation {
    /// A string; what it denotes is a function of the text. Exact for every use except by `Arn*`
    /// operators.
    Text,
    /// Six fields, or a text that has no six fields. Exact for every use.
    Arn,
    /// A rational. Exact when nothing but `Numeric*` operators look at the key; the next three
    /// likewise.
    Number,
    /// Seconds since 1970-01-01T00:00:00Z.
    Instant,
    /// Bits and the address family.
    Address,
    /// A truth value.
    Boolean,
}

/// The keys that show that a request came through a VPC endpoint (SEMANTICS 5.3).
pub(crate) const ENDPOINT_KEYS: [&str; 3] = ["aws:SourceVpce", "aws:SourceVpc", "aws:VpcSourceIp"];

impl Usages {
    /// What the statements of policy sets and shapes do, and what deciding the sets looks at
    /// besides.
    pub fn of(sets: &[&Policies], shapes: &[&Shape]) -> Usages {
        let mut usages = Usages::default();
        let layers =
            sets.iter().flat_map(|set| set.all()).flat_map(|named| named.policy.statements());
        layers
            .chain(shapes.iter().map(|shape| &shape.statement))
            .for_each(|statement| usages.add(statement));
        if sets.iter().any(|set| !set.endpoint.is_empty()) {
            for name in ENDPOINT_KEYS {
                usages.keys.entry(ContextKey::new(name)).or_default();
            }
        }
        usages
    }

    /// Whether a condition may ask something else of a key in each of several requests that have
    /// its values in common: see [`Usage::elements`].
    pub(crate) fn look_at_contexts(&self) -> bool {
        self.keys.values().any(|usage| usage.set_conditions_with_variables > 0)
    }

    /// How many elements a multivalued key needs besides its own: for values of other keys of the
    /// frame that are tied to it (SEMANTICS F6, F17).
    pub(crate) fn neighbours(&self, key: &ContextKey) -> usize {
        let tied: &[&str] = match key.lower() {
            "aws:calledvia" => &["aws:CalledViaFirst", "aws:CalledViaLast"],
            // The caller, even where nothing asks for `aws:PrincipalServiceName`.
            "aws:principalservicenameslist" => return 1,
            _ => &[],
        };
        tied.iter().filter(|name| self.keys.contains_key(&ContextKey::new(name))).count()
    }

    /// The tags that may have to be among the values of a key, in lower case: those that are
    /// passed, of `aws:TagKeys` (SEMANTICS F15).
    pub(crate) fn tags_in(&self, key: &ContextKey) -> BTreeSet<&str> {
        if key.lower() != TAG_KEYS {
            return BTreeSet::new();
        }
        let passed = self.keys.keys().filter_map(|key| key.lower().strip_prefix(REQUEST_TAG));
        let own = self
            .keys
            .keys()
            .filter_map(|key| key.lower().strip_prefix(RESOURCE_TAG))
            .filter(|_| self.names_resource_tags);
        passed.chain(own).collect()
    }

    /// Notes what the catalogue says of the keys of services.
    ///
    /// # Errors
    /// When the block of a service that lists one is damaged.
    pub fn look_up(&mut self, catalogue: &Catalogue) -> Result<(), CatalogueError> {
        for (key, usage) in self.keys.iter_mut().filter(|(key, _)| keys::lookup(key).is_none()) {
            let known: BTreeSet<bool> = catalogue
                .keys(key.text())?
                .into_iter()
                .map(|(_, known)| known.multivalued)
                .collect();
            usage.listed = match (known.contains(&false), known.contains(&true)) {
                (false, false) => None,
                (true, false) => Some(Multiplicity::One),
                (false, true) => Some(Multiplicity::Several),
                (true, true) => Some(Multiplicity::Either),
            };
        }
        Ok(())
    }

    /// Adds what one statement does.
    fn add(&mut self, statement: &Statement) {
        let mut before = "";
        for pattern in &statement.action.patterns {
            if let ActionPattern::Name { service, name: _ } = pattern
                && **service != *before
            {
                self.services.insert(service.to_ascii_lowercase());
                before = service;
            }
        }
        for pattern in statement.resource.iter().flat_map(|element| &element.patterns) {
            if let ResourcePattern::Arn { fields, .. } = pattern {
                fields.iter().for_each(|field| self.add_variables(field));
                if let Some([Piece::Literal(service)]) =
                    fields.get(2).map(|field| field.pieces.as_slice())
                {
                    self.services.insert(service.to_ascii_lowercase());
                }
            }
        }
        statement.conditions.iter().for_each(|condition| self.add_condition(condition));
        for key in statement.principal.iter().flat_map(|element| &element.parameters) {
            self.keys.entry(key.clone()).or_default().variable = true;
        }
        if statement
            .principal
            .iter()
            .flat_map(|element| &element.entries)
            .any(PrincipalEntry::is_unique_id)
        {
            // Its text is needed, of one value, as for a variable.
            self.keys.entry(ContextKey::new("aws:userid")).or_default().variable = true;
        }
    }

    fn add_variables(&mut self, template: &Template) {
        for piece in &template.pieces {
            if let Piece::Variable(variable) = piece {
                self.keys.entry(variable.key.clone()).or_default().variable = true;
            }
        }
    }

    fn add_condition(&mut self, condition: &Condition) {
        let operator = condition.operator;
        let usage = self.keys.entry(condition.key.clone()).or_default();
        if operator.base.family() != Family::Null {
            usage.families.entry(operator.base.family()).or_insert(operator);
            if operator.set.is_some() {
                usage.set_conditions += 1;
                usage.set_conditions_with_variables +=
                    usize::from(condition.values.iter().any(has_variable));
                usage.set_operator.get_or_insert(operator);
            } else {
                usage.plain = true;
            }
        }
        let mut templates = Vec::new();
        for value in &condition.values {
            match &value.literal {
                Literal::Number(number) | Literal::Instant(number) => {
                    _ = usage.constants.insert(number.clone())
                }
                Literal::Text(template) => templates.push(template),
                Literal::Network(_) | Literal::Bytes(_) | Literal::Presence(_) => {}
            }
        }
        templates.into_iter().for_each(|template| self.add_variables(template));
    }
}

impl Usage {
    /// As declared, or as the catalogue says. Of a key that is unknown, a set operator somewhere in
    /// the frame says that it may hold several values, and not that it does: then both are
    /// considered.
    pub fn multiplicity(&self, key: &ContextKey) -> Multiplicity {
        match (keys::lookup(key), self.listed) {
            (Some(info), _) => {
                if info.multivalued {
                    Multiplicity::Several
                } else {
                    Multiplicity::One
                }
            }
            (None, Some(listed)) => listed,
            (None, None) => {
                if self.set_conditions > 0 {
                    Multiplicity::Either
                } else {
                    Multiplicity::One
                }
            }
        }
    }

    /// The number of elements that represent every set of values of a multivalued key, as far as
    /// these uses can tell sets apart.
    ///
    /// Let V be the values in some request. Keep, for each `ForAnyValue` condition that is true,
    /// one value that satisfies it, and for each `ForAllValues` condition that is false, one value
    /// that does not: at most `set_conditions` values, W. The other conditions do not change when V
    /// shrinks to W: a true `ForAllValues` stays true of fewer values, a false `ForAnyValue` stays
    /// false. Two things depend on more than W. The set counts as empty when nothing is in it but
    /// the empty string, and the key is absent when nothing is in it at all: one more value of V,
    /// not empty if V has such a one, keeps W apart from either. And a test without set operator
    /// tells one value from several: where V has several and W would be left with one, one value
    /// more is kept; W has then two values, which is within the bound unless there is no set
    /// operator, when two are needed.
    ///
    /// Where `contexts` requests with one V are looked at, as the authorizations of one call are, a
    /// condition whose values hold variables may be another one in each, and needs a witness in
    /// each; one without variables says the same of V every time.
    pub fn elements(&self, contexts: usize) -> usize {
        let constant = self.set_conditions - self.set_conditions_with_variables;
        let witnesses = constant + self.set_conditions_with_variables * contexts;
        (witnesses + 1).max(if self.plain { 2 } else { 1 })
    }

    /// The cheapest representation that is exact for these uses.
    pub fn representation(&self, key: &ContextKey) -> Representation {
        let declared = keys::lookup(key);
        let types = declared.map(|info| info.types);
        // Of some keys the fields are compared with other texts (SEMANTICS F2, F8, F14, F28, F38).
        let told_by_fields = matches!(
            key.lower(),
            "aws:principalarn"
                | "aws:sourcearn"
                | "aws:sourcevpcarn"
                | "bedrock:inferenceprofilearn"
        ) || keys::of_role_sessions(key)
            .is_some_and(|known| known.issuer.is_some())
            && types == Some(&[KeyType::Arn]);
        if self.families.contains_key(&Family::Arn) || told_by_fields {
            return Representation::Arn;
        }
        // Several values are counted as texts: `1` and `1.0` are two. The account of a caller is
        // compared with other texts (SEMANTICS F27), the provider of an identity with its name
        // (F29), tags of a request with those of the resource that it creates (F16), a key with its
        // twin (F30).
        let compared = keys::twin(key).is_some()
            || matches!(key.lower(), "kms:calleraccount" | "aws:federatedprovider")
            || ["aws:requesttag/", "aws:resourcetag/"]
                .iter()
                .any(|tags| key.lower().starts_with(tags));
        if self.variable || (self.plain && self.multiplicity(key) != Multiplicity::One) || compared
        {
            return Representation::Text;
        }
        let mut families = self.families.keys();
        let read_as = match (families.next(), families.next()) {
            (None, _) => types.and_then(|types| types.first().copied()),
            (Some(family), None) => key_type(*family),
            (Some(_), Some(_)) => None,
        };
        // A value of another type that the key may have, an instant under `Numeric*`, is more than
        // the lack of a number.
        let read_as = read_as.filter(|read| {
            types.is_none_or(|types| types.iter().all(|declared| read.includes(*declared)))
        });
        match read_as {
            Some(KeyType::Numeric) => Representation::Number,
            Some(KeyType::Date) => Representation::Instant,
            Some(KeyType::Ip) => Representation::Address,
            Some(KeyType::Bool) => Representation::Boolean,
            Some(KeyType::String | KeyType::Arn) | None => Representation::Text,
        }
    }

    /// The types of which a well-typed value has one: the declared ones, or, of an unknown key, the
    /// type of the only family that is applied to it.
    pub fn types(&self, key: &ContextKey) -> Vec<KeyType> {
        if let Some(info) = keys::lookup(key) {
            return info.types.to_vec();
        }
        let mut families = self.families.keys().filter_map(|family| key_type(*family));
        match (families.next(), families.next()) {
            (Some(read), None) if !self.variable && self.families.len() == 1 => vec![read],
            _ => vec![KeyType::String],
        }
    }

    /// Whether a text in this key may be an instant that another key is tied to.
    pub fn reads_instants(&self, key: &ContextKey) -> bool {
        self.families.contains_key(&Family::Date) || self.types(key).contains(&KeyType::Date)
    }

    /// What was assumed about a key that Keyaki does not know.
    pub fn caveats(&self, key: &ContextKey) -> Vec<Caveat> {
        if keys::lookup(key).is_some() {
            return Vec::new();
        }
        let mut caveats = Vec::new();
        if let (Some(because), [read_as]) = (self.families.values().next(), &self.types(key)[..])
            && *read_as != KeyType::String
        {
            caveats.push(Caveat::ReadAs { key: key.clone(), read_as: *read_as, because: *because });
        }
        if self.multiplicity(key) == Multiplicity::Either {
            caveats.push(Caveat::OneOrSeveral { key: key.clone() });
        }
        caveats
    }
}

fn has_variable(value: &ConditionValue) -> bool {
    match &value.literal {
        Literal::Text(template) => {
            template.pieces.iter().any(|piece| matches!(piece, Piece::Variable(_)))
        }
        Literal::Number(_)
        | Literal::Instant(_)
        | Literal::Network(_)
        | Literal::Bytes(_)
        | Literal::Presence(_) => false,
    }
}

/// The type of the values that a family of operators compares.
fn key_type(family: Family) -> Option<KeyType> {
    match family {
        Family::String | Family::Binary => Some(KeyType::String),
        Family::Numeric => Some(KeyType::Numeric),
        Family::Date => Some(KeyType::Date),
        Family::Bool => Some(KeyType::Bool),
        Family::IpAddress => Some(KeyType::Ip),
        Family::Arn => Some(KeyType::Arn),
        Family::Null => None,
    }
}
