//! What a call may have besides: a guardrail, an API key, the first call of a model of AWS
//! Marketplace.

use super::{Authorization, KeyPattern, Path, Row, Shape, Template, Variable, Who};
use crate::policy::ContextKey;
use std::collections::BTreeMap;

/// What a call may have besides, with authorizations of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extra {
    /// What is added to the name of a path, after a comma.
    pub suffix: String,
    /// What is added to its id, after a plus sign.
    pub id: String,
    /// Whose inference it belongs to; `None`: to anybody's.
    pub of: Option<Who>,
    /// The inference is on a resource whose ARN has this text.
    pub on: Option<String>,
    /// A key that the inference has with it, and only with it.
    pub key: Option<ContextKey>,
    /// What the key may hold; each makes a path of its own. None without a key.
    pub values: Vec<Template>,
    /// The variables that the values and the authorizations have.
    pub variables: BTreeMap<String, Variable>,
    /// The row of a table that it is about: calls with it are made in its sources. `None`: in all
    /// Regions.
    pub row: Option<Row>,
    /// The authorizations, as those of the caller.
    pub needs: Vec<Authorization>,
}

impl Extra {
    /// Whether a call by the path may have it.
    pub fn belongs_to(&self, path: &Path) -> bool {
        let has_text = |text: &String| {
            path.authorizations
                .iter()
                .any(|needed| self.is_of(needed) && needed.resource.to_string().contains(text))
        };
        path.authorizations.iter().any(|needed| self.is_of(needed))
            && self.on.as_ref().is_none_or(has_text)
    }

    /// Whether the authorization is of an inference that may have it.
    fn is_of(&self, needed: &Authorization) -> bool {
        let has_key = self.key.as_ref().is_none_or(|key| needed.shared.contains(key));
        needed.part.is_some() && self.of.is_none_or(|who| who == needed.who) && has_key
    }
}

impl Path {
    /// The path of calls that have none of the extras.
    #[must_use]
    pub fn without_extras(&self, extras: &[Extra]) -> Self {
        let mut path = self.clone();
        for needed in &mut path.authorizations {
            let keys = extras.iter().filter_map(|extra| extra.key.as_ref());
            let shared = keys.filter(|key| needed.shared.contains(key));
            let absent: Vec<KeyPattern> = shared.map(|key| KeyPattern::new(key.text())).collect();
            needed.absent.extend(absent);
        }
        path
    }

    /// The paths of calls that have this extra, one for each value of its key; none where calls by
    /// the path cannot have it.
    pub fn with_extra(&self, extra: &Extra) -> Vec<Self> {
        if !extra.belongs_to(self) {
            return Vec::new();
        }
        let values: Vec<Option<&Template>> = if extra.values.is_empty() {
            vec![None]
        } else {
            extra.values.iter().map(Some).collect()
        };
        values.into_iter().filter_map(|value| self.with_value(extra, value)).collect()
    }

    fn with_value(&self, extra: &Extra, value: Option<&Template>) -> Option<Self> {
        let mut path = self.clone();
        path.name = format!("{}, {}", path.name, extra.suffix);
        path.id = format!("{}+{}", path.id, extra.id);
        let first = self.authorizations.iter().find(|needed| extra.is_of(needed))?;
        if let (Some(key), Some(value)) = (&extra.key, value) {
            for needed in path.authorizations.iter_mut().filter(|needed| extra.is_of(needed)) {
                needed.keys.insert(key.clone(), value.clone());
            }
        }
        let needed = |needed: &Authorization| match first.who {
            Who::Caller => needed.clone(),
            Who::ServiceRole => needed.of_service_role(first.service_network),
        };
        path.authorizations.extend(extra.needs.iter().map(needed));
        let templates = path
            .authorizations
            .iter()
            .flat_map(|needed| needed.keys.values().chain([&needed.resource]));
        let names: Vec<String> =
            templates.flat_map(Template::variables).map(str::to_owned).collect();
        for name in names {
            if let (false, Some(known)) =
                (path.variables.contains_key(&name), extra.variables.get(&name))
            {
                path.variables.insert(name, known.clone());
            }
        }
        if let Some(row) = &extra.row {
            for (name, values) in
                [("Region", &row.sources), ("Partition", &vec![row.partition.clone()])]
            {
                let confined = path.variables.get_mut(name)?;
                let common: Vec<String> =
                    values.iter().filter(|value| confined.shape.admits(value)).cloned().collect();
                if common.is_empty() {
                    return None;
                }
                *confined = Variable { shape: Shape::Values(common.clone()), natural: common };
            }
        }
        Some(path)
    }
}
