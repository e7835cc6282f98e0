//! Resources that refer to each other in a circle: none of them can be made first, so CloudFormation
//! refuses the template. One that refers to itself is told apart, since CDK prints such templates.
//!
//! What stands in a branch of `Fn::If`, or in a resource with a condition, may not be there at all, and
//! what SAM makes of a resource is several: neither is looked at.

use super::evaluate::function;
use keyaki_iam::json::{JsonData, JsonValue, Member};
use keyaki_iam::source::Span;
use petgraph::algo::{astar, tarjan_scc};
use petgraph::graphmap::DiGraphMap;
use std::collections::BTreeMap;

/// So many resources of a circle are named.
const NAMED: usize = 6;

/// A resource in a circle.
pub(super) struct Circle {
    /// A reference to another one of it.
    pub(super) span: Span,
    /// The circle: `A -> B -> A`.
    pub(super) shown: String,
    /// Whether there are others in it.
    pub(super) of_others: bool,
}

/// The resources that are in circles, by their names.
pub(super) fn circles(template: &JsonValue) -> BTreeMap<String, Circle> {
    let mut graph: DiGraphMap<&str, Span> = DiGraphMap::new();
    for Member { name, value, .. } in members(template.member("Resources")) {
        let kind = value.member("Type").and_then(JsonValue::as_str).unwrap_or_default();
        if value.member("Condition").is_some() || kind.starts_with("AWS::Serverless::") {
            continue;
        }
        let mut found = Vec::new();
        for part in ["DependsOn", "Properties"] {
            let Some(value) = value.member(part) else { continue };
            if part == "DependsOn" {
                let named = crate::items(value).iter();
                found.extend(named.filter_map(|one| Some((one.as_str()?, one.span))));
            } else {
                references(value, &mut found);
            }
        }
        for (to, span) in found {
            if !graph.contains_edge(name, to) {
                graph.add_edge(name, to, span);
            }
        }
    }
    let mut circles = BTreeMap::new();
    for circle in tarjan_scc(&graph) {
        for from in &circle {
            let inside = graph.edges(from).filter(|(_, to, _)| circle.contains(to));
            let Some((_, to, span)) = inside.min_by_key(|(.., span)| span.start) else { continue };
            let back = astar(&graph, to, |name| name == *from, |_| 1, |_| 0);
            let Some((_, path)) = back else { continue };
            let mut names: Vec<&str> = [*from].into_iter().chain(path).collect();
            if names.len() > NAMED {
                names.splice(NAMED - 2..names.len() - 1, ["..."]);
            }
            let (span, shown, of_others) = (*span, names.join(" -> "), circle.len() > 1);
            circles.insert((*from).to_owned(), Circle { span, shown, of_others });
        }
    }
    circles
}

fn members(value: Option<&JsonValue>) -> &[Member] {
    match value.map(|value| &value.data) {
        Some(JsonData::Object(members)) => members,
        _ => &[],
    }
}

/// What a value refers to in any case, with places.
fn references<'t>(value: &'t JsonValue, found: &mut Vec<(&'t str, Span)>) {
    match &value.data {
        JsonData::Array(items) => items.iter().for_each(|item| references(item, found)),
        JsonData::Object(members) => match function(members) {
            Some(call) => of_call(call, found),
            None => members.iter().for_each(|member| references(&member.value, found)),
        },
        JsonData::Null | JsonData::Bool(_) | JsonData::Number(_) | JsonData::String(_) => {}
    }
}

fn of_call<'t>(call: &'t Member, found: &mut Vec<(&'t str, Span)>) {
    let Member { name, value, .. } = call;
    let parts = crate::items(value);
    let first = parts.first().and_then(|first| Some((first.as_str()?, first.span)));
    match (name.as_str(), first) {
        ("Fn::If", _) => {}
        ("Ref", Some(named)) => found.push(named),
        ("Fn::GetAtt", Some((text, span))) => {
            let resource = text.split_once('.').map_or(text, |(resource, _)| resource);
            found.push((resource, span));
        }
        ("Fn::Sub", Some((text, span))) => {
            let variables = parts.get(1);
            let own = |name: &str| variables.is_some_and(|all| all.member(name).is_some());
            for from in text.split("${").skip(1) {
                let Some((name, _)) = from.split_once('}') else { break };
                let name = name.trim();
                if !name.starts_with('!') && !own(name) {
                    found.push((name.split_once('.').map_or(name, |(name, _)| name), span));
                }
            }
            variables.into_iter().for_each(|variables| references(variables, found));
        }
        _ => references(value, found),
    }
}
