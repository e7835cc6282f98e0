//! Files of the service catalogue.

use keyaki::catalogue::{Catalogue, Service, encode};
use miniz_oxide::deflate::compress_to_vec_zlib;

/// What separates the index and the blocks in a file that is written as text.
const SEPARATOR: char = '\u{c}';

/// Bytes that begin as a catalogue are one; others are the texts of its index and of its blocks,
/// which are packed here. What is read can be looked up, and is written as a file that says the
/// same.
pub fn run(bytes: &[u8]) {
    let file = match std::str::from_utf8(bytes) {
        Ok(text) if !bytes.starts_with(b"keyaki catalogue ") => packed(text),
        _ => bytes.to_vec(),
    };
    let catalogue = match Catalogue::from_bytes(file) {
        Ok(catalogue) => catalogue,
        Err(error) => return assert!(!error.to_string().contains(char::is_control), "{error:?}"),
    };
    let mut services = Vec::new();
    for service in catalogue.services() {
        match service {
            Ok(service) => services.push(service.clone()),
            Err(error) => assert!(!error.to_string().contains(char::is_control), "{error:?}"),
        }
    }
    services.iter().for_each(|service| found(&catalogue, service));
    written(catalogue.source(), &services);
}

/// A file whose index has the lengths of the blocks.
fn packed(text: &str) -> Vec<u8> {
    let mut parts = text.split(SEPARATOR);
    let mut lines = parts.next().unwrap_or_default().lines();
    let mut index = format!("{}\n", lines.next().unwrap_or_default());
    let mut blocks = Vec::new();
    for (line, block) in lines.zip(parts.chain(std::iter::repeat(""))) {
        let block = compress_to_vec_zlib(block.as_bytes(), 1);
        index.push_str(&format!("{line}\t{}\n", block.len()));
        blocks.extend(block);
    }
    let index = compress_to_vec_zlib(index.as_bytes(), 1);
    let length = u32::try_from(index.len()).unwrap_or(u32::MAX).to_le_bytes();
    [b"keyaki catalogue 1\n".as_slice(), &length, &index, &blocks].concat()
}

/// Everything in a service is found by its name.
fn found(catalogue: &Catalogue, service: &Service) {
    let prefix = service.prefix.to_ascii_uppercase();
    assert_eq!(catalogue.service(&prefix), Ok(Some(service)));
    assert!(
        catalogue.summary(&prefix).is_some_and(|summary| summary.actions == service.actions.len())
    );
    for action in &service.actions {
        assert_eq!(service.action(&action.name.to_ascii_lowercase()), Some(action));
        assert_eq!(
            catalogue.action(&format!("{prefix}:{}", action.name)).ok().flatten().is_some(),
            !prefix.contains(':')
        );
        assert_eq!(service.resources_of(action).count(), action.resources.len());
        for resource in action.resources.iter().map(Some).chain([None]) {
            assert!(
                service
                    .keys_of(action, resource)
                    .into_iter()
                    .all(|key| service.lists(action, resource, key))
            );
        }
    }
    for key in &service.keys {
        assert!(key.matches(&key.name) && service.key(&key.name) == Some(key), "{key:?}");
        _ = catalogue.keys(&key.name);
    }
    assert!(
        service.resource_types.iter().all(|kind| service.resource_type(&kind.name) == Some(kind))
    );
}

/// The services are written as a file that has them.
fn written(source: &str, services: &[Service]) {
    let Ok(file) = encode(source, services) else { return };
    let again = Catalogue::from_bytes(file);
    let again = again.as_ref().map(|again| again.services().collect::<Result<Vec<_>, _>>());
    assert_eq!(again, Ok(Ok(services.iter().collect())));
}
