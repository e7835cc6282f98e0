//! References are followed: to managed policies, groups, and policies of the organization.

use crate::context::Context;
use crate::documents::{Doc, Documents};
use crate::parts::{
    AttachedPart, EndpointPart, EntityKindPart, EntityPart, GroupName, GroupPart, Managed,
    OrganizationPolicy, Reference, ResourcePart, Use,
};
use keyaki_iam::estate::{Attached, Endpoint, Entity, EntityKind, Group, Resource, Shared};
use keyaki_iam::finding::codes;
use keyaki_iam::policy::Kind;
use keyaki_iam::policy::read::closest;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The policies that AWS itself has in each organization: id, name and document.
const OF_AWS: &[(&str, &str, &str)] = &[
    (
        "p-FullAWSAccess",
        "FullAWSAccess",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#,
    ),
    (
        "p-RCPFullAWSAccess",
        "RCPFullAWSAccess",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}"#,
    ),
];

/// What to do where a managed policy of AWS is missing.
const FETCH: &str =
    "`benches/aws-managed.sh` fetches AWS's managed policies into a file for `--managed FILE`";

/// What to do where another managed policy is missing.
const LIST: &str = "a listing has it unless `--filter` leaves out `LocalManagedPolicy`; a boundary that is attached nowhere may be missing, too: `aws iam get-policy-version` prints it";

/// Follows references.
pub(crate) struct Assembler<'c, 'o, 'p, 'a> {
    pub context: &'c mut Context<'o>,
    pub documents: Documents,
    managed: &'p BTreeMap<&'a str, BTreeMap<&'a str, Vec<Managed<'a>>>>,
    of_aws: &'p BTreeMap<&'a str, Doc<'a>>,
    /// What was found of a managed policy, by kind, account and ARN.
    found: FxHashMap<(Kind, &'a str, &'a str), Option<Shared>>,
    /// Managed policies that are missing, with the first place that names each, and how many do.
    missing: BTreeMap<&'a str, (Reference<'a>, usize)>,
    organization: Option<&'p BTreeMap<&'a str, Vec<OrganizationPolicy<'a>>>>,
}

impl<'c, 'o, 'p, 'a> Assembler<'c, 'o, 'p, 'a> {
    /// Follows references to these managed policies, those of AWS apart.
    pub fn new(
        context: &'c mut Context<'o>,
        managed: &'p BTreeMap<&'a str, BTreeMap<&'a str, Vec<Managed<'a>>>>,
        of_aws: &'p BTreeMap<&'a str, Doc<'a>>,
    ) -> Self {
        Self {
            context,
            documents: Documents::default(),
            managed,
            of_aws,
            found: FxHashMap::default(),
            missing: BTreeMap::new(),
            organization: None,
        }
    }

    fn policy(&mut self, of: &Use<'a>, account: &'a str, kind: Kind) -> Option<Shared> {
        match of {
            Use::Own(name, doc) => self.documents.one(self.context, doc, kind, name.clone()),
            Use::Named(name, doc) => self.documents.shared(self.context, doc, kind, name),
            Use::Managed(reference) => self.managed(*reference, account, kind),
            Use::Organization(reference) => self.of_organization(*reference, kind),
        }
    }

