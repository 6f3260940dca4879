//! Is there a connection, and is the server at its other end the one that it should be?

use clockify_api::{Error, ErrorKind};

use super::ask::{Asked, Outcome};
use super::refusal;
use crate::doctor::report::Check;
use crate::doctor::subject::Subject;

const NAME: &str = "tls";

pub(super) fn check(subject: &Subject, asked: &Asked) -> Check {
    match &asked.me {
        Outcome::NotAsked(why) => Check::skipped(NAME, why),
        Outcome::Failed(error) if is_below_http(error) => {
            refusal(NAME, error).todo(outbound::environment_problem())
        }
        Outcome::Failed(_) | Outcome::Answered(_) => connected(subject),
    }
}

pub(super) fn is_below_http(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Connect | ErrorKind::Certificate { .. } | ErrorKind::Transport | ErrorKind::Timeout
    ) && error.status().is_none()
}

fn connected(subject: &Subject) -> Check {
    let Some(base) = &subject.base else { return Check::skipped(NAME, "there is no base URL to ask") };
    let way = subject.proxy().map(|proxy| format!(" through the proxy {proxy}")).unwrap_or_default();
    if !base.is_https() {
        return Check::ok(NAME, "connected without TLS, to a server on this machine");
    }
    let roots = if subject.has_roots() { " (the system's roots and those of --ca-cert)" } else { "" };
    let found = format!("connected{way}; the certificate of {} is accepted{roots}", base.host());
    match outbound::environment_problem() {
        None => Check::ok(NAME, found),
        Some(problem) => Check::warning(
            NAME,
            format!("{found}; {problem}"),
            "name a file of PEM certificates, or unset SSL_CERT_FILE",
        ),
    }
}
