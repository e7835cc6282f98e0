//! The file: a magic line, the length of the compressed index (4 bytes, little-endian), the index,
//! and a compressed block for each service.
//!
//! The index is text. Its first line names the source of the data; then a line for each service,
//! fields between tabs: prefix, name, `r` if resource control policies apply, the counts of
//! actions, resource types and keys, the foreign namespaces of its keys between blanks, the length
//! of its block. Compression is zlib's, whose checksum finds damage.

use super::block::{self, word};
use super::service::Service;
use super::summary::Summary;
use super::{CatalogueError, name};
use miniz_oxide::{deflate, inflate};
use std::collections::BTreeSet;

/// What the first line says after `keyaki catalogue `. A change of the format changes it.
pub(super) const FORMAT: &str = "1";

const MAGIC: &[u8] = b"keyaki catalogue ";

/// A longer file is not read: a catalogue has less than 300 kB.
const LONGEST_FILE: usize = 4 << 20;

/// No index and no block is more times longer than this when it is unpacked; of real ones none is
/// seven times as long. With the longest file it bounds what a file can make Keyaki allocate.
const MOST_PACKED: usize = 32;

/// The best and slowest level: a catalogue is written once.
const LEVEL: u8 = 10;

/// Writes services as a catalogue file; the same services give the same bytes. `source` says in one
/// line what the data were made from. The services and the lists in them must be in the order of
/// their names.
///
/// # Errors
///
/// [`CatalogueError::Unwritable`] when something is out of order, a name has control characters, or
/// something refers to a resource type or condition key that the service does not have.
pub fn encode(source: &str, services: &[Service]) -> Result<Vec<u8>, CatalogueError> {
    let (mut index, mut blocks) =
        (format!("{}\n", word(source).map_err(CatalogueError::Unwritable)?), Vec::new());
    for (at, service) in services.iter().enumerate() {
        let fail = |what: String| {
            CatalogueError::Unwritable(format!("service `{}`: {what}", service.prefix))
        };
        let follows = |next: &Service| name::compare(&service.prefix, &next.prefix).is_ge();
        if services.get(at + 1).is_some_and(follows) {
            return Err(fail("it is out of order".to_owned()));
        }
        let block = pack(&block::write(service).map_err(fail)?).map_err(fail)?;
        index.push_str(&summary_line(service, block.len()).map_err(fail)?);
        blocks.extend(block);
    }
    let index = pack(&index).map_err(CatalogueError::Unwritable)?;
    let length = u32::try_from(index.len())
        .map_err(|_| CatalogueError::Unwritable("the index is too long".to_owned()))?;
    let file = [MAGIC, FORMAT.as_bytes(), b"\n", &length.to_le_bytes(), &index, &blocks].concat();
    if file.len() > LONGEST_FILE {
        return Err(CatalogueError::Unwritable(format!(
            "the file would have {} bytes; the limit is {LONGEST_FILE}",
            file.len()
        )));
    }
    Ok(file)
}

fn summary_line(service: &Service, length: usize) -> Result<String, String> {
    let (actions, types, keys) =
        (service.actions.len(), service.resource_types.len(), service.keys.len());
    let rcp = if service.supports_rcp { "r" } else { "" };
    let foreign: BTreeSet<&str> = service
        .keys
        .iter()
        .filter_map(|key| foreign_namespace(&key.name, &service.prefix))
        .collect();
    let foreign = foreign.into_iter().collect::<Vec<_>>().join(" ");
    Ok(format!(
        "{}\t{}\t{rcp}\t{actions}\t{types}\t{keys}\t{foreign}\t{length}\n",
        word(&service.prefix)?,
        word(&service.name)?
    ))
}

/// The part before the colon of a key that is neither global nor the service's own.
fn foreign_namespace<'a>(key: &'a str, prefix: &str) -> Option<&'a str> {
    let (namespace, _) = key.split_once(':')?;
    (!namespace.eq_ignore_ascii_case("aws") && !namespace.eq_ignore_ascii_case(prefix))
        .then_some(namespace)
}

