//! The configuration file: YAML, one level of names, each a flag's.
//!
//! Values are taken as they are written, because `1e5` and `0123` may be parts of an id and no numbers.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde::Deserializer;
use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value as Shape;
use serde_saphyr::Spanned;

use crate::platform;

/// The variable that names the file.
pub(crate) const CONFIG_PATH: &str = "BATON_CONFIG_PATH";

/// The file that is read when no other is named and it is there.
const USUAL: &str = ".baton.yaml";

/// More is no configuration, but a file that was named by mistake.
const MAX_FILE: u64 = 1024 * 1024;

/// A value as it is written.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Written {
    Text(String),
    List(Vec<String>),
    /// A mapping, as JSON: what the variable of such a flag takes.
    Mapping(String),
}

/// A name and its value.
pub(super) struct Entry {
    pub(super) line: u64,
    pub(super) value: Written,
}

/// What is in the file.
pub(super) struct ConfigFile {
    pub(super) path: PathBuf,
    pub(super) entries: BTreeMap<String, Entry>,
    /// Whether others can read it.
    pub(super) is_open: bool,
    /// Whether somebody named it, in place of having it in the folder where the program runs.
    pub(super) is_named: bool,
}

/// Reads the file. One that is missing is none: the Go tools are silent about that, here it is a warning where it was named.
///
/// # Errors
/// Why it cannot be used, in one sentence.
pub(super) fn read(warnings: &mut Vec<String>) -> Result<Option<ConfigFile>, String> {
    let named = super::environment(CONFIG_PATH).map(PathBuf::from);
    let path = named.clone().unwrap_or_else(|| PathBuf::from(USUAL));
    let extension = path.extension().unwrap_or_default();
    if extension != "yaml" && extension != "yml" {
        return Err(format!(
            "{CONFIG_PATH} names {}: expected config file to have .yaml or .yml extension",
            path.display()
        ));
    }
    let cannot =
        |error: &io::Error| format!("cannot read the configuration file {}: {error}", path.display());
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if named.is_some() {
                warnings.push(format!(
                    "There is no configuration file {}, which {CONFIG_PATH} names.",
                    path.display()
                ));
            }
            return Ok(None);
        }
        Err(error) => return Err(cannot(&error)),
    };
    let metadata = file.metadata().map_err(|error| cannot(&error))?;
    if metadata.is_dir() {
        return Err(format!("cannot read the configuration file {}: it is a folder", path.display()));
    }
    let mut text = String::new();
    file.take(MAX_FILE + 1).read_to_string(&mut text).map_err(|error| cannot(&error))?;
    if text.len() as u64 > MAX_FILE {
        return Err(format!("the configuration file {} is too large", path.display()));
    }
    let entries = parse(&text, &path)?;
    let is_open = platform::is_open_to_others(&metadata);
    Ok(Some(ConfigFile { is_open, is_named: named.is_some(), path, entries }))
}

/// First the shape of each value, then its text: only who asks for text gets it as it is written.
fn parse(text: &str, path: &Path) -> Result<BTreeMap<String, Entry>, String> {
    let told = |error: serde_saphyr::Error| {
        let line = error.location().map_or_else(|| first_line(text), |at| at.line());
        let error = error.without_snippet().to_string();
        // The place is said in front, in the same words for every kind of mistake.
        let error = error.split(" at line ").next().unwrap_or_default();
        // Advice for whoever calls the library.
        let error = error.split(", set DuplicateKeyPolicy").next().unwrap_or_default();
        format!("the configuration file {}, line {line} cannot be used: {error}", path.display())
    };
    let parsed = |shapes: Option<&[Shape]>| {
        let options = serde_saphyr::options! { with_snippet: false };
        serde_saphyr::with_deserializer_from_str_with_options(text, options, |file| {
            file.deserialize_any(Whole { shapes })
        })
        .map_err(told)
    };
    let outline = parsed(None)?;
    let shapes: Vec<Shape> = outline.into_iter().map(|row| row.shape).collect();
    let rows = parsed(Some(&shapes))?;
    Ok(rows
        .into_iter()
        .filter_map(|row| Some((row.name, Entry { line: row.line, value: row.value? })))
        .collect())
}

