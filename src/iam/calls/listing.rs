//! What the service catalogue says of an authorization (SEMANTICS F12, F13).

use super::{Authorization, Piece, Template};
use crate::catalogue::{
    self, Action, ActionResource, ArnFormat, Catalogue, CatalogueError, Service,
};

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
    /// What the catalogue lists the action on that the resource may be; `None` when it does not
    /// know the action.
    ///
    /// # Errors
    ///
    /// When the catalogue is damaged where it speaks of the service.
    pub fn targets<'a>(
        &self,
        catalogue: &'a Catalogue,
    ) -> Result<Option<Vec<Target<'a>>>, CatalogueError> {
        let Some((service, action)) = catalogue.action(&self.action)? else { return Ok(None) };
        let fitting = service
            .resources_of(action)
            .filter(|(_, of_type)| of_type.arns.iter().any(|format| fits(&self.resource, format)));
        let everything = self.resource.literal() == Some("*") && !action.needs_resource();
        let resources = fitting.map(|(listed, _)| Some(listed)).chain(everything.then_some(None));
        Ok(Some(resources.map(|resource| Target { service, action, resource }).collect()))
    }
}

impl Target<'_> {
    /// Whether a key (with its prefix) may be present, by name or by its family, without regard to
    /// case.
    pub fn lists(&self, key: &str) -> bool {
        self.service.lists(self.action, self.resource, key)
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
        catalogue::stands_for(format, &sample.collect::<String>(), |one, other| one == other)
    })
}