    fn policies(&mut self, all: &[Use<'a>], account: &'a str, kind: Kind) -> Vec<Shared> {
        all.iter().filter_map(|one| self.policy(one, account, kind)).collect()
    }

    /// A managed policy: as the account itself lists it, else as the file of AWS's policies has it,
    /// else as another account lists it.
    fn managed(
        &mut self,
        reference: Reference<'a>,
        account: &'a str,
        kind: Kind,
    ) -> Option<Shared> {
        let key = (kind, account, reference.text);
        if let Some(known) = self.found.get(&key) {
            if known.is_none()
                && let Some((_, times)) = self.missing.get_mut(reference.text)
            {
                *times += 1;
            }
            return known.clone();
        }
        let found = self.look_up(reference, account, kind);
        self.found.insert(key, found.clone());
        found
    }

    fn look_up(
        &mut self,
        reference: Reference<'a>,
        account: &'a str,
        kind: Kind,
    ) -> Option<Shared> {
        let (managed, of_aws, arn) = (self.managed, self.of_aws, reference.text);
        let own = managed.get(account).and_then(|listed| listed.get(arn));
        if own.is_none()
            && let Some(doc) = of_aws.get(arn)
        {
            return self.documents.shared(self.context, doc, kind, arn);
        }
        let all = own.or_else(|| managed.values().find_map(|listed| listed.get(arn)));
        let Some((first, others)) = all.and_then(|all| all.split_first()) else {
            self.missing.entry(arn).or_insert((reference, 0)).1 += 1;
            return None;
        };
        let read = self.documents.shared(self.context, &first.doc, kind, arn)?;
        for other in others {
            let again = self.documents.shared(self.context, &other.doc, kind, arn)?;
            if !Arc::ptr_eq(&read, &again) {
                self.conflict(other.at, &format!("managed policy `{arn}`"), first.at);
            }
        }
        Some(read)
    }

    fn of_organization(&mut self, reference: Reference<'a>, kind: Kind) -> Option<Shared> {
        let listed = self.organization.and_then(|all| all.get(reference.text));
        let Some((first, others)) = listed.and_then(|all| all.split_first()) else {
            return self.known_of_organization(reference, kind);
        };
        let name = format!("{} ({})", first.name, reference.text);
        let read = self.documents.shared(self.context, &first.doc, kind, &name)?;
        for other in others {
            let again = self.documents.shared(self.context, &other.doc, kind, &name)?;
            if !Arc::ptr_eq(&read, &again) {
                self.conflict(other.at, &format!("policy `{}`", reference.text), first.at);
            }
        }
        Some(read)
    }

    /// The policies of AWS itself need no file.
    fn known_of_organization(&mut self, reference: Reference<'a>, kind: Kind) -> Option<Shared> {
        let known = OF_AWS.iter().find(|(id, ..)| *id == reference.text);
        let Some((id, name, text)) = known else {
            let message = format!("no file has the document of the policy `{}`", reference.text);
            let help = format!(
                "`aws organizations describe-policy --policy-id {} > policy.{}.json` prints it",
                reference.text, reference.text
            );
            self.dangling(reference, message, &help);
            return None;
        };
        let doc = Doc::known(id, text)?;
        self.documents.one(self.context, &doc, kind, format!("{name} ({id})"))
    }

    /// The policies of an organization are found by their ids from here on.
    pub fn in_organization(
        &mut self,
        policies: &'p BTreeMap<&'a str, Vec<OrganizationPolicy<'a>>>,
    ) {
        self.organization = Some(policies);
    }

    /// What is attached to a target, in the order of the names.
    pub fn attached(&mut self, part: &AttachedPart<'a>) -> Attached {
        let mut scps = self.policies(&part.scps, "", Kind::Scp);
        let mut rcps = self.policies(&part.rcps, "", Kind::Rcp);
        for list in [&mut scps, &mut rcps] {
            list.sort_by(|one, other| one.name.cmp(&other.name));
            list.dedup_by(|one, other| Arc::ptr_eq(one, other));
        }
        Attached { scps, rcps }
    }

    /// Two files say different things.
    pub fn conflict(&mut self, again: Reference<'_>, what: &str, first: Reference<'_>) {
        let place = first.source.position(first.span.start);
        let message = format!(
            "{what} is here again, and differs from what {} says on line {}",
            first.source.name(),
            place.line
        );
        let help = "keep the newer one";
        let (source, span) = (again.source, again.span);
        self.context.wrong(codes::CONFLICTING_FILES, source, span, "", message, help);
    }

    /// Something is named that is not there.
    pub fn dangling(&mut self, reference: Reference<'_>, message: String, help: &str) {
        let Reference { source, span, .. } = reference;
        self.context.wrong(codes::DANGLING_REFERENCE, source, span, "", message, help);
    }

    pub fn tell_missing(&mut self) {
        for (arn, (first, times)) in std::mem::take(&mut self.missing) {
            let others = match times {
                0 | 1 => String::new(),
                2 => " and in one more place".to_owned(),
                _ => format!(" and in {} more places", times - 1),
            };
            let message = format!("`{arn}` is attached here{others}, and no file has its document");
            let help = if arn.contains(":iam::aws:") { FETCH } else { LIST };
            let (source, span) = (first.source, first.span);
            self.context.wrong(codes::MISSING_MANAGED_POLICY, source, span, "", message, help);
        }
    }

    pub fn groups(&mut self, parts: Vec<GroupPart<'a>>) -> Vec<Group> {
        let mut all: Vec<(Reference<'a>, Group)> = Vec::with_capacity(parts.len());
        for part in parts {
            let identity = self.policies(&part.policies, part.account, Kind::Identity);
            let group = Group { arn: part.arn.text.to_owned(), identity, place: Some(part.place) };
            all.push((part.arn, group));
        }
        all.sort_by(|(_, one), (_, other)| one.arn.cmp(&other.arn));
        self.of_one_name(all.iter().map(|(at, _)| ("group", *at)));
        let same = |one: &Group, other: &Group| same_policies(&one.identity, &other.identity);
        self.once(all, "group", |group| &group.arn, same)
    }

    /// Refuses two users, two roles or two groups of one name in an account, whatever their paths are:
    /// IAM has none, without regard to case.
    fn of_one_name(&mut self, all: impl Iterator<Item = (&'static str, Reference<'a>)>) {
        let mut known: FxHashMap<(&str, &str, String), Reference<'a>> = FxHashMap::default();
        for (kind, at) in all {
            let account = at.text.split(':').nth(4).unwrap_or_default();
            let name = at.text.rsplit('/').next().unwrap_or_default().to_lowercase();
            let first = *known.entry((kind, account, name)).or_insert(at);
            if first.text != at.text {
                let message = format!(
                    "`{}` has the name of `{}`, and an account has one {kind} of a name",
                    at.text, first.text
                );
                let help = "the files are of different times: make them again";
                let Reference { source, span, .. } = at;
                self.context.wrong(codes::CONFLICTING_FILES, source, span, "", message, help);
            }
        }
    }

    /// Each thing once; the same thing twice must be said in the same way.
    fn once<T>(
        &mut self,
        all: Vec<(Reference<'a>, T)>,
        what: &str,
        arn: impl Fn(&T) -> &str,
        same: impl Fn(&T, &T) -> bool,
    ) -> Vec<T> {
        let mut kept: Vec<(Reference<'a>, T)> = Vec::with_capacity(all.len());
        for (at, one) in all {
            match kept.last().filter(|(_, known)| arn(known) == arn(&one)) {
                None => kept.push((at, one)),
                Some((_, known)) if same(known, &one) => {}
                Some((first, known)) => {
                    let (first, what) = (*first, format!("{what} `{}`", arn(known)));
                    self.conflict(at, &what, first);
                }
            }
        }
        kept.into_iter().map(|(_, one)| one).collect()
    }

    pub fn entities(&mut self, parts: Vec<EntityPart<'a>>, groups: &[Group]) -> Vec<Entity> {
        let index = Groups::of(groups);
        let mut all = Vec::with_capacity(parts.len());
        for part in parts {
            let at = part.arn;
            let entity = self.entity(part, &index);
            all.push((at, entity));
        }
        all.sort_by(|(_, one), (_, other)| one.arn.cmp(&other.arn));
        let kind = |entity: &Entity| if entity.is_role() { "role" } else { "user" };
        self.of_one_name(all.iter().map(|(at, entity)| (kind(entity), *at)));
        self.once(all, "principal", |entity| &entity.arn, same_entities)
    }

    fn entity(&mut self, part: EntityPart<'a>, index: &Groups<'_>) -> Entity {
        let EntityPart { arn, account, id, kind, policies, boundary, tags, place } = part;
        let mut identity = self.policies(&policies, account, Kind::Identity);
        let boundary =
            boundary.and_then(|boundary| self.policy(&boundary, account, Kind::Boundary));
        let kind = match kind {
            EntityKindPart::Role { trust } => {
                let trust = trust.and_then(|trust| self.policy(&trust, account, Kind::Trust));
                EntityKind::Role { trust }
            }
            EntityKindPart::User { groups } => {
                let mut found: Vec<&Group> =
                    groups.iter().filter_map(|name| self.group(*name, account, index)).collect();
                found.sort_by(|one, other| one.arn.cmp(&other.arn));
                found.dedup_by(|one, other| one.arn == other.arn);
                identity.extend(found.iter().flat_map(|group| group.identity.iter().cloned()));
                EntityKind::User { groups: found.iter().map(|group| group.arn.clone()).collect() }
            }
        };
        Entity {
            arn: arn.text.to_owned(),
            account: account.to_owned(),
            id: id.map(str::to_owned),
            kind,
            identity,
            boundary,
            tags,
            place: Some(place),
        }
    }

    fn group<'g>(
        &mut self,
        name: GroupName<'a>,
        account: &str,
        index: &Groups<'g>,
    ) -> Option<&'g Group> {
        let text = name.reference.text;
        let found =
            if name.is_arn { index.by_arn.get(text) } else { index.by_name.get(&(account, text)) };
        if found.is_none() {
            let message = format!("there is no group `{text}` in the files");
            let others = index.by_name.keys().filter(|(own, _)| *own == account);
            let help = match closest(text, others.map(|(_, name)| *name), 1).first() {
                Some(near) => format!("did you mean `{near}`?"),
                None => "a listing has the groups unless `--filter` leaves them out".to_owned(),
            };
            self.dangling(name.reference, message, &help);
        }
        found.copied()
    }

    pub fn resources(&mut self, parts: Vec<ResourcePart<'a>>) -> Vec<Resource> {
        let mut all = Vec::with_capacity(parts.len());
        for part in parts {
            let policy =
                part.policy.as_ref().and_then(|policy| self.policy(policy, "", Kind::Resource));
            let resource = Resource {
                arn: part.arn.text.to_owned(),
                account: part.account,
                policy,
                tags: part.tags,
                bucket: part.bucket,
                place: Some(part.place),
            };
            all.push((part.arn, resource));
        }
        all.sort_by(|(_, one), (_, other)| one.arn.cmp(&other.arn));
        let same = |one: &Resource, other: &Resource| {
            one.account == other.account
                && same_policy(one.policy.as_ref(), other.policy.as_ref())
                && one.tags == other.tags
                && one.bucket == other.bucket
        };
        self.once(all, "resource", |resource| &resource.arn, same)
    }

    pub fn endpoints(&mut self, parts: Vec<EndpointPart<'a>>) -> Vec<Endpoint> {
        let mut all = Vec::with_capacity(parts.len());
        for part in parts {
            let policy =
                part.policy.as_ref().and_then(|policy| self.policy(policy, "", Kind::Endpoint));
            let endpoint = Endpoint {
                id: part.id.text.to_owned(),
                account: part.account,
                vpc: part.vpc.map(str::to_owned),
                service: part.service.map(str::to_owned),
                policy,
                place: Some(part.place),
            };
            all.push((part.id, endpoint));
        }
        all.sort_by(|(_, one), (_, other)| one.id.cmp(&other.id));
        let same = |one: &Endpoint, other: &Endpoint| {
            one.account == other.account
                && one.vpc == other.vpc
                && one.service == other.service
                && same_policy(one.policy.as_ref(), other.policy.as_ref())
        };
        self.once(all, "endpoint", |endpoint| &endpoint.id, same)
    }
}

/// Groups by what names them.
struct Groups<'g> {
    by_arn: FxHashMap<&'g str, &'g Group>,
    by_name: FxHashMap<(&'g str, &'g str), &'g Group>,
}

impl<'g> Groups<'g> {
    fn of(groups: &'g [Group]) -> Self {
        let by_arn = groups.iter().map(|group| (group.arn.as_str(), group)).collect();
        let named = |group: &'g Group| {
            let account = group.arn.split(':').nth(4)?;
            Some(((account, group.arn.rsplit('/').next()?), group))
        };
        Self { by_arn, by_name: groups.iter().filter_map(named).collect() }
    }
}

/// Documents of one content are one, so that comparing pointers compares contents.
fn same_policy(one: Option<&Shared>, other: Option<&Shared>) -> bool {
    match (one, other) {
        (None, None) => true,
        (Some(one), Some(other)) => Arc::ptr_eq(one, other),
        (Some(_), None) | (None, Some(_)) => false,
    }
}

fn same_policies(one: &[Shared], other: &[Shared]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| Arc::ptr_eq(one, other))
}

fn same_entities(one: &Entity, other: &Entity) -> bool {
    let same_kind = match (&one.kind, &other.kind) {
        (EntityKind::User { groups }, EntityKind::User { groups: others }) => groups == others,
        (EntityKind::Role { trust }, EntityKind::Role { trust: other }) => {
            same_policy(trust.as_ref(), other.as_ref())
        }
        (EntityKind::User { .. }, EntityKind::Role { .. })
        | (EntityKind::Role { .. }, EntityKind::User { .. }) => false,
    };
    same_kind
        && one.id == other.id
        && same_policies(&one.identity, &other.identity)
        && same_policy(one.boundary.as_ref(), other.boundary.as_ref())
        && one.tags == other.tags
}
