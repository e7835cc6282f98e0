//! Which calls are asked about by one path: those without extras, and those with them where that
//! can change the answer or is what is asked.

use super::filter::Filters;
use super::whole;
use super::{CallQuery, WholeCondition};
use keyaki_iam::calls::{Extra, Path};
use keyaki_iam::layers::Policies;
use keyaki_iam::policy::{ContextKey, Policy};
use keyaki_iam::shape::Shape;

/// One way of a path: alone, or with an extra that the question names.
pub(super) struct Way<'a> {
    /// The path.
    pub path: &'a Path,
    /// The path's name, and those of its extras.
    pub name: String,
    /// The path's id, and those of its extras.
    pub id: String,
    /// The paths that are asked for it, one allowed of which is enough; or why none is.
    pub paths: Result<Vec<Path>, String>,
    /// More general ones: where none of these is allowed, none of `paths` is. Empty where there are
    /// none.
    pub general: Vec<Path>,
}

impl CallQuery<'_> {
    /// The ways of a path. Calls with an extra need more than those without: they are asked about
    /// where the question names them, and those with a key where something looks at the key, which
    /// alone can make them allowed where a call without is not.
    pub(super) fn ways<'p>(&self, path: &'p Path) -> Vec<Way<'p>> {
        let filters = Filters(self.filters);
        let own: Vec<&Extra> =
            self.call.extras.iter().filter(|extra| extra.belongs_to(path)).collect();
        let by_variable: Vec<&Extra> =
            own.iter().copied().filter(|extra| self.names_variable_of(extra, path)).collect();
        if filters.name(&path.name, &path.id) {
            return vec![self.way(path, &by_variable, &own)];
        }
        let suffixed = |extra: &Extra| {
            [format!("{}, {}", path.name, extra.suffix), format!("{}+{}", path.id, extra.id)]
        };
        let by_name = own.iter().copied().filter(|extra| {
            let [name, id] = suffixed(extra);
            filters.name_extra(&name, &id, &extra.id)
        });
        let ways: Vec<Way<'_>> = by_name
            .map(|extra| {
                let others = by_variable
                    .iter()
                    .copied()
                    .filter(|other| other.key.is_none() && *other != extra);
                self.way(path, &std::iter::once(extra).chain(others).collect::<Vec<_>>(), &own)
            })
            .collect();
        if ways.is_empty() {
            let reason = Err("left out by the filters".to_owned());
            return vec![Way {
                path,
                name: path.name.clone(),
                id: path.id.clone(),
                paths: reason,
                general: Vec::new(),
            }];
        }
        ways
    }

    /// Whether some filter is about a variable that only calls with the extra have. Of several
    /// extras with one key it names the one that is made in every Region.
    fn names_variable_of(&self, extra: &Extra, path: &Path) -> bool {
        let own =
            |name: &str| extra.variables.contains_key(name) && !path.variables.contains_key(name);
        extra.row.is_none() && self.filters.iter().any(|filter| own(&filter.variable))
    }

    /// The path with these extras.
    fn way<'p>(&self, path: &'p Path, extras: &[&Extra], own: &[&Extra]) -> Way<'p> {
        let mut name = path.name.clone();
        let mut id = path.id.clone();
        for extra in extras {
            name = format!("{name}, {}", extra.suffix);
            id = format!("{id}+{}", extra.id);
        }
        let paths = self.fitting(self.variants(path, extras, own));
        // Of a path that is a case of a more general one, some destination is that of the general
        // one: not one for each of two conditions, one of which may be where one has to be.
        let conditions = whole::conditions(self.call, self.shape, self.filters).unwrap_or_default();
        let somewhere = conditions.iter().filter(|condition| condition.is_somewhere()).count();
        let one = somewhere + usize::from(self.wants()) < 2;
        let general = path
            .general
            .as_ref()
            .filter(|_| one)
            .map(|general| self.fitting(self.variants(general, extras, own)));
        Way { path, name, id, paths, general: general.and_then(Result::ok).unwrap_or_default() }
    }

    /// The calls by the path with these extras: those that have them, and, where no extra with a
    /// key is asked for, those with one whose key something looks at.
    fn variants(&self, path: &Path, extras: &[&Extra], own: &[&Extra]) -> Vec<Path> {
        let keyed = extras.iter().find(|extra| extra.key.is_some());
        let mut variants = match keyed {
            Some(extra) => path.with_extra(extra),
            None => {
                let looked_at = own.iter().filter(|extra| {
                    extra.row.is_none() && extra.key.as_ref().is_some_and(|key| self.looks_at(key))
                });
                let base = path.without_extras(&self.call.extras);
                std::iter::once(base)
                    .chain(looked_at.flat_map(|extra| path.with_extra(extra)))
                    .collect()
            }
        };
        for extra in extras.iter().filter(|extra| extra.key.is_none()) {
            variants = variants.iter().flat_map(|variant| variant.with_extra(extra)).collect();
        }
        variants
    }

    /// Those that have what the filters speak of; or why there is none.
    fn fitting(&self, variants: Vec<Path>) -> Result<Vec<Path>, String> {
        let mut reason = "calls with it are made from other Regions".to_owned();
        let conditions = whole::conditions(self.call, self.shape, self.filters).unwrap_or_default();
        let left_out = |variant: &Path| {
            let names = Filters(self.filters).by_variable().into_keys();
            let foreign = names
                .filter(|name| !whole::is_whole(self.call, name))
                .find(|name| !variant.variables.contains_key(*name));
            let foreign = foreign.map(|name| format!("it has no variable `{name}`"));
            foreign.or_else(|| {
                conditions.iter().find_map(|condition: &WholeCondition| condition.left_out(variant))
            })
        };
        let mut fitting = Vec::new();
        for variant in variants {
            match left_out(&variant) {
                None => fitting.push(variant),
                Some(why) => reason = why,
            }
        }
        if fitting.is_empty() { Err(reason) } else { Ok(fitting) }
    }

    /// Whether a policy, or the question, looks at the key.
    fn looks_at(&self, key: &ContextKey) -> bool {
        let policies = self
            .sets_of_caller()
            .chain(self.role)
            .flat_map(Policies::all)
            .map(|named| &*named.policy);
        let conditions = whole::conditions(self.call, self.shape, self.filters).unwrap_or_default();
        policies.flat_map(Policy::keys).any(|known| known == key)
            || conditions
                .iter()
                .map(WholeCondition::shape)
                .flat_map(Shape::keys)
                .any(|known| known == key)
    }
}
