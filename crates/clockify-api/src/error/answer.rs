//! The body of a refusal: a message and a code, or less, or something else entirely.

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::Credential;

const SHOWN: usize = 200;

/// What a refusal said.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct ErrorAnswer {
    pub(crate) code: Option<i64>,
    /// Clean enough to be printed.
    pub(crate) message: Option<String>,
}

impl ErrorAnswer {
    /// Reads a body of any kind. Text that is no JSON becomes the message, unless it is a web page.
    pub(crate) fn read(body: &[u8], credential: &Credential) -> Self {
        let wire: WireError = match serde_json::from_slice(body) {
            Ok(wire) => wire,
            Err(_) => return Self { code: None, message: plain(body, credential) },
        };
        let text = [wire.message, wire.description].into_iter().flatten().find_map(Lenient::into_text);
        Self {
            code: wire.code.and_then(Lenient::into_code),
            message: text.and_then(|text| clean(&text, credential)),
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WireError {
    message: Option<Lenient>,
    description: Option<Lenient>,
    code: Option<Lenient>,
}

/// A field whose type varies: codes are numbers, and sometimes quoted.
#[derive(Deserialize)]
#[serde(untagged)]
enum Lenient {
    Number(i64),
    Text(String),
    Texts(Vec<String>),
    Ignored(IgnoredAny),
}

impl Lenient {
    fn into_text(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text),
            Self::Texts(texts) => Some(texts.join("; ")),
            Self::Number(_) | Self::Ignored(_) => None,
        }
    }

    fn into_code(self) -> Option<i64> {
        match self {
            Self::Number(code) => Some(code),
            Self::Text(text) => text.trim().parse().ok(),
            Self::Texts(_) | Self::Ignored(_) => None,
        }
    }
}

/// A body that is no object: bare text, or a JSON string. Web pages and other JSON have nothing to say.
fn plain(body: &[u8], credential: &Credential) -> Option<String> {
    if let Ok(text) = serde_json::from_slice::<String>(body) {
        return clean(&text, credential);
    }
    let text = String::from_utf8_lossy(body);
    let markup = text.trim_start().starts_with(['<', '{', '[']);
    let json = serde_json::from_str::<IgnoredAny>(&text).is_ok();
    if markup || json { None } else { clean(&text, credential) }
}

/// Removes the credential and what cannot be seen, joins lines, and shortens. For every text of a server that goes into
/// an error.
pub(crate) fn clean(text: &str, credential: &Credential) -> Option<String> {
    let redacted = credential.redact(text);
    let words: Vec<&str> =
        redacted.split(|c: char| c.is_whitespace() || c.is_control() || is_invisible(c)).collect();
    let line = words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    let mut shown: String = line.chars().take(SHOWN).collect();
    if shown.len() < line.len() {
        shown.push('…');
    }
    (!shown.is_empty()).then_some(shown)
}

/// Characters that take no room or turn the direction of the text behind them, so that what is shown is not what is
/// there.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
    )
}