/// The source of the data, and the summaries with the places of the blocks.
pub(super) fn decode_index(bytes: &[u8]) -> Result<(String, Vec<Summary>), CatalogueError> {
    let (index, mut start) = unpack_index(bytes)?;
    let mut lines = index.lines();
    let source = lines.next().unwrap_or_default();
    let source = word(source).map_err(|what| damaged(format!("its source: {what}")))?.to_owned();
    let mut summaries: Vec<Summary> = Vec::new();
    for line in lines {
        let summary = summary(line, start)
            .ok_or_else(|| damaged(format!("its index has the line `{}`", line.escape_debug())))?;
        start = summary.block.end;
        if summaries.last().is_some_and(|last| name::compare(&last.prefix, &summary.prefix).is_ge())
        {
            return Err(damaged(format!("service `{}` is out of order", summary.prefix)));
        }
        summaries.push(summary);
    }
    if start != bytes.len() {
        return Err(damaged("it is not as long as its index says".to_owned()));
    }
    Ok((source, summaries))
}

/// The text of the index, and where the first block begins.
fn unpack_index(bytes: &[u8]) -> Result<(String, usize), CatalogueError> {
    let rest = bytes.strip_prefix(MAGIC).ok_or(CatalogueError::NotACatalogue)?;
    if bytes.len() > LONGEST_FILE {
        return Err(damaged(format!("it has {} bytes; the limit is {LONGEST_FILE}", bytes.len())));
    }
    let end = rest
        .iter()
        .take(20)
        .position(|byte| *byte == b'\n')
        .ok_or(CatalogueError::NotACatalogue)?;
    let (format, rest) = rest.split_at(end);
    if format != FORMAT.as_bytes() {
        return Err(CatalogueError::OtherFormat(
            String::from_utf8_lossy(format).escape_debug().to_string(),
        ));
    }
    let short = || damaged("it ends too early".to_owned());
    let (length, rest) =
        rest.get(1..).and_then(|rest| rest.split_first_chunk()).ok_or_else(short)?;
    let length = usize::try_from(u32::from_le_bytes(*length)).unwrap_or(usize::MAX);
    let index = rest.get(..length).ok_or_else(short)?;
    let text = unpack(index).map_err(|what| damaged(format!("its index {what}")))?;
    Ok((text, bytes.len() - rest.len() + length))
}

fn damaged(what: String) -> CatalogueError {
    CatalogueError::Damaged(what)
}

fn summary(line: &str, start: usize) -> Option<Summary> {
    let fields: Vec<&str> = line.split('\t').collect();
    let [prefix, name, rcp, actions, resource_types, keys, namespaces, length] = fields.as_slice()
    else {
        return None;
    };
    let end = start.checked_add(length.parse().ok()?)?;
    Some(Summary {
        prefix: word(prefix).ok()?.to_owned(),
        name: word(name).ok()?.to_owned(),
        supports_rcp: *rcp == "r",
        actions: actions.parse().ok()?,
        resource_types: resource_types.parse().ok()?,
        keys: keys.parse().ok()?,
        namespaces: namespaces.split_ascii_whitespace().map(str::to_owned).collect(),
        block: start..end,
    })
}

/// Unpacks the block of a service.
pub(super) fn decode_block(bytes: &[u8], summary: &Summary) -> Result<Service, CatalogueError> {
    let Summary { prefix, name, supports_rcp, .. } = summary.clone();
    let fail = |what: String| damaged(format!("service `{}` {what}", summary.prefix));
    let block = bytes.get(summary.block.clone()).ok_or_else(|| fail("is cut off".to_owned()))?;
    let text = unpack(block).map_err(fail)?;
    let names = Service { prefix, name, supports_rcp, ..Service::default() };
    let service =
        block::read(&text, names).map_err(|what| fail(format!("has a wrong block: {what}")))?;
    let counts = (service.actions.len(), service.resource_types.len(), service.keys.len());
    if counts != (summary.actions, summary.resource_types, summary.keys) {
        return Err(fail("is not as large as the index says".to_owned()));
    }
    Ok(service)
}

/// Packs a text that can be unpacked again.
fn pack(text: &str) -> Result<Vec<u8>, String> {
    let packed = deflate::compress_to_vec_zlib(text.as_bytes(), LEVEL);
    if text.len() > packed.len() * MOST_PACKED {
        Err("it repeats itself too often".to_owned())
    } else {
        Ok(packed)
    }
}

fn unpack(bytes: &[u8]) -> Result<String, String> {
    let unpacked = inflate::decompress_to_vec_zlib_with_limit(bytes, bytes.len() * MOST_PACKED)
        .map_err(|_| "cannot be unpacked".to_owned())?;
    String::from_utf8(unpacked).map_err(|_| "is not UTF-8 text".to_owned())
}
