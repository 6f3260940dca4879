//! The tokens that were handed out, and the nonces that were used up.

use std::collections::HashSet;

/// Every token ever made, and what became of it.
#[derive(Default)]
pub(crate) struct Tokens {
    made: Vec<Token>,
    nonces: HashSet<String>,
}

struct Token {
    value: String,
    ends_ms: u64,
    revoked: bool,
}

/// What a token that somebody shows is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presented {
    Good(usize),
    Ended(usize),
    Unknown,
}

impl Tokens {
    /// Makes a token that is good until then, and returns its number and value.
    pub(crate) fn make(&mut self, ends_ms: u64) -> (usize, String) {
        let value: String = std::iter::repeat_with(fastrand::alphanumeric).take(40).collect();
        self.made.push(Token { value: value.clone(), ends_ms, revoked: false });
        (self.made.len(), value)
    }

    pub(crate) fn look_up(&self, value: &str, at_ms: u64) -> Presented {
        let Some(place) = self.made.iter().position(|token| token.value == value) else {
            return Presented::Unknown;
        };
        let token = &self.made[place];
        let good = !token.revoked && at_ms < token.ends_ms;
        if good { Presented::Good(place + 1) } else { Presented::Ended(place + 1) }
    }

    pub(crate) fn revoke_all(&mut self) {
        for token in &mut self.made {
            token.revoked = true;
        }
    }

    /// Uses up a nonce; false when it was used before.
    pub(crate) fn use_nonce(&mut self, nonce: &str) -> bool {
        self.nonces.insert(nonce.to_ascii_lowercase())
    }
}
