//! Clockify's refusals in the classes of the governance model, with what a person can do about them.

use clockify_api::{CertificateFault, Error, ErrorKind, Fault};
use governance_model::{ConnectorError, ErrorClass};

const REGION: &str = "check that the key is still active; a workspace in another region or on a subdomain needs its \
                      own host: --clockify-base-url https://euc1.clockify.me/api/v1 (or use2, euw2, apse2, or \
                      https://SUBDOMAIN.clockify.me/api/v1) and a key made there";
const RIGHTS: &str = "the key must belong to an admin or the owner of the workspace; make one in Clockify under Profile \
                      settings, API, signed in as such a person";
const BASE_URL: &str = "check --clockify-base-url; Clockify's API is at https://api.clockify.me/api/v1";
const WORKSPACE: &str = "check --clockify-workspace-id: it is the 24 characters in the page address after selecting \
                         the workspace; and that the key's owner belongs to that workspace";
const SUSPENDED: &str =
    "the workspace or the account is suspended; its owner has to settle that with Clockify";
const EMAIL: &str = "the key's owner has to confirm their e-mail address in Clockify first";
const QUOTA: &str = "what was read is kept and not asked for again; --clockify-rate-limit 30/h or --max-wait 1h \
                     may help";
const LONG: &str = "ask for fewer rows at a time: lower --page-size";
const ENDLESS: &str = "if the workspace is that large, raise --page-size";
const NETWORK: &str = "check the network, and proxy settings (HTTPS_PROXY, NO_PROXY)";
const ISSUER: &str = "something on the way to Clockify opens TLS with certificates of its own; name the root certificate of \
                      who runs it, as PEM, with --ca-cert FILE or in SSL_CERT_FILE";
const OTHER_HOST: &str =
    "another server answers at that name: check --clockify-base-url, the name servers and the proxy";
const CLOCK: &str = "check this machine's clock; if it is right, the server's certificate is out of its time";

/// Translates an error of the client.
pub(crate) fn translate(error: Error) -> ConnectorError {
    let (class, hint) = explain(&error);
    let mut translated = ConnectorError::new(class, error.to_string());
    if let Some(hint) = hint {
        translated = translated.with_hint(hint);
    }
    translated.rate_limited = error.is_rate_limited();
    translated.retry_after = error.retry_after();
    translated.with_source(error)
}

/// The class of an error of the client, and what a person can do about it.
pub fn explain(error: &Error) -> (ErrorClass, Option<&'static str>) {
    match error.kind() {
        ErrorKind::InvalidRequest => (ErrorClass::InvalidArgument, None),
        ErrorKind::Connect | ErrorKind::Transport => (ErrorClass::Unavailable, Some(NETWORK)),
        ErrorKind::Certificate { fault } => (ErrorClass::Unavailable, Some(untrusted(fault))),
        ErrorKind::Timeout => (ErrorClass::DeadlineExceeded, Some(NETWORK)),
        ErrorKind::Redirect { .. } | ErrorKind::NotJson { html: true } => {
            (ErrorClass::InvalidArgument, Some(BASE_URL))
        }
        // Not in Clockify's own words: another server, or a path that is not the API's.
        ErrorKind::Api
            if error.fault() == Some(Fault::Other) && matches!(error.status(), Some(404 | 405)) =>
        {
            (ErrorClass::InvalidArgument, Some(BASE_URL))
        }
        ErrorKind::Api => error.fault().map_or((ErrorClass::Internal, None), refused),
        ErrorKind::BodyTooLarge { .. } if error.operation().page().is_some() => {
            (ErrorClass::Internal, Some(LONG))
        }
        ErrorKind::TooManyPages { .. } => (ErrorClass::Internal, Some(ENDLESS)),
        _ => (ErrorClass::Internal, None),
    }
}

fn untrusted(fault: &CertificateFault) -> &'static str {
    match fault {
        CertificateFault::OtherHost => OTHER_HOST,
        CertificateFault::Expired | CertificateFault::NotYetValid => CLOCK,
        _ => ISSUER,
    }
}

fn refused(fault: Fault) -> (ErrorClass, Option<&'static str>) {
    match fault {
        Fault::Credential => (ErrorClass::Unauthenticated, Some(REGION)),
        Fault::EmailUnverified => (ErrorClass::FailedPrecondition, Some(EMAIL)),
        Fault::Permission => (ErrorClass::PermissionDenied, Some(RIGHTS)),
        Fault::Suspended => (ErrorClass::FailedPrecondition, Some(SUSPENDED)),
        Fault::UnknownId => (ErrorClass::NotFound, Some(WORKSPACE)),
        Fault::RateLimited => (ErrorClass::Unavailable, Some(QUOTA)),
        Fault::Server => (ErrorClass::Unavailable, None),
        Fault::Route => (ErrorClass::InvalidArgument, Some(BASE_URL)),
        _ => (ErrorClass::Internal, None),
    }
}
