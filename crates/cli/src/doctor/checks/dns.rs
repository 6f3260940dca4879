//! Does the name of Clockify's host, or of the proxy on the way, lead anywhere?

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::Duration;

use tokio::net::lookup_host;

use crate::doctor::report::Check;
use crate::doctor::subject::Subject;
use crate::exit::Exit;

const NAME: &str = "dns";

/// How long name servers may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// So many addresses are shown.
const SHOWN: usize = 3;

pub(super) async fn check(subject: &Subject) -> Check {
    let Some(base) = &subject.base else { return Check::skipped(NAME, "there is no base URL to ask") };
    if let Some(proxy) = subject.proxy() {
        return match resolve(proxy.host(), proxy.port()).await {
            Ok(addresses) => {
                let found = format!("the proxy {proxy} {addresses}; it looks up {} itself", base.host());
                Check::ok(NAME, found)
            }
            Err(error) => {
                let found = format!("the name of the proxy {proxy} cannot be resolved: {error}");
                Check::failed(NAME, Exit::Unavailable, found)
                    .todo(Some("check HTTPS_PROXY; NO_PROXY lists what is reached without it"))
            }
        };
    }
    match resolve(base.host(), base.port()).await {
        Ok(addresses) => Check::ok(NAME, format!("{} {addresses}", base.host())),
        Err(error) => {
            let found = format!("the name {} cannot be resolved: {error}", base.host());
            Check::failed(NAME, Exit::Unavailable, found).todo(Some(
                "check --clockify-base-url, the network and this machine's name servers; behind a proxy, set HTTPS_PROXY",
            ))
        }
    }
}

/// What a name leads to, as the end of a sentence.
async fn resolve(host: &str, port: u16) -> Result<String, String> {
    let bare = host.trim_matches(['[', ']']);
    if bare.parse::<IpAddr>().is_ok() {
        return Ok("is an address already".to_owned());
    }
    let found = match tokio::time::timeout(PATIENCE, lookup_host((bare, port))).await {
        Ok(Ok(found)) => found,
        Ok(Err(error)) => return Err(error.to_string()),
        Err(_) => return Err(format!("no answer within {} s", PATIENCE.as_secs())),
    };
    let found: BTreeSet<_> = found.map(|address| address.ip()).collect();
    if found.is_empty() {
        return Err("it has no address".to_owned());
    }
    let more = if found.len() > SHOWN { ", …" } else { "" };
    let shown: Vec<_> = found.iter().take(SHOWN).map(ToString::to_string).collect();
    Ok(format!("is {}{more}", shown.join(", ")))
}
