//! Secrets in files: the one that a variable with `_FILE` at its end names, as container platforms mount them, and systemd's
//! credentials.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::given::Layer;
use crate::platform;

/// The flags whose values are secrets.
pub(crate) const SECRETS: [&str; 2] = ["clockify-api-key", "client-secret"];

/// Where systemd puts credentials.
pub(crate) const CREDENTIALS_DIRECTORY: &str = "CREDENTIALS_DIRECTORY";

/// More is no secret, but a file that was named by mistake.
const MAX_SECRET: u64 = 64 * 1024;

/// What was found for a secret.
pub(super) struct Found {
    pub(super) layer: Layer,
    pub(super) value: OsString,
}

pub(super) fn is_secret(flag: &str) -> bool {
    SECRETS.contains(&flag)
}

/// The variable that names a file with the value of another one.
pub(crate) fn file_variable(variable: &str) -> String {
    format!("{variable}_FILE")
}

/// Looks into the file that the variable names, if it is set.
///
/// # Errors
/// Why there is no secret in the file that was named, or that the value is set besides.
pub(super) fn by_variable(
    variable: &str,
    is_set_besides: bool,
    warnings: &mut Vec<String>,
) -> Result<Option<Found>, String> {
    let name = file_variable(variable);
    let Some(path) = super::environment(&name).map(PathBuf::from) else { return Ok(None) };
    if is_set_besides {
        return Err(format!("{variable} and {name} are both set; unset one of them"));
    }
    let (value, is_open) = read(&path).map_err(|problem| format!("{name}: {problem}"))?;
    if is_open {
        warnings.push(open_to_others(&path));
    }
    Ok(Some(Found { layer: Layer::SecretFile(path), value: value.into() }))
}

/// Looks for a credential of systemd's, by the flag's name or the variable's. Who may read those is systemd's to say, and it
/// says it with access lists that look wider than they are.
///
/// # Errors
/// Why there is no secret in a credential that is there.
pub(super) fn by_credential(flag: &str, variable: &str) -> Result<Option<Found>, String> {
    let Some(folder) = super::environment(CREDENTIALS_DIRECTORY).map(PathBuf::from) else { return Ok(None) };
    let Some(path) = [flag, variable].map(|name| folder.join(name)).into_iter().find(|path| path.exists())
    else {
        return Ok(None);
    };
    let (value, _) = read(&path)?;
    Ok(Some(Found { layer: Layer::Credential(path), value: value.into() }))
}

/// The warning about a file with a secret that others can read.
pub(super) fn open_to_others(path: &Path) -> String {
    format!(
        "others can read {}, which holds a secret; `chmod 600`, or defaultMode: 0400 of a Kubernetes volume, changes that",
        path.display()
    )
}

/// What is in the file without the end of its last line, and whether others can read it.
fn read(path: &Path) -> Result<(String, bool), String> {
    let cannot = |error: &io::Error| format!("cannot read {}: {error}", path.display());
    let file = File::open(path).map_err(|error| cannot(&error))?;
    let metadata = file.metadata().map_err(|error| cannot(&error))?;
    if metadata.is_dir() {
        return Err(format!("cannot read {}: it is a folder", path.display()));
    }
    let mut bytes = Vec::new();
    file.take(MAX_SECRET + 1).read_to_end(&mut bytes).map_err(|error| cannot(&error))?;
    if bytes.len() as u64 > MAX_SECRET {
        return Err(format!("{} is too large to be a secret", path.display()));
    }
    let text = String::from_utf8(bytes)
        .map_err(|_| format!("{} holds something other than text", path.display()))?;
    let value = text.strip_suffix('\n').map_or(&*text, |line| line.strip_suffix('\r').unwrap_or(line));
    if value.trim().is_empty() {
        return Err(format!("{} is empty", path.display()));
    }
    Ok((value.to_owned(), platform::is_open_to_others(&metadata)))
}
