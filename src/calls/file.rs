//! Reads `calls.toml`: what it abbreviates is written out, and what is wrong with it is found.

use super::{Authorization, Call, Calls, CallsError, KeyPattern, Path, Shape, Tags, Template, Variable, Who};
use crate::policy::ContextKey;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// The variable that stands for a Region to which a profile routes.
const DESTINATION: &str = "Destination";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileText {
    variables: BTreeMap<String, VariableText>,
    #[serde(default)]
    geographies: BTreeMap<String, GeographyText>,
    #[serde(rename = "call")]
    calls: Vec<CallText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VariableText {
    shape: ShapeWord,
    alphabet: Option<String>,
    natural: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum ShapeWord {
    Partition,
    Region,
    Account,
    Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GeographyText {
    prefix: String,
    regions: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CallText {
    name: String,
    #[serde(default)]
    api: Vec<String>,
    summary: String,
    sources: Vec<String>,
    #[serde(default)]
    notes: Vec<String>,
    like: Option<String>,
    #[serde(default)]
    instead: BTreeMap<String, String>,
    #[serde(default, rename = "path")]
    paths: Vec<PathText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PathText {
    summary: String,
    #[serde(default, rename = "for")]
    geographies: Vec<String>,
    #[serde(default)]
    within: BTreeMap<String, String>,
    #[serde(default)]
    tags: bool,
    #[serde(default)]
    unchecked: Vec<String>,
    needs: Vec<NeedText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NeedText {
    #[serde(default)]
    who: WhoWord,
    action: String,
    resource: String,
    #[serde(default)]
    keys: BTreeMap<String, String>,
    #[serde(default)]
    absent: Vec<String>,
    each: Option<String>,
    when: Option<WhenWord>,
    #[serde(default)]
    created: bool,
    via: Option<String>,
    service_network: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "kebab-case")]
enum WhoWord {
    #[default]
    Caller,
    ServiceRole,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum WhenWord {
    Tags,
}

/// What every path is read with.
struct Reader {
    variables: BTreeMap<String, Variable>,
    geographies: BTreeMap<String, GeographyText>,
}

pub(super) fn parse(text: &str) -> Result<Calls, CallsError> {
    let file: FileText = toml::from_str(text).map_err(|error| CallsError(error.to_string()))?;
    let variables = file.variables.into_iter().map(|(name, text)| variable(&name, text).map(|read| (name, read)));
    let reader = Reader { variables: variables.collect::<Result<_, _>>()?, geographies: file.geographies };
    let mut calls: Vec<Call> = Vec::new();
    for text in file.calls {
        let call = reader.call(text, &calls)?;
        calls.push(call);
    }
    unique("API operation", calls.iter().flat_map(Call::names))?;
    Ok(Calls { calls })
}

fn variable(name: &str, text: VariableText) -> Result<Variable, CallsError> {
    let wrong = |problem: &str| Err(CallsError(format!("variable `{name}`: {problem}")));
    let shape = match (text.shape, text.alphabet) {
        (ShapeWord::Partition, None) => Shape::Partition,
        (ShapeWord::Region, None) => Shape::Region,
        (ShapeWord::Account, None) => Shape::Account,
        (ShapeWord::Text, Some(alphabet)) => Shape::text(&alphabet),
        _ => return wrong("a text has an `alphabet`, and nothing else has"),
    };
    if let Some(strange) = text.natural.iter().find(|value| !shape.admits(value)) {
        return wrong(&format!("`{strange}` is none of its values"));
    }
    Ok(Variable { shape, natural: text.natural })
}

impl Reader {
    fn call(&self, text: CallText, known: &[Call]) -> Result<Call, CallsError> {
        let wrong = |problem: String| CallsError(format!("call `{}`: {problem}", text.name));
        let (mut paths, mut notes) = (Vec::new(), Vec::new());
        if let Some(like) = &text.like {
            let model = known.iter().find(|call| call.name == *like);
            let model = model.ok_or_else(|| wrong(format!("there is no call `{like}` before it")))?;
            notes.clone_from(&model.notes);
            paths.extend(model.paths.iter().map(|path| with_actions(path, &text.instead)));
        }
        for path in &text.paths {
            paths.extend(self.paths(path).map_err(wrong)?);
        }
        notes.extend(text.notes.iter().cloned());
        unique("path", paths.iter().map(|path| path.name.as_str())).map_err(|error| wrong(error.0))?;
        if paths.is_empty() || text.sources.is_empty() {
            return Err(wrong("a call has a path and a source".to_owned()));
        }
        Ok(Call { name: text.name, api: text.api, summary: text.summary, sources: text.sources, notes, paths })
    }

    /// The paths that one text stands for.
    fn paths(&self, text: &PathText) -> Result<Vec<Path>, String> {
        let mut places = Vec::new();
        for name in &text.geographies {
            places.push(Place { name: name.clone(), prefix: self.geography(name)?.prefix.clone() });
        }
        if places.is_empty() {
            places.push(Place::default());
        }
        let tags: &[Tags] = if text.tags { &[Tags::Without, Tags::Passed] } else { &[Tags::Open] };
        let mut paths = Vec::new();
        for place in &places {
            for tags in tags {
                paths.push(self.path(text, place, *tags).map_err(|problem| format!("path `{}`: {problem}", text.summary))?);
            }
        }
        Ok(paths)
    }

    fn path(&self, text: &PathText, place: &Place, tags: Tags) -> Result<Path, String> {
        let suffix = match tags {
            Tags::Open => "",
            Tags::Without => ", without tags",
            Tags::Passed => ", with tags",
        };
        let mut authorizations = Vec::new();
        for need in text.needs.iter().filter(|need| need.when.is_none() || tags == Tags::Passed) {
            let destinations = match &need.each {
                Some(name) => self.geography(&place.written(name))?.regions.iter().map(Some).collect(),
                None => vec![None],
            };
            for destination in destinations {
                authorizations.push(authorization(need, &place.with(destination), tags)?);
            }
        }
        let mut variables = self.variables_of(&authorizations, &text.unchecked)?;
        for (name, geography) in &text.within {
            let values = self.geography(&place.written(geography))?.regions.clone();
            let confined = variables.get_mut(name).ok_or_else(|| format!("`within` names `{name}`, which is no variable of the path"))?;
            *confined = Variable { shape: Shape::Values(values.clone()), natural: values };
        }
        let name = format!("{}{suffix}", place.written(&text.summary));
        Ok(Path { name, authorizations, variables, unchecked: text.unchecked.clone() })
    }

    fn variables_of(&self, authorizations: &[Authorization], unchecked: &[String]) -> Result<BTreeMap<String, Variable>, String> {
        let templates = authorizations.iter().flat_map(|needed| needed.keys.values().chain([&needed.resource]));
        let names: BTreeSet<&str> = templates.flat_map(Template::variables).chain(unchecked.iter().map(String::as_str)).collect();
        let known = |name: &str| self.variables.get(name).cloned().ok_or_else(|| format!("there is no variable `{name}`"));
        let variables: BTreeMap<String, Variable> =
            names.into_iter().map(|name| Ok((name.to_owned(), known(name)?))).collect::<Result<_, String>>()?;
        let leading = authorizations.iter().filter_map(|needed| needed.resource.fields());
        let leading: Vec<String> = leading
            .flat_map(|fields| fields.into_iter().take(5))
            .flat_map(|field| field.variables().map(str::to_owned).collect::<Vec<_>>())
            .collect();
        let holds_colon = |name: &&String| variables.get(*name).is_some_and(|variable| variable.shape.may_hold(':'));
        match leading.iter().find(holds_colon) {
            Some(name) => Err(format!("`{name}` may hold a colon and stands before the sixth field of an ARN")),
            None => Ok(variables),
        }
    }

    fn geography(&self, name: &str) -> Result<&GeographyText, String> {
        self.geographies.get(name).ok_or_else(|| format!("there is no geography `{name}`"))
    }
}

/// What stands for `${Geography}`, `${Prefix}` and `${Destination}`.
#[derive(Clone, Default)]
struct Place {
    name: String,
    prefix: String,
}

impl Place {
    fn written(&self, text: &str) -> String {
        text.replace("${Geography}", &self.name).replace("${Prefix}", &self.prefix)
    }

    fn with<'a>(&'a self, destination: Option<&'a String>) -> impl Fn(&str) -> String + 'a {
        move |text| {
            let written = self.written(text);
            destination.map_or(written.clone(), |region| written.replace(&format!("${{{DESTINATION}}}"), region))
        }
    }
}

fn authorization(text: &NeedText, written: &dyn Fn(&str) -> String, tags: Tags) -> Result<Authorization, String> {
    let template = |text: &str| Template::parse(&written(text)).ok_or_else(|| format!("a brace in `{text}` is not closed"));
    let resource = template(&text.resource)?;
    if resource.literal() != Some("*") && resource.fields().is_none() {
        return Err(format!("`{resource}` is neither `*` nor an ARN"));
    }
    let mut keys = BTreeMap::new();
    for (key, value) in &text.keys {
        keys.insert(ContextKey::new(key), template(value)?);
    }
    if text.via.is_some() {
        keys.insert(ContextKey::new("aws:ViaAWSService"), template("true")?);
    }
    if text.service_network.is_some() && matches!(text.who, WhoWord::Caller) {
        return Err(format!("`{}`: `service_network` is about what a service role needs", text.action));
    }
    Ok(Authorization {
        who: match text.who {
            WhoWord::Caller => Who::Caller,
            WhoWord::ServiceRole => Who::ServiceRole,
        },
        action: text.action.clone(),
        resource,
        keys,
        absent: text.absent.iter().map(|key| KeyPattern::new(key)).collect(),
        tags,
        created: text.created,
        via: text.via.clone(),
        service_network: text.service_network.is_some(),
    })
}

/// The path with other actions.
fn with_actions(path: &Path, instead: &BTreeMap<String, String>) -> Path {
    let mut path = path.clone();
    for needed in &mut path.authorizations {
        if let Some(action) = instead.get(&needed.action) {
            needed.action.clone_from(action);
        }
    }
    path
}

fn unique<'a>(what: &str, names: impl Iterator<Item = &'a str>) -> Result<(), CallsError> {
    let mut seen = BTreeSet::new();
    for name in names {
        if !seen.insert(name.to_ascii_lowercase()) {
            return Err(CallsError(format!("{what} `{name}` is there twice")));
        }
    }
    Ok(())
}
