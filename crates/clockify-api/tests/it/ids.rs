//! Identifiers for paths (clockify reference 9).

use clockify_api::{IdError, ObjectId, WorkspaceId};
use proptest::prelude::*;

#[test]
fn an_id_is_24_hexadecimal_digits() {
    let id: ObjectId = "66B0C1D2e4f5a6978812aa00".parse().unwrap();
    assert_eq!(id.to_string(), "66b0c1d2e4f5a6978812aa00");
    assert_eq!(format!("{id:?}"), "ObjectId(66b0c1d2e4f5a6978812aa00)");
    let workspace: WorkspaceId = "66b0c1d2e4f5a6978812aa00".parse().unwrap();
    assert_eq!(workspace, WorkspaceId::from(id));
    assert_eq!(workspace.object_id(), id);
}

#[test]
fn anything_else_is_refused_with_the_reason() {
    let parse = |text: &str| text.parse::<ObjectId>().unwrap_err();
    assert_eq!(parse(""), IdError::Length { characters: 0 });
    assert_eq!(parse("66b0c1d2e4f5a6978812aa0"), IdError::Length { characters: 23 });
    assert_eq!(parse(" 66b0c1d2e4f5a6978812aa00"), IdError::Length { characters: 25 });
    assert_eq!(parse("66b0c1d2e4f5a6978812aa0/"), IdError::Digit { position: 24, found: '/' });
    assert_eq!(parse("..%2f..%2f..%2f..%2fuser"), IdError::Digit { position: 1, found: '.' });
    assert_eq!(parse("66b0c1d2e4f5a6978812aaé0"), IdError::Digit { position: 23, found: 'é' });
    assert_eq!(
        parse("my-workspace").to_string(),
        "an id has 24 hexadecimal digits, this text has 12 characters"
    );
}

#[test]
fn the_first_four_bytes_are_the_time_of_creation() {
    // 0x66b0c1d2 = 1722859986 seconds after 1970, by `date -u -d @1722859986`.
    let id: ObjectId = "66b0c1d2e4f5a6978812aa00".parse().unwrap();
    assert_eq!(id.created_at().to_string(), "2024-08-05T12:13:06Z");
    let last: ObjectId = "ffffffffffffffffffffffff".parse().unwrap();
    assert_eq!(last.created_at().to_string(), "2106-02-07T06:28:15Z");
}

proptest! {
    #[test]
    fn printing_and_parsing_are_inverse(text in "[0-9a-f]{24}") {
        prop_assert_eq!(text.parse::<ObjectId>().unwrap().to_string(), text);
    }
}
