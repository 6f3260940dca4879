//! Versions: three numbers.

use std::fmt;
use std::str::FromStr;

use anyhow::{Error, bail};

/// A version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version {
    major: u64,
    minor: u64,
    patch: u64,
}

impl FromStr for Version {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let number = |part: &str| {
            let is_plain = !part.starts_with('0') || part == "0";
            part.chars()
                .all(|digit| digit.is_ascii_digit())
                .then(|| part.parse().ok())
                .flatten()
                .filter(|_: &u64| is_plain)
        };
        match text.split('.').map(number).collect::<Vec<_>>()[..] {
            [Some(major), Some(minor), Some(patch)] => Ok(Self { major, minor, patch }),
            _ => bail!("`{text}` is no version; write three numbers, such as 0.2.0"),
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_numbers_and_nothing_else() {
        let version: Version = "0.10.2".parse().unwrap();
        assert_eq!(version.to_string(), "0.10.2");
        assert!(version > "0.9.9".parse().unwrap());
        for wrong in ["v0.1.0", "0.1", "0.1.0.0", "0.1.0-rc.1", "0.01.0", "0.1.", "+1.0.0"] {
            assert!(wrong.parse::<Version>().is_err(), "{wrong}");
        }
    }
}
