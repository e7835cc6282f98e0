//! Reads `calls.toml`: what it abbreviates is written out, and what is wrong with it is found.

use super::{
    ACCOUNT, Authorization, Call, Calls, CallsError, Extra, KeyPattern, Part, Path, ROLE_ACCOUNT,
    Row, Shape, Tags, Template, Variable, Who, Whole,
};
use crate::policy::ContextKey;
use crate::source::{Position, Source};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The variable that stands for a Region to which a profile routes.
const DESTINATION: &str = "${Destination}";
/// The variable that stands for the Region of the call.
const REGION: &str = "Region";
/// The variable that stands for the partition.
const PARTITION: &str = "Partition";
/// How many paths a call may have: those of calls that are made of each other multiply.
const MOST_PATHS: usize = 4096;
/// The characters of prefixes of profiles.
const PREFIX: &str = "abcdefghijklmnopqrstuvwxyz0123456789-";
/// What `aws:RequestedRegion` is where a model has no Region (SEMANTICS 7.4).
const NO_REGION: &str = "unspecified";

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct FileText {
    #[serde(default)]
    variables: BTreeMap<String, VariableText>,
    #[serde(default, rename = "geography")]
    geographies: Vec<GeographyText>,
    #[serde(default)]
    whole: Vec<WholeText>,
    #[serde(default, rename = "extra")]
    extras: Vec<ExtraText>,
    #[serde(default, rename = "call")]
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
    Values,
    Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GeographyText {
    #[serde(default)]
    of: RowWord,
    name: String,
    id: Option<String>,
    prefix: String,
    partition: Option<String>,
    sources: Option<Vec<String>>,
    destinations: Vec<String>,
    source: String,
    date: String,
}

#[derive(Deserialize, Default, PartialEq, Eq, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum RowWord {
    #[default]
    Models,
    Guardrails,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WholeText {
    name: String,
    key: String,
    actions: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExtraText {
    suffix: String,
    id: String,
    of: Option<WhoWord>,
    on: Option<String>,
    through: Option<ThroughWord>,
    key: Option<String>,
    #[serde(default)]
    values: Vec<String>,
    needs: Vec<NeedText>,
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
    id: Option<String>,
    summary: String,
    through: Option<ThroughWord>,
    #[serde(default)]
    prefixes: Vec<String>,
    #[serde(default)]
    within: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    tags: bool,
    #[serde(default)]
    unchecked: Vec<String>,
    inference: Option<InferenceText>,
    needs: Vec<NeedText>,
}

#[derive(Deserialize, PartialEq, Eq, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum ThroughWord {
    System,
    Application,
    Prefixes,
    Global,
    Guardrails,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InferenceText {
    call: String,
    who: WhoWord,
    service_network: Option<String>,
    #[serde(default)]
    except: Vec<String>,
    #[serde(default)]
    named: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NeedText {
    #[serde(default)]
    who: WhoWord,
    part: Option<PartWord>,
    action: String,
    resource: String,
    #[serde(default)]
    keys: BTreeMap<String, String>,
    #[serde(default)]
    absent: Vec<String>,
    #[serde(default)]
    each: bool,
    when: Option<WhenWord>,
    #[serde(default)]
    created: bool,
    via: Option<String>,
    service_network: Option<String>,
}

#[derive(Deserialize, Default, Clone, Copy)]
#[serde(rename_all = "kebab-case")]
enum WhoWord {
    #[default]
    Caller,
    ServiceRole,
}

impl From<WhoWord> for Who {
    fn from(word: WhoWord) -> Self {
        match word {
            WhoWord::Caller => Self::Caller,
            WhoWord::ServiceRole => Self::ServiceRole,
        }
    }
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum PartWord {
    Model,
    Profile,
    Route,
}

impl From<PartWord> for Part {
    fn from(word: PartWord) -> Self {
        match word {
            PartWord::Model => Self::Model,
            PartWord::Profile => Self::Profile,
            PartWord::Route => Self::Route,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum WhenWord {
    Tags,
}

/// What every path is read with.
struct Reader {
    variables: BTreeMap<String, Variable>,
    rows: Vec<Row>,
    guardrails: Vec<Row>,
    whole: Vec<Whole>,
}

/// Reads files of calls, each of which may use what is in those before it; `profiles`, if there are
/// any, take the place of the table of where profiles route. Where there is a call that the API
/// operation `only` makes, that call and those that it is made of are enough.
pub(super) fn parse(
    texts: &[&str],
    profiles: Vec<Row>,
    only: Option<&str>,
) -> Result<Calls, CallsError> {
    read(texts, profiles, only)
        .map_err(|CallsError(problem)| CallsError(format!("a file of calls: {problem}")))
}

/// What is wrong with the notation, with its place.
fn in_text(text: &str, error: &toml::de::Error) -> CallsError {
    let message = error.message();
    CallsError(match error.span() {
        Some(span) => {
            let Position { line, column } = Source::new("", text).position(span.start);
            format!("line {line}, column {column}: {message}")
        }
        None => message.to_owned(),
    })
}

fn read(texts: &[&str], profiles: Vec<Row>, only: Option<&str>) -> Result<Calls, CallsError> {
    let mut file = FileText::default();
    for text in texts {
        let FileText { variables, geographies, whole, extras, calls } =
            toml::from_str(text).map_err(|error| in_text(text, &error))?;
        file.variables.extend(variables);
        file.geographies.extend(geographies);
        file.whole.extend(whole);
        file.extras.extend(extras);
        // A call of the same name takes the place of the one before.
        file.calls
            .retain(|known| !calls.iter().any(|call| call.name.eq_ignore_ascii_case(&known.name)));
        file.calls.extend(calls);
    }
    let variables = file
        .variables
        .into_iter()
        .map(|(name, text)| variable(&name, text).map(|read| (name, read)));
    let variables = variables.collect::<Result<_, _>>()?;
    let (guardrails, models): (Vec<_>, Vec<_>) =
        file.geographies.into_iter().partition(|text| text.of == RowWord::Guardrails);
    let rows = |texts: Vec<GeographyText>| {
        texts.into_iter().map(row).collect::<Result<Vec<Row>, CallsError>>()
    };
    let (guardrails, models) = (rows(guardrails)?, rows(models)?);
    let rows = if profiles.is_empty() { models } else { profiles };
    unique("geography", rows.iter().map(|row| row.name.as_str()))?;
    unique("geography", guardrails.iter().map(|row| row.name.as_str()))?;
    let whole = file.whole.into_iter();
    let whole = whole
        .map(|text| Whole {
            name: text.name,
            key: ContextKey::new(&text.key),
            actions: text.actions,
        })
        .collect();
    let reader = Reader { variables, rows, guardrails, whole };
    let mut extras = Vec::new();
    for text in &file.extras {
        extras.extend(
            reader
                .extras(text)
                .map_err(|problem| CallsError(format!("extra `{}`: {problem}", text.suffix)))?,
        );
    }
    let extras: Arc<[Extra]> = extras.into();
    let wanted = only.and_then(|name| made_of(&file.calls, name));
    let mut calls: Vec<Call> = Vec::new();
    for text in file
        .calls
        .into_iter()
        .filter(|text| wanted.as_ref().is_none_or(|wanted| wanted.contains(&text.name)))
    {
        let call = reader.call(text, &calls, &extras)?;
        calls.push(call);
    }
    unique("API operation", calls.iter().flat_map(Call::names))?;
    Ok(Calls { calls })
}

/// The names of the call that an API operation makes, and of those that it is made of.
fn made_of(calls: &[CallText], operation: &str) -> Option<BTreeSet<String>> {
    let named = |text: &&CallText| {
        std::iter::once(&text.name)
            .chain(&text.api)
            .any(|name| name.eq_ignore_ascii_case(operation))
    };
    let mut open = vec![calls.iter().find(named)?];
    let mut names = BTreeSet::new();
    while let Some(text) = open.pop() {
        if names.insert(text.name.clone()) {
            let others = text
                .paths
                .iter()
                .filter_map(|path| path.inference.as_ref())
                .map(|inference| &inference.call)
                .chain(&text.like);
            open.extend(others.filter_map(|other| calls.iter().find(|call| call.name == *other)));
        }
    }
    Some(names)
}

fn variable(name: &str, text: VariableText) -> Result<Variable, CallsError> {
    let wrong = |problem: &str| Err(CallsError(format!("variable `{name}`: {problem}")));
    let shape = match (text.shape, text.alphabet) {
        (ShapeWord::Partition, None) => Shape::Partition,
        (ShapeWord::Region, None) => Shape::Region,
        (ShapeWord::Account, None) => Shape::Account,
        (ShapeWord::Values, None) => Shape::Values(text.natural.clone()),
        (ShapeWord::Text, Some(alphabet)) => Shape::text(&alphabet),
        _ => return wrong("a text has an `alphabet`, and nothing else has"),
    };
    if let Some(strange) = text.natural.iter().find(|value| !shape.admits(value)) {
        return wrong(&format!("`{strange}` is none of its values"));
    }
    Ok(Variable { shape, natural: text.natural })
}

fn row(text: GeographyText) -> Result<Row, CallsError> {
    let wrong = |problem: &str| Err(CallsError(format!("geography `{}`: {problem}", text.name)));
    let sources = text.sources.unwrap_or_else(|| text.destinations.clone());
    if sources.is_empty() || text.destinations.is_empty() {
        return wrong("it has Regions from which and to which it routes");
    }
    if text.source.is_empty() || text.date.is_empty() {
        return wrong("it has a source and a date");
    }
    if text.partition.as_ref().is_some_and(|name| !Shape::Partition.admits(name)) {
        return wrong("its partition is none");
    }
    if let Some(strange) =
        sources.iter().chain(&text.destinations).find(|region| !Shape::Region.admits(region))
    {
        return wrong(&format!("`{strange}` is not a Region"));
    }
    Ok(Row {
        id: text.id.unwrap_or_else(|| text.name.clone()),
        name: text.name,
        prefix: text.prefix,
        partition: text.partition.unwrap_or_else(|| "aws".to_owned()),
        sources,
        destinations: text.destinations,
        fixed: BTreeMap::new(),
        application: false,
    })
}

impl Reader {
    fn call(
        &self,
        text: CallText,
        known: &[Call],
        extras: &Arc<[Extra]>,
    ) -> Result<Call, CallsError> {
        let wrong = |problem: String| CallsError(format!("call `{}`: {problem}", text.name));
        let find = |name: &str| known.iter().find(|call| call.name == name);
        let (mut paths, mut notes) = (Vec::new(), Vec::new());
        if let Some(like) = &text.like {
            let model =
                find(like).ok_or_else(|| wrong(format!("there is no call `{like}` before it")))?;
            notes.clone_from(&model.notes);
            paths.extend(model.paths.iter().map(|path| with_actions(path, &text.instead)));
        }
        for path in &text.paths {
            let before = paths.len();
            match &path.inference {
                None => paths.extend(self.paths(path, None).map_err(wrong)?),
                Some(inference) => {
                    let model = find(&inference.call).ok_or_else(|| {
                        wrong(format!("there is no call `{}` before it", inference.call))
                    })?;
                    let left_out = |id: &str| {
                        inference.except.iter().any(|pattern| {
                            pattern
                                .strip_suffix('*')
                                .map_or(pattern == id, |start| id.starts_with(start))
                        })
                    };
                    for base in model.paths.iter().filter(|base| !left_out(&base.id)) {
                        paths.extend(self.paths(path, Some((inference, base))).map_err(wrong)?);
                    }
                }
            }
            if paths.len() == before && path.through.is_none() {
                return Err(wrong(format!("path `{}` stands for none", path.summary)));
            }
        }
        notes.extend(text.notes.iter().cloned());
        if paths.len() > MOST_PATHS {
            return Err(wrong(format!("it has {} paths; the limit is {MOST_PATHS}", paths.len())));
        }
        unique("path", paths.iter().map(|path| path.name.as_str()))
            .map_err(|error| wrong(error.0))?;
        unique("path id", paths.iter().map(|path| path.id.as_str()))
            .map_err(|error| wrong(error.0))?;
        if paths.is_empty() || text.sources.is_empty() {
            return Err(wrong("a call has a path and a source".to_owned()));
        }
        let extras = Arc::clone(extras);
        Ok(Call {
            name: text.name,
            api: text.api,
            summary: text.summary,
            sources: text.sources,
            notes,
            paths,
            whole: self.whole.clone(),
            extras,
        })
    }

    /// The places that one text stands for; one without a row where it says nothing of rows.
    fn places(&self, through: Option<ThroughWord>, prefixes: &[String]) -> Vec<Place<'_>> {
        let of_files = self.rows.iter().any(|row| !row.fixed.is_empty());
        let rows: Vec<Row> = match through {
            None => return vec![Place::default()],
            Some(ThroughWord::Global) => {
                return if of_files { Vec::new() } else { vec![Place::default()] };
            }
            Some(ThroughWord::System) => {
                self.rows.iter().filter(|row| !row.application).cloned().collect()
            }
            Some(ThroughWord::Application) => self.rows.clone(),
            Some(ThroughWord::Prefixes) => joined(&self.rows),
            Some(ThroughWord::Guardrails) => self.guardrails.clone(),
        };
        let meant = |row: &Row| prefixes.is_empty() || prefixes.contains(&row.prefix);
        rows.into_iter()
            .filter(meant)
            .map(|row| Place { row: Some(row), ..Place::default() })
            .collect()
    }

    /// The paths that one text stands for.
    fn paths(
        &self,
        text: &PathText,
        inference: Option<(&InferenceText, &Path)>,
    ) -> Result<Vec<Path>, String> {
        let tags: &[Tags] = if text.tags { &[Tags::Without, Tags::Passed] } else { &[Tags::Open] };
        let mut paths = Vec::new();
        let wrong = |problem: String| format!("path `{}`: {problem}", text.summary);
        let places = self.places(text.through, &text.prefixes);
        // A destination without a Region is not a case of those with one.
        let plain = |row: &Row| {
            row.prefix.chars().all(|letter| PREFIX.contains(letter))
                && row.destinations.iter().all(|region| !region.is_empty())
        };
        let alike =
            places.len() > 1 && places.iter().filter_map(|place| place.row.as_ref()).all(plain);
        let general = |tags: Tags| {
            let of_general =
                inference.and_then(|(inference, base)| Some((inference, base.general.as_deref()?)));
            if !alike && of_general.is_none() {
                return Ok(None);
            }
            let base = if alike { inference } else { of_general };
            self.path(text, base, &Place { general: true, ..Place::default() }, tags)
                .map(|path| Some(Arc::new(path)))
        };
        let generals = tags
            .iter()
            .map(|tags| general(*tags))
            .collect::<Result<Vec<Option<Arc<Path>>>, String>>()
            .map_err(wrong)?;
        for place in &places {
            for (tags, general) in tags.iter().zip(&generals) {
                let place = Place { inference: inference.map(|(_, base)| base), ..place.clone() };
                let path = self.path(text, inference, &place, *tags).map_err(wrong)?;
                paths.push(Path { general: general.clone(), ..path });
            }
        }
        Ok(paths)
    }

    fn path(
        &self,
        text: &PathText,
        inference: Option<(&InferenceText, &Path)>,
        place: &Place<'_>,
        tags: Tags,
    ) -> Result<Path, String> {
        let suffix = match tags {
            Tags::Open => ["", ""],
            Tags::Without => [", without tags", ""],
            Tags::Passed => [", with tags", "+tags"],
        };
        let mut authorizations = Vec::new();
        for need in text.needs.iter().filter(|need| need.when.is_none() || tags == Tags::Passed) {
            authorizations.extend(self.needed(need, place, tags)?);
        }
        let mut unchecked = text.unchecked.clone();
        if let Some((inference, base)) = inference {
            authorizations
                .extend(base.authorizations.iter().map(|needed| of_another(needed, inference)));
            unchecked.extend(base.unchecked.iter().cloned());
        }
        let mut variables = self.variables_of(&authorizations, &unchecked, place.general)?;
        for (inference, base) in inference.iter() {
            for (name, known) in &base.variables {
                let account = matches!(inference.who, WhoWord::ServiceRole) && name == ACCOUNT;
                let name = if account { ROLE_ACCOUNT } else { name };
                if let (Some(own), Shape::Values(_)) = (variables.get_mut(name), &known.shape) {
                    own.clone_from(known);
                }
            }
        }
        for (name, values) in &text.within {
            confine(&mut variables, name, values).ok_or_else(|| {
                format!("`within` names `{name}`, which is not a variable of the path")
            })?;
        }
        if let Some(row) = &place.row {
            confine(&mut variables, REGION, &row.sources)
                .ok_or_else(|| format!("a path `through` something has a variable `{REGION}`"))?;
            for (name, value) in row.fixed.iter().chain([(&PARTITION.to_owned(), &row.partition)]) {
                // What a row fixes of a path that does not have it says nothing.
                let _ = confine(&mut variables, name, std::slice::from_ref(value));
            }
        }
        let named = inference.and_then(|(inference, base)| inference.named.get(&base.id));
        let name = format!("{}{}", place.written(named.unwrap_or(&text.summary)), suffix[0]);
        let id = text
            .id
            .as_ref()
            .map_or_else(|| name.clone(), |id| format!("{}{}", place.identified(id), suffix[1]));
        Ok(Path { id, name, authorizations, variables, unchecked, general: None })
    }

    /// The authorizations that one text stands for.
    fn needed(
        &self,
        need: &NeedText,
        place: &Place<'_>,
        tags: Tags,
    ) -> Result<Vec<Authorization>, String> {
        let destinations = match &place.row {
            Some(row) if need.each => row.destinations.iter().map(Some).collect(),
            None if need.each && place.general => vec![None],
            None if need.each => {
                return Err(format!(
                    "`{}`: `each` is about a row of a table, and the path is `through` none",
                    need.action
                ));
            }
            _ => vec![None],
        };
        destinations
            .into_iter()
            .map(|destination| {
                self.authorization(need, place, destination.map(String::as_str), tags)
            })
            .collect()
    }

    fn authorization(
        &self,
        text: &NeedText,
        place: &Place<'_>,
        destination: Option<&str>,
        tags: Tags,
    ) -> Result<Authorization, String> {
        let template = |text: &str| {
            let written =
                place.written(text).replace(DESTINATION, destination.unwrap_or(DESTINATION));
            Template::parse(&written).ok_or_else(|| format!("a brace in `{text}` is not closed"))
        };
        let resource = template(&text.resource)?;
        if resource.literal() != Some("*") && resource.fields().is_none() {
            return Err(format!("`{resource}` is neither `*` nor an ARN"));
        }
        let mut keys = BTreeMap::new();
        for (key, value) in &text.keys {
            let value =
                if destination == Some("") && value == DESTINATION { NO_REGION } else { value };
            keys.insert(ContextKey::new(key), template(value)?);
        }
        if text.via.is_some() {
            keys.insert(ContextKey::new("aws:ViaAWSService"), template("true")?);
        }
        if text.service_network.is_some() && matches!(text.who, WhoWord::Caller) {
            return Err(format!(
                "`{}`: `service_network` is about what a service role needs",
                text.action
            ));
        }
        let whole = self
            .whole
            .iter()
            .filter(|whole| text.part.is_some() && whole.actions.contains(&text.action));
        Ok(Authorization {
            who: text.who.into(),
            part: text.part.map(Part::from),
            action: text.action.clone(),
            resource,
            keys,
            absent: text.absent.iter().map(|key| KeyPattern::new(key)).collect(),
            shared: whole.map(|whole| whole.key.clone()).collect(),
            tags,
            created: text.created,
            via: text.via.clone(),
            service_network: text.service_network.is_some(),
        })
    }

    fn variables_of(
        &self,
        authorizations: &[Authorization],
        unchecked: &[String],
        general: bool,
    ) -> Result<BTreeMap<String, Variable>, String> {
        let templates =
            authorizations.iter().flat_map(|needed| needed.keys.values().chain([&needed.resource]));
        let names: BTreeSet<&str> = templates
            .flat_map(Template::variables)
            .chain(unchecked.iter().map(String::as_str))
            .collect();
        let known = |name: &str| {
            let own = if general { general_variable(name) } else { None }
                .or_else(|| self.variables.get(name).cloned());
            own.ok_or_else(|| format!("there is no variable `{name}`"))
        };
        let variables: BTreeMap<String, Variable> = names
            .into_iter()
            .map(|name| Ok((name.to_owned(), known(name)?)))
            .collect::<Result<_, String>>()?;
        let leading = authorizations.iter().filter_map(|needed| needed.resource.fields());
        let leading: Vec<String> = leading
            .flat_map(|fields| fields.into_iter().take(5))
            .flat_map(|field| field.variables().map(str::to_owned).collect::<Vec<_>>())
            .collect();
        let holds_colon = |name: &&String| {
            variables.get(*name).is_some_and(|variable| variable.shape.may_hold(':'))
        };
        match leading.iter().find(holds_colon) {
            Some(name) => Err(format!(
                "`{name}` may hold a colon and stands before the sixth field of an ARN"
            )),
            None => Ok(variables),
        }
    }

    /// The extras that one text stands for.
    fn extras(&self, text: &ExtraText) -> Result<Vec<Extra>, String> {
        if text.key.is_some() == text.values.is_empty() {
            return Err("a `key` has `values`, and nothing else has".to_owned());
        }
        let mut extras = Vec::new();
        for place in self.places(text.through, &[]) {
            let mut needs = Vec::new();
            for need in &text.needs {
                needs.extend(self.needed(need, &place, Tags::Open)?);
            }
            let parse = |value: &String| {
                Template::parse(value).ok_or_else(|| format!("a brace in `{value}` is not closed"))
            };
            let values =
                text.values.iter().map(parse).collect::<Result<Vec<Template>, String>>()?;
            let named =
                values.iter().flat_map(Template::variables).map(str::to_owned).collect::<Vec<_>>();
            extras.push(Extra {
                suffix: place.written(&text.suffix),
                id: place.identified(&text.id),
                of: text.of.map(Who::from),
                on: text.on.clone(),
                key: text.key.as_ref().map(|key| ContextKey::new(key)),
                values,
                variables: self.variables_of(&needs, &named, false)?,
                row: place.row.clone(),
                needs,
            });
        }
        Ok(extras)
    }
}

/// The rows with one for each prefix, from every Region from which some row of it routes; those of
/// files, which are about one model, stay.
fn joined(rows: &[Row]) -> Vec<Row> {
    let mut all: Vec<Row> = Vec::new();
    for row in rows.iter().filter(|row| !row.application) {
        match all.iter_mut().find(|known| {
            row.fixed.is_empty() && known.fixed.is_empty() && known.prefix == row.prefix
        }) {
            Some(known) => {
                let new = row
                    .sources
                    .iter()
                    .filter(|region| !known.sources.contains(region))
                    .cloned()
                    .collect::<Vec<_>>();
                known.sources.extend(new);
            }
            None if row.fixed.is_empty() => {
                all.push(Row { name: row.prefix.clone(), id: row.prefix.clone(), ..row.clone() })
            }
            None => all.push(row.clone()),
        }
    }
    all
}

/// What stands for the prefix of profiles, and for a Region to which they route, in the general
/// path of those through profiles. In other paths neither is a variable.
fn general_variable(name: &str) -> Option<Variable> {
    match name {
        "Prefix" => {
            Some(Variable { shape: Shape::text("a-z0-9-"), natural: vec!["us".to_owned()] })
        }
        "Destination" => {
            Some(Variable { shape: Shape::Region, natural: vec!["us-east-1".to_owned()] })
        }
        _ => None,
    }
}

/// Confines a variable to some values; `None` if there is no such variable.
fn confine(
    variables: &mut BTreeMap<String, Variable>,
    name: &str,
    values: &[String],
) -> Option<()> {
    let confined = variables.get_mut(name)?;
    *confined = Variable { shape: Shape::Values(values.to_vec()), natural: values.to_vec() };
    Some(())
}

/// What stands for `${Geography}`, `${Id}`, `${Prefix}` and `${Inference}`.
#[derive(Clone, Default)]
struct Place<'a> {
    row: Option<Row>,
    inference: Option<&'a Path>,
    /// Whether it stands for every row.
    general: bool,
}

impl Place<'_> {
    fn written(&self, text: &str) -> String {
        let text = match &self.row {
            Some(row) => text
                .replace("${Geography}", &row.name)
                .replace("${Id}", &row.id)
                .replace("${Prefix}", &row.prefix),
            None => text.to_owned(),
        };
        match self.inference.map(|base| base.name.as_str()) {
            Some(name) if name.starts_with("through ") => {
                text.replace("${Inference}", &format!("the model {name}"))
            }
            Some(name) => text.replace("${Inference}", name),
            None => text,
        }
    }

    fn identified(&self, text: &str) -> String {
        let base = self.inference.map_or("", |base| base.id.as_str());
        self.written(&text.replace("${Inference}", base))
    }
}

/// An authorization of an inference that is part of another call.
fn of_another(needed: &Authorization, inference: &InferenceText) -> Authorization {
    match inference.who {
        WhoWord::Caller => needed.clone(),
        WhoWord::ServiceRole => needed.of_service_role(inference.service_network.is_some()),
    }
}

/// The path with other actions.
fn with_actions(path: &Path, instead: &BTreeMap<String, String>) -> Path {
    let mut path = path.clone();
    path.general = path.general.as_ref().map(|general| Arc::new(with_actions(general, instead)));
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
