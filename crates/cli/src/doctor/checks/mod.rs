//! The checks, each in a module of its own, and the order in which they are made.

mod ask;
mod clock;
mod configuration;
mod dns;
mod key;
mod output;
mod plan;
mod rate;
mod role;
mod tls;
mod workspace;

use clockify_api::BaseUrl;

use super::report::{Check, Report, State};
use super::subject::Subject;
use crate::args::SyncArgs;
use crate::exit::Exit;
use crate::failure;
use crate::problems::Problems;

use ask::Asked;

/// Makes all checks. `others` are addresses that may be asked as well when the configured one does not take the key.
pub(super) async fn all(args: &SyncArgs, problems: Problems, others: &[BaseUrl]) -> Report {
    let subject = Subject::of(args);
    let configuration = configuration::check(args, problems);
    let dns = dns::check(&subject).await;
    let asked = match (&subject.base, dns.state) {
        (None, _) => Asked::nothing("there is no base URL to ask"),
        (_, State::Failed) => Asked::nothing("the name cannot be resolved"),
        (Some(base), _) => Asked::ask(&subject, base, others).await,
    };
    let mut checks = vec![configuration, dns, tls::check(&subject, &asked), key::check(&subject, &asked)];
    if !others.is_empty() {
        checks.push(key::place(&subject, &asked));
    }
    checks.push(workspace::check(&subject, &asked));
    checks.push(role::check(&subject, &asked));
    checks.push(plan::check(&asked));
    checks.push(rate::check(&subject, &asked));
    checks.push(clock::check(&asked));
    checks.push(output::check(&subject));
    let base_url = asked.accepted.as_ref().map(ToString::to_string);
    Report::new(checks, asked.requests, base_url)
}

/// A check that failed because Clockify, or the way to it, did.
fn refusal(name: &'static str, error: &clockify_api::Error) -> Check {
    let (class, hint) = clockify_connector::explain(error);
    Check::failed(name, Exit::from_class(class), failure::chain(error)).todo(hint)
}
