//! Samples for a whole library: a request that carries what the policies of a question name, with
//! what every request carries besides of the keys that other policies name. What is added is a
//! guess, which the checker of feasibility confirms.

use keyaki_evaluator::feasibility;
use keyaki_iam::catalogue::keys;
use keyaki_iam::catalogue::service_keys::{ALWAYS_SENT, CLOSED, Values};
use keyaki_iam::endpoints::{GLOBAL_SERVICES, REGIONS_OF_PARTITIONS};
use keyaki_iam::policy::ContextKey;
use keyaki_iam::request::{ContextValue, PrincipalKind, Request, arn_fields};
use std::collections::BTreeSet;

const PASSED: &str = "aws:requesttag/";
const OWN: &str = "aws:resourcetag/";
const TAG_KEYS: &str = "aws:tagkeys";
const CHAIN: [&str; 3] = ["aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast"];

/// The request with the keys that are named and that every such request carries (SEMANTICS 5.1 to
/// 5.3, F15 to F17, F30, F34), where it has none of that name. `broken` counts what keeps a request
/// from being one that can exist; what adds to that is left out again.
pub(super) fn complete(
    request: &Request,
    named: &BTreeSet<&ContextKey>,
    broken: &dyn Fn(&Request) -> usize,
) -> Request {
    let mut complete = request.clone();
    for (name, value) in standing(request) {
        let key = ContextKey::new(name);
        if named.contains(&key) {
            complete.context.entry(key).or_insert(value);
        }
    }
    let mut count = broken(&complete);
    for guesses in more(&complete) {
        if count == 0 {
            break;
        }
        // A list of tag keys grows; of other keys, what the request has stands.
        let open = |key: &ContextKey| {
            named.contains(key) && (key.lower() == TAG_KEYS || !complete.context.contains_key(key))
        };
        let mut best: Option<(Request, usize)> = None;
        for (key, value) in guesses.into_iter().filter(|(key, _)| open(key)) {
            let mut larger = complete.clone();
            larger.context.insert(key, value);
            let left = broken(&larger);
            // Of several keys that are missing, only one may be counted.
            if left < count || left == count && best.is_none() {
                best = Some((larger, left));
            }
            if left < count {
                break;
            }
        }
        if let Some(best) = best {
            (complete, count) = best;
        }
    }
    complete
}

/// What else the request may have to carry: of each list one entry at most, the first that fits.
fn more(request: &Request) -> Vec<Vec<(ContextKey, ContextValue)>> {
    let mut all = chain(request);
    // A tag as it is written: case tells tags apart in lists of them.
    let tag = |key: &ContextKey, family: &str| {
        key.lower()
            .strip_prefix(family)
            .and_then(|_| Some(key.text().get(family.len()..)?.to_owned()))
    };
    let tags = |family: &str| -> Vec<(String, ContextValue)> {
        request
            .context
            .iter()
            .filter_map(|(key, value)| Some((tag(key, family)?, value.clone())))
            .collect()
    };
    let (passed, own) = (tags(PASSED), tags(OWN));
    let copies = [(PASSED, &own), (OWN, &passed)].into_iter().flat_map(|(family, tags)| {
        tags.iter().map(move |(tag, value)| {
            vec![(ContextKey::new(&format!("{family}{tag}")), value.clone())]
        })
    });
    all.extend(copies);
    if !passed.is_empty() {
        let key = ContextKey::new(TAG_KEYS);
        let known = if let Some(ContextValue::List(tags)) = request.context.get(&key) {
            tags.clone()
        } else {
            Vec::new()
        };
        let others = passed.iter().map(|(tag, _)| tag.clone()).filter(|tag| !known.contains(tag));
        let told = known.iter().cloned().chain(others).collect();
        all.push(vec![(key, ContextValue::List(told))]);
    }
    all.extend(
        request
            .context
            .iter()
            .filter_map(|(key, value)| Some(vec![(keys::twin(key)?, value.clone())])),
    );
    let of_service = |key: &ContextKey| {
        key.lower()
            .split_once(':')
            .is_some_and(|(prefix, _)| prefix.eq_ignore_ascii_case(service(request)))
    };
    let twinned = |key: &ContextKey| keys::twinned(key).find(of_service);
    all.extend(
        request
            .context
            .iter()
            .filter_map(|(key, value)| Some(vec![(twinned(key)?, value.clone())])),
    );
    all.extend(always_sent(request));
    all
}

/// The services on whose way the call is, where something tells of one.
fn chain(request: &Request) -> Vec<Vec<(ContextKey, ContextValue)>> {
    let told = CHAIN.iter().find_map(|name| request.context.get(&ContextKey::new(name)));
    let first = match told {
        Some(ContextValue::Single(service)) => Some(service),
        Some(ContextValue::List(services)) => services.first(),
        None => None,
    };
    let Some(first) = first else { return Vec::new() };
    let [all, ends @ ..] = CHAIN.map(ContextKey::new);
    let ends = ends.map(|key| vec![(key, ContextValue::Single(first.clone()))]);
    std::iter::once(vec![(all, ContextValue::List(vec![first.clone()]))]).chain(ends).collect()
}

