//! Identifiers that go into a path: exactly 24 hexadecimal digits.
//!
//! Identifiers that are only read stay plain strings in [`crate::model`], because the documentation has examples
//! that are not hexadecimal (clockify reference 9). What is put into a path is checked first, so that nothing
//! typed by an operator can change the address.

use std::fmt;
use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};

/// Why a text is no identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdError {
    /// The text does not have 24 characters.
    #[error("an id has 24 hexadecimal digits, this text has {characters} characters")]
    Length {
        /// The number of characters found.
        characters: usize,
    },
    /// A character is no hexadecimal digit.
    #[error("an id has 24 hexadecimal digits, character {position} is {found:?}")]
    Digit {
        /// The position of the character, counted from 1.
        position: usize,
        /// The character found.
        found: char,
    },
}

impl IdError {
    /// What is wrong with a text that is no identifier.
    fn of(text: &str) -> Self {
        let characters = text.chars().count();
        let odd = text.chars().enumerate().find(|(_, found)| !found.is_ascii_hexdigit());
        match odd {
            Some((index, found)) if characters == 24 => Self::Digit { position: index + 1, found },
            _ => Self::Length { characters },
        }
    }
}

/// An identifier of Clockify, an ObjectId of `MongoDB`: 12 bytes, written as 24 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId([u8; 12]);

impl ObjectId {
    /// The moment the object was made, to the second: the first four bytes are seconds since 1970 (clockify
    /// reference 9). No Clockify object carries a creation time of its own.
    pub fn created_at(&self) -> Timestamp {
        let [a, b, c, d, ..] = self.0;
        let seconds = i64::from(u32::from_be_bytes([a, b, c, d]));
        // 32 bits of seconds end in 2106, far inside the range of a timestamp.
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds)
    }
}

impl FromStr for ObjectId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        if text.len() != 24 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(IdError::of(text));
        }
        let digit = |byte: u8| if byte.is_ascii_digit() { byte - b'0' } else { (byte | 0x20) - b'a' + 10 };
        let mut bytes = [0; 12];
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            *byte = digit(pair[0]) << 4 | digit(pair[1]);
        }
        Ok(Self(bytes))
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ObjectId({self})")
    }
}

/// The identifier of a workspace.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorkspaceId(ObjectId);

impl WorkspaceId {
    /// The identifier without its meaning.
    pub fn object_id(&self) -> ObjectId {
        self.0
    }

    /// The moment the workspace was made, see [`ObjectId::created_at`].
    pub fn created_at(&self) -> Timestamp {
        self.0.created_at()
    }
}

impl From<ObjectId> for WorkspaceId {
    fn from(id: ObjectId) -> Self {
        Self(id)
    }
}

impl FromStr for WorkspaceId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        text.parse().map(Self)
    }
}

impl fmt::Display for WorkspaceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for WorkspaceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WorkspaceId({self})")
    }
}
