//! Who is asking: exactly one of `X-Api-Key` and `X-Addon-Token`, and nothing else counts (clockify reference 2.1 and 2.2).

use axum::http::{HeaderMap, HeaderValue, StatusCode};

use super::answer::Answer;
use crate::content::{ApiKey, Content};

/// Finds the key that a request carries, or the answer to a request without a good one.
pub(super) fn authenticate(
    headers: &HeaderMap,
    keys: &[ApiKey],
    content: &dyn Content,
) -> Result<ApiKey, Answer> {
    let values: Vec<&[u8]> = headers.get_all("x-api-key").iter().map(HeaderValue::as_bytes).collect();
    let addon_tokens = headers.get_all("x-addon-token").iter().count();
    let refuse = |code, message| Err(Answer::error(StatusCode::UNAUTHORIZED, code, message));
    match (values.as_slice(), addon_tokens) {
        ([value], 0) => {
            let known =
                keys.iter().chain(&content.api_keys()).find(|key| key.key.as_bytes() == *value).cloned();
            match known {
                Some(key) if key.user < content.user_count() => Ok(key),
                _ => refuse(4003, "Api key does not exist"),
            }
        }
        // No add-on is installed, so no token is good.
        ([], 1) => refuse(4017, "Token is not valid"),
        _ => refuse(1000, "Multiple or none auth tokens present"),
    }
}
