//! The service catalogue: which services, actions, resource types and condition keys of services
//! exist (SEMANTICS 5.6, F12 and F13; 7.1 to 7.3 for Amazon Bedrock).
//!
//! AWS publishes this as the Service Authorization Reference. The file `services.bin` is made from
//! it by `keyaki-catalogue` (the crate `keyaki-generator`) and embedded; [`Catalogue::from_bytes`]
//! reads another one. Only the index is read at once. A service is unpacked when it is first named,
//! so that a question costs no more than the services it names.
//!
//! Beside that file stand tables of what it does not tell: of the global condition keys ([`keys`]),
//! and of keys of single services ([`service_keys`]). What is not here: actions that need other
//! actions, which the reference does not tell in a usable form.

mod arn;
mod block;
mod file;
mod index;
pub mod keys;
mod name;
mod not_listed;
mod remembered;
mod service;
pub mod service_keys;
mod summary;

pub use arn::ArnFormat;
pub use file::encode;
pub use index::Catalogue;
pub(crate) use name::stands_for;
pub use remembered::NotListed;
pub use service::{AccessLevel, Action, ActionResource, Key, ResourceType, Service};
pub use summary::Summary;

/// What is wrong with a catalogue file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CatalogueError {
    /// It does not begin as a catalogue begins.
    #[error("this is not a service catalogue; `keyaki-catalogue` writes one")]
    NotACatalogue,
    /// It was written by another version of Keyaki.
    #[error("the service catalogue has format `{0}`, this version reads `{format}`; `keyaki-catalogue` writes it", format = file::FORMAT)]
    OtherFormat(String),
    /// A part cannot be read: cut off, changed, or referring to what is not there.
    #[error("the service catalogue is damaged: {0}")]
    Damaged(String),
    /// Something that is to be written into a catalogue cannot be.
    #[error("this cannot be written into a service catalogue: {0}")]
    Unwritable(String),
}