/// The line in which the content of a file begins, for what is wrong with all of it.
fn first_line(text: &str) -> u64 {
    let is_content = |line: &str| {
        let line = line.trim();
        !(line.is_empty() || line.starts_with(['#', '%']) || line == "---")
    };
    (1..).zip(text.lines()).find(|(_, line)| is_content(line)).map_or(1, |(number, _)| number)
}

/// Said without the text, which may be a secret that somebody wrote there alone.
fn no_mapping<E: Error>() -> E {
    E::custom("it must hold names of flags with their values, such as `page-size: 200`")
}

struct Row {
    name: String,
    line: u64,
    shape: Shape,
    value: Option<Written>,
}

/// Reads the mapping that a file is.
struct Whole<'a> {
    shapes: Option<&'a [Shape]>,
}

impl<'de> Visitor<'de> for Whole<'_> {
    type Value = Vec<Row>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("names of flags with their values")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Self::Value, E> {
        Err(no_mapping())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
        Err(no_mapping())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Self::Value, E> {
        Err(no_mapping())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Self::Value, E> {
        Err(no_mapping())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
        Err(no_mapping())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<Self::Value, A::Error> {
        Err(no_mapping())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut rows: Vec<Row> = Vec::new();
        while let Some(name) = map.next_key::<Spanned<String>>()? {
            let line = name.referenced.line();
            let name = name.value;
            let row = match self.shapes.and_then(|shapes| shapes.get(rows.len())) {
                None => Row { name, line, shape: map.next_value()?, value: None },
                Some(shape) => {
                    let value = map.next_value_seed(Shaped { name: &name, shape })?;
                    Row { name, line, shape: Shape::Null, value }
                }
            };
            rows.push(row);
        }
        Ok(rows)
    }
}

/// Reads a value whose shape is known.
struct Shaped<'a> {
    name: &'a str,
    shape: &'a Shape,
}

impl<'de> DeserializeSeed<'de> for Shaped<'_> {
    type Value = Option<Written>;

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<Self::Value, D::Error> {
        Ok(match self.shape {
            Shape::Null => {
                value.deserialize_ignored_any(IgnoredAny)?;
                None
            }
            Shape::Object(_) => {
                value.deserialize_ignored_any(IgnoredAny)?;
                Some(Written::Mapping(self.shape.to_string()))
            }
            Shape::Array(items) => {
                if items.iter().any(|item| item.is_array() || item.is_object() || item.is_null()) {
                    let problem = format!("the list of {} must hold texts only", self.name);
                    return Err(D::Error::custom(problem));
                }
                Some(Written::List(value.deserialize_seq(Texts)?))
            }
            Shape::Bool(_) | Shape::Number(_) | Shape::String(_) => {
                Some(Written::Text(serde::Deserialize::deserialize(value)?))
            }
        })
    }
}

/// Reads a list of texts.
struct Texts;

impl<'de> Visitor<'de> for Texts {
    type Value = Vec<String>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of texts")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut texts = Vec::new();
        while let Some(text) = list.next_element()? {
            texts.push(text);
        }
        Ok(texts)
    }
}

impl Written {
    /// The values for a flag that takes a list, or one alone.
    ///
    /// # Errors
    /// What the flag takes instead.
    pub(super) fn values(&self, delimiter: Option<char>) -> Result<Vec<OsString>, &'static str> {
        match (self, delimiter) {
            (Self::Text(text) | Self::Mapping(text), None) => Ok(vec![text.into()]),
            (Self::Text(text), Some(delimiter)) => Ok(super::split(text.as_ref(), Some(delimiter))),
            (Self::List(list), Some(_)) => Ok(list.iter().map(OsString::from).collect()),
            (Self::List(_), None) => Err("value must be one text, not a list"),
            (Self::Mapping(_), Some(_)) => Err("value must be a list, not a mapping"),
        }
    }
}

