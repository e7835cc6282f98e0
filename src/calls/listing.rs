//! What the service catalogue says of an authorization (SEMANTICS F12, F13).

use super::{Authorization, Piece, Template};
use crate::catalogue::{Action, ActionResource, ArnFormat, Catalogue, CatalogueError, Service};

/// An action, and one of the types of resources that it is authorized on.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// The service of the action.
    pub service: &'a Service,
    /// The action.
    pub action: &'a Action,
    /// The type, as the action lists it; `None` for `*`.
    pub resource: Option<&'a ActionResource>,
}

impl Authorization {
    /// What the catalogue lists the action on that the resource may be; `None` when it does not know the action.
    ///
    /// # Errors
    ///
    /// When the catalogue is damaged where it speaks of the service.
    pub fn targets<'a>(&self, catalogue: &'a Catalogue) -> Result<Option<Vec<Target<'a>>>, CatalogueError> {
        let Some((service, action)) = catalogue.action(&self.action)? else { return Ok(None) };
        let fitting = service.resources_of(action).filter(|(_, of_type)| of_type.arns.iter().any(|format| fits(&self.resource, format)));
        let everything = self.resource.literal() == Some("*") && !action.needs_resource();
        let resources = fitting.map(|(listed, _)| Some(listed)).chain(everything.then_some(None));
        Ok(Some(resources.map(|resource| Target { service, action, resource }).collect()))
    }
}

impl Target<'_> {
    /// Whether a key (with its prefix) may be present, by name or by its family, without regard to case.
    pub fn lists(&self, key: &str) -> bool {
        let listed = self.service.keys_of(self.action, self.resource);
        let known = self.service.keys.iter().filter(|known| known.matches(key));
        known.into_iter().any(|known| listed.iter().any(|name| known.name.eq_ignore_ascii_case(name)))
    }

    /// Whether the action makes resources of the type, as far as their names tell: `CreateInferenceProfile`, `application-inference-profile`.
    pub fn is_created(&self) -> bool {
        let plain = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
        let made = self.action.name.strip_prefix("Create").map(plain).filter(|made| !made.is_empty());
        let kind = self.resource.map(|resource| plain(&resource.name)).filter(|kind| !kind.is_empty());
        made.zip(kind).is_some_and(|(made, kind)| kind.ends_with(&made) || made.ends_with(&kind))
    }
}

/// Whether a template has the format: field by field, `${Name}` of the format stands for some text.
fn fits(template: &Template, format: &ArnFormat) -> bool {
    let Some(fields) = template.fields() else { return false };
    fields.iter().zip(format.fields()).all(|(field, format)| {
        let sample = field.pieces.iter().map(|piece| match piece {
            Piece::Literal(text) => text.as_str(),
            Piece::Variable(_) => "x",
        });
        stands_for(format, &sample.collect::<String>())
    })
}

fn stands_for(format: &str, text: &str) -> bool {
    let Some((before, after)) = format.split_once("${") else { return format == text };
    let (Some((_, after)), Some(rest)) = (after.split_once('}'), text.strip_prefix(before)) else { return false };
    rest.char_indices().map(|(at, letter)| at + letter.len_utf8()).any(|at| stands_for(after, rest.get(at..).unwrap_or_default()))
}
