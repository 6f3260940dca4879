//! What a refusal of the server means.

/// The meaning of a refusal. New meanings may be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// The credential is missing, unknown, deactivated, or for another region.
    Credential,
    /// The user must confirm the e-mail address first.
    EmailUnverified,
    /// The workspace or the account is suspended.
    Suspended,
    /// The user may not do or see this, or the plan does not include it.
    Permission,
    /// An identifier is unknown, deleted or of another workspace, or another value broke a rule.
    UnknownId,
    /// The path, the method or the type of a parameter is wrong: the client and the server do not fit.
    Route,
    /// A quota is used up.
    RateLimited,
    /// The server failed: 500, 502, 503 or 504.
    Server,
    /// Anything else.
    Other,
}

/// Decides by the HTTP status, then by the code. Messages may be translated, so they only decide what the
/// reference says nothing else shows: a suspension, and a missing credential in one old form (clockify reference
/// 2.2).
pub(super) fn classify(status: u16, code: Option<i64>, message: Option<&str>) -> Fault {
    if matches!(status, 401 | 403 | 406) && (code == Some(406) || message.is_some_and(tells_suspension)) {
        return Fault::Suspended;
    }
    match (status, code) {
        (401, Some(4019)) => Fault::EmailUnverified,
        (401, _) | (403, Some(4003 | 4017 | 4023)) => Fault::Credential,
        (400, None) if message.is_some_and(|text| text.contains("token or API key")) => Fault::Credential,
        (403, _) => Fault::Permission,
        (400 | 404 | 501, Some(501)) => Fault::UnknownId,
        (400 | 404 | 405, Some(3000..=3002)) => Fault::Route,
        (429, _) => Fault::RateLimited,
        (500 | 502 | 503 | 504, _) => Fault::Server,
        _ => Fault::Other,
    }
}

fn tells_suspension(message: &str) -> bool {
    let logged_out = message.contains("been logged out since your") && message.contains("suspended");
    logged_out
        || message.contains("Access to workspace is denied")
        || message.contains("account has been disabled")
}
