//! What was set, where, and to what.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

/// Where a value comes from, the strongest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Layer {
    /// The command line.
    Flag,
    /// The flag's own variable.
    Variable,
    /// The file that the variable with `_FILE` at its end names.
    SecretFile(PathBuf),
    /// A file in the folder of systemd's credentials.
    Credential(PathBuf),
    /// The configuration file.
    File(PathBuf),
}

impl Layer {
    /// What to name of a value that is wrong: the variable or the file it comes from. A person would not look there at once,
    /// and sees the command line anyway.
    pub(super) fn origin(&self, variable: &str) -> Option<String> {
        match self {
            Self::Flag => None,
            Self::Variable => Some(variable.to_owned()),
            Self::SecretFile(path) | Self::Credential(path) | Self::File(path) => {
                Some(path.display().to_string())
            }
        }
    }
}

/// One value, or several of a list, as they were written. Not to be printed: it may be a secret.
pub(super) struct Setting {
    pub(super) layer: Layer,
    pub(super) values: Vec<OsString>,
    /// The flag's variable, which names it across commands.
    pub(super) variable: String,
    pub(super) is_switch: bool,
}

/// Everything that was set for the command at hand, by the flags' names.
#[derive(Default)]
pub(crate) struct Given(pub(super) BTreeMap<String, Setting>);

impl Given {
    /// Whether it is set to something: an empty text is nothing, and neither is a switch that is off.
    pub(crate) fn is_set(&self, field: &str) -> bool {
        self.0.get(field).is_some_and(|setting| {
            let off = || setting.values.iter().all(|value| is_off(value));
            let empty = || setting.values.iter().all(|value| value.is_empty());
            if setting.is_switch { !off() } else { !empty() }
        })
    }

    /// Whether it is set on the command line.
    pub(crate) fn is_by_flag(&self, field: &str) -> bool {
        self.0.get(field).is_some_and(|setting| setting.layer == Layer::Flag)
    }

    /// What to do so that it is not set: where somebody set it, in the words of that place.
    pub(crate) fn undoing(&self, field: &str) -> Option<String> {
        let setting = self.0.get(field)?;
        let variable = &setting.variable;
        Some(match &setting.layer {
            Layer::Flag => format!("leave out --{field}"),
            Layer::Variable | Layer::Credential(_) => format!("unset {variable}"),
            Layer::SecretFile(_) => format!("unset {}", super::file_variable(variable)),
            Layer::File(path) => format!("take {} out of {}", super::key_of(variable), path.display()),
        })
    }

    /// Its value, trimmed, if that is text.
    pub(crate) fn text(&self, field: &str) -> Option<&str> {
        self.0.get(field)?.values.first()?.to_str().map(str::trim)
    }
}

fn is_off(value: &OsStr) -> bool {
    value.to_str().is_some_and(|text| crate::args::switch(text) == Ok(false))
}