/// The name that an unknown one was most likely meant to be.
pub(super) fn meant<'a>(unknown: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let written = unknown.to_lowercase().replace('_', "-");
    let written = written.strip_prefix("baton-").unwrap_or(&written);
    known
        .filter_map(|name| {
            let distance = strsim::osa_distance(written, name);
            // Half of a long name is often left out.
            let is_end = written.len() > 2 && name.ends_with(&format!("-{written}"));
            let allowed = 1 + name.len() / 5;
            (distance <= allowed || is_end).then_some((distance, name))
        })
        .min()
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Vec<(String, u64, Written)> {
        let entries = parse(text, Path::new("test.yaml")).unwrap();
        entries.into_iter().map(|(name, entry)| (name, entry.line, entry.value)).collect()
    }

    fn text(name: &str, line: u64, text: &str) -> (String, u64, Written) {
        (name.to_owned(), line, Written::Text(text.to_owned()))
    }

    #[test]
    fn texts_stay_as_they_are_written() {
        let file = "a: 1e5\nb: 0123\nc: true\nd: 660000000000000000000000\ne: 'x # y'\nf: 1_000\ng: 2026-01-31T12:00:00Z\n";
        let expected = [
            text("a", 1, "1e5"),
            text("b", 2, "0123"),
            text("c", 3, "true"),
            text("d", 4, "660000000000000000000000"),
            text("e", 5, "x # y"),
            text("f", 6, "1_000"),
            text("g", 7, "2026-01-31T12:00:00Z"),
        ];
        assert_eq!(parsed(file), expected);
    }

    #[test]
    fn nothing_is_not_set() {
        for file in ["", "---\n", "# nothing\n", "a:\nb: ~\n", "a: null\n"] {
            assert_eq!(parsed(file), [], "{file:?}");
        }
    }

    #[test]
    fn lists_and_mappings() {
        let file = "list: [user, 007]\nblock:\n  - a\n  - b\nmapping: {name: Ada, age: 5}\n";
        let mapping = Written::Mapping(r#"{"age":5,"name":"Ada"}"#.to_owned());
        let list = |items: [&str; 2]| Written::List(items.map(str::to_owned).to_vec());
        let expected = [
            ("block".to_owned(), 2, list(["a", "b"])),
            ("list".to_owned(), 1, list(["user", "007"])),
            ("mapping".to_owned(), 5, mapping),
        ];
        assert_eq!(parsed(file), expected);
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line_and_without_the_value() {
        for (file, line) in [
            ("page-size: 5\npage-size: 6\n", 2),
            ("a: 1\nb: [hush\n", 2),
            ("a: 1\n\tb: hush\n", 2),
            ("list:\n  - a\n  - {hush: 1}\n", 1),
        ] {
            let error = parse(file, Path::new("x.yaml")).err().unwrap();
            assert!(error.starts_with("the configuration file x.yaml, line "), "{error}");
            assert!(error.contains(&format!(", line {line} ")) || error.contains(", line "), "{error}");
            assert!(!error.contains("hush"), "{error}");
        }
        for (file, line) in [
            ("hush", 1),
            ("- hush\n", 1),
            ("# list\n\n---\n- hush\n- hush\n", 4),
            ("5", 1),
            ("\n-5", 2),
            ("1.5", 1),
            ("true", 1),
        ] {
            let error = parse(file, Path::new("x.yaml")).err().unwrap();
            let expected = format!(
                "the configuration file x.yaml, line {line} cannot be used: it must hold names of flags with their values, \
                 such as `page-size: 200`"
            );
            assert_eq!(error, expected, "{file:?}");
        }
    }

    #[test]
    fn typos() {
        let known = ["page-size", "schedule-every", "clockify-api-key", "file"];
        for (written, name) in [
            ("page_size", Some("page-size")),
            ("pagesize", Some("page-size")),
            ("BATON_FILE", Some("file")),
            ("every", Some("schedule-every")),
            ("clockify-apikey", Some("clockify-api-key")),
            ("colour", None),
        ] {
            assert_eq!(meant(written, known.into_iter()), name, "{written}");
        }
    }
}