/// Values for the keys that come with every request for the action.
fn always_sent(request: &Request) -> Vec<Vec<(ContextKey, ContextValue)>> {
    let action = request.action.to_ascii_lowercase();
    let sent = ALWAYS_SENT.iter().filter(|known| feasibility::comes_with(known, &action));
    let account = request.principal.account().unwrap_or_default().to_owned();
    sent.map(|known| {
        let closed =
            CLOSED.iter().filter(|closed| closed.key == known.key).filter_map(
                |closed| match closed.values {
                    Values::Listed(values) => values.first().map(|value| value.replace('*', "x")),
                    Values::Between(least, _) => Some(least.to_string()),
                    Values::Arns(..) | Values::Written(_) => None,
                },
            );
        let others = [
            account.clone(),
            region(request),
            request.resource.clone(),
            "true".to_owned(),
            "1".to_owned(),
            "x".to_owned(),
        ];
        let values = closed.chain(others).map(ContextValue::Single);
        let several = |value: &ContextValue| match value {
            ContextValue::Single(text) => ContextValue::List(vec![text.clone()]),
            ContextValue::List(_) => value.clone(),
        };
        let key = ContextKey::new(known.key);
        values
            .flat_map(|value| [(key.clone(), value.clone()), (key.clone(), several(&value))])
            .collect()
    })
    .collect()
}

fn standing(request: &Request) -> Vec<(&'static str, ContextValue)> {
    let text = |name: &str| match request.context.get(&ContextKey::new(name)) {
        Some(ContextValue::Single(text)) => Some(text.clone()),
        _ => None,
    };
    let time = text("aws:CurrentTime")
        .or(text("aws:EpochTime"))
        .unwrap_or_else(|| "2026-06-01T00:00:00Z".to_owned());
    let forwarded = ["aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast", "kms:ViaService"];
    let forwarded =
        forwarded.iter().any(|name| request.context.contains_key(&ContextKey::new(name)));
    let mut all = vec![
        ("aws:SecureTransport", "true".to_owned()),
        ("aws:CurrentTime", time.clone()),
        ("aws:EpochTime", time),
        ("aws:RequestedRegion", region(request)),
        ("aws:ViaAWSService", forwarded.to_string()),
        ("aws:UserAgent", "x".to_owned()),
    ];
    all.extend(of_caller(request));
    all.into_iter().map(|(name, value)| (name, ContextValue::Single(value))).collect()
}

/// The prefix of the action.
fn service(request: &Request) -> &str {
    request.action.split_once(':').map_or("", |(service, _)| service)
}

/// A Region in which the request may be made.
fn region(request: &Request) -> String {
    if let Some([_, _, service, region, _, rest]) = arn_fields(&request.resource) {
        if (service, region) == ("bedrock", "") && rest.starts_with("foundation-model/") {
            return "unspecified".to_owned();
        }
        if !region.is_empty() {
            return region.to_owned();
        }
    }
    let partition =
        arn_fields(&request.principal.arn).map_or("aws", |[_, partition, ..]| partition);
    let service = service(request);
    let global = GLOBAL_SERVICES
        .iter()
        .find(|known| known.partition == partition && known.service.eq_ignore_ascii_case(service));
    let start =
        REGIONS_OF_PARTITIONS.iter().find(|(name, _)| *name == partition).map(|(_, start)| *start);
    match (global.and_then(|known| known.regions.first()), start) {
        (Some(region), _) => (*region).to_owned(),
        (None, Some(start)) => format!("{start}north-1"),
        (None, None) => "us-east-1".to_owned(),
    }
}

/// What requests by callers with identity-based policies carry of them; of other callers the
/// policies of a question know what there is.
fn of_caller(request: &Request) -> Vec<(&'static str, String)> {
    let principal = &request.principal;
    let (Some(kind), Some(account)) = (principal.kind(), principal.account()) else {
        return Vec::new();
    };
    let name = |arn: &str| arn.rsplit('/').next().unwrap_or_default().to_owned();
    let own = match kind {
        PrincipalKind::RoleSession => principal.issuer().unwrap_or_default(),
        PrincipalKind::User
        | PrincipalKind::FederatedUser
        | PrincipalKind::Root
        | PrincipalKind::Service
        | PrincipalKind::FederatedIdentity
        | PrincipalKind::Anonymous => principal.arn.clone(),
    };
    let (word, id) = match kind {
        PrincipalKind::User => ("User", "AIDAEXAMPLE".to_owned()),
        PrincipalKind::RoleSession => {
            ("AssumedRole", format!("AROAEXAMPLE:{}", name(&principal.arn)))
        }
        PrincipalKind::FederatedUser => {
            ("FederatedUser", format!("{account}:{}", name(&principal.arn)))
        }
        PrincipalKind::Root => ("Account", account.to_owned()),
        PrincipalKind::Service | PrincipalKind::FederatedIdentity | PrincipalKind::Anonymous => {
            return Vec::new();
        }
    };
    let mut keys = vec![
        ("aws:PrincipalArn", own),
        ("aws:PrincipalAccount", account.to_owned()),
        ("aws:PrincipalType", word.to_owned()),
        ("aws:userid", id),
        ("aws:PrincipalIsAWSService", "false".to_owned()),
    ];
    match kind {
        PrincipalKind::User => keys.push(("aws:username", name(&principal.arn))),
        PrincipalKind::RoleSession | PrincipalKind::FederatedUser => {
            keys.push(("aws:TokenIssueTime", "1970-01-01T00:00:00Z".to_owned()))
        }
        PrincipalKind::Root
        | PrincipalKind::Service
        | PrincipalKind::FederatedIdentity
        | PrincipalKind::Anonymous => {}
    }
    keys
}
