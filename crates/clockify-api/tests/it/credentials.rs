//! Credentials: what is accepted, and that nothing of them is ever shown.

use clockify_api::{AddonToken, ApiKey, Client, Credential, CredentialError};

#[test]
fn whitespace_is_trimmed_and_nothing_else_is_changed() {
    assert_eq!(ApiKey::new("").unwrap_err(), CredentialError::Empty);
    assert_eq!(ApiKey::new(" \r\n\t").unwrap_err(), CredentialError::Empty);
    for text in ["two words", "line\nbreak", "nul\0", "schlüssel", "tab\there", "\u{7f}x"] {
        let error = ApiKey::new(text).unwrap_err();
        assert_eq!(error, CredentialError::Character, "{text:?}");
        assert_eq!(AddonToken::new(text).unwrap_err(), CredentialError::Character, "{text:?}");
    }
    for text in ["YWJjZGVmZ2hpams9", "abc+/=_-.~", "  padded\n"] {
        ApiKey::new(text).unwrap();
    }
}

#[test]
fn an_error_does_not_repeat_the_text() {
    let error = ApiKey::new("very secret words").unwrap_err();
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("very") && !shown.contains("secret words"), "{shown}");
}

#[test]
fn nothing_of_a_credential_is_shown() {
    const SECRET: &str = "c2VjcmV0LWtleS1aOTk5";
    let key = ApiKey::new(SECRET).unwrap();
    let token = AddonToken::new(SECRET).unwrap();
    let credentials = [Credential::from(key.clone()), Credential::from(token.clone())];
    let builder = Client::builder(key.clone());
    let mut shown = format!("{key} {key:?} {key:#?} {token} {token:?} {credentials:?} {builder:?}");
    let client = builder.base_url("http://127.0.0.1:9".parse().unwrap()).build().unwrap();
    shown = format!("{shown} {client:?} {client:#?}");
    for start in 0..SECRET.len() - 3 {
        let part = &SECRET[start..start + 4];
        assert!(!shown.contains(part), "{part} in {shown}");
    }
}

/// A mark is the same for the same credential in every process, and another for another one.
#[test]
fn a_mark_tells_credentials_apart_and_gives_nothing_away() {
    let mark =
        |credential: clockify_api::Credential| Client::builder(credential).build().unwrap().credential_mark();
    let key = |text: &str| mark(ApiKey::new(text).unwrap().into());
    // FNV-1a, 64 bits, of "x-api-key", a zero byte and "key", its halves combined by exclusive or.
    assert_eq!(key("key"), 0xbb4b_efd7);
    assert_eq!(key(" key\n"), key("key"));
    let token = mark(AddonToken::new("key").unwrap().into());
    let marks = std::collections::BTreeSet::from([key("key"), key("Key"), key("kez"), key("keykey"), token]);
    assert_eq!(marks.len(), 5);
}
