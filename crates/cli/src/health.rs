//! Health for probes: where the service answers them, and the command that asks.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use anyhow::Result;
use clap::{Args, ValueEnum};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::args::switch;
use crate::duration;
use crate::exit::Exit;
use crate::failure::Failure;

/// What an answer may measure; a real one has a hundred bytes or two.
const MAX_ANSWER: u64 = 64 * 1024;

const PORT: u16 = 8081;
const HOST: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// Where probes and scrapes are answered, and which.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Health and metrics of service mode")]
pub(crate) struct HealthArgs {
    /// Answer probes at /health, /ready and /live.
    #[arg(long, env = "BATON_HEALTH_CHECK", value_name = "BOOL", num_args = 0..=1, require_equals = true, default_value = "false", default_missing_value = "true", hide_default_value = true, value_parser = switch, global = true)]
    pub(crate) health_check: bool,

    /// Port for probes and scrapes [default: 8081].
    #[arg(long, env = "BATON_HEALTH_CHECK_PORT", value_name = "PORT", value_parser = port, global = true)]
    pub(crate) health_check_port: Option<u16>,

    /// Address for probes and scrapes; 0.0.0.0 where they come from other machines [default: 127.0.0.1].
    #[arg(long, env = "BATON_HEALTH_CHECK_BIND_ADDRESS", value_name = "ADDRESS", value_parser = bind_address, global = true)]
    pub(crate) health_check_bind_address: Option<IpAddr>,

    /// Serve metrics at /metrics, as Prometheus reads them.
    #[arg(long, env = "BATON_METRICS", value_name = "BOOL", num_args = 0..=1, require_equals = true, default_value = "false", default_missing_value = "true", hide_default_value = true, value_parser = switch, global = true)]
    pub(crate) metrics: bool,
}

impl HealthArgs {
    /// Where to listen; `None` when nothing is to be served.
    pub(crate) fn listen(&self) -> Option<SocketAddr> {
        (self.health_check || self.metrics).then(|| self.address())
    }

    fn address(&self) -> SocketAddr {
        SocketAddr::new(
            self.health_check_bind_address.unwrap_or(HOST),
            self.health_check_port.unwrap_or(PORT),
        )
    }

    /// Where a service with the same flags can be reached from this machine.
    fn reachable(&self) -> SocketAddr {
        let mut address = self.address();
        if address.ip().is_unspecified() {
            let loopback = match address.ip() {
                IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::LOCALHOST),
                IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::LOCALHOST),
            };
            address.set_ip(loopback);
        }
        address
    }
}

fn port(text: &str) -> Result<u16, String> {
    let port = text.trim().parse().ok().filter(|port| *port > 0);
    port.ok_or_else(|| format!("value must be a number from 1 to 65535 but got '{text}'"))
}

fn bind_address(text: &str) -> Result<IpAddr, String> {
    let address = text.trim().parse();
    address.map_err(|_| format!("value must be an address such as 127.0.0.1 or :: but got '{text}'"))
}

/// What to ask a running service.
#[derive(Clone, Debug, Args)]
pub(crate) struct HealthCheckArgs {
    /// What to ask: whether the key works, whether it takes tasks, or whether it runs at all.
    #[arg(long, value_name = "ENDPOINT", default_value = "health")]
    endpoint: Endpoint,

    /// How long to wait for the answer; a number alone is seconds.
    #[arg(long, value_name = "TIME", default_value = "5s")]
    timeout: String,

    /// Succeed without asking unless probes are on, for an image whose containers are not all services.
    #[arg(long)]
    if_enabled: bool,
}

/// The paths that probes ask.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Endpoint {
    /// Whether Clockify takes the key.
    Health,
    /// Whether the service takes tasks.
    Ready,
    /// Whether it runs.
    Live,
}

/// A length of time, or a number of seconds, as probes made for the Go tools have it.
fn patience(text: &str) -> Result<Duration, String> {
    text.trim().parse().map_or_else(|_| duration::parse(text), |seconds| Ok(Duration::from_secs(seconds)))
}

/// Asks; success when the answer is 200.
///
/// An image has one health check, whatever its containers do. A single sync and a schedule serve no probes, and nobody should
/// take them for ill, or end them, because of that.
pub(crate) async fn check(flags: &HealthCheckArgs, place: &HealthArgs) -> Result<()> {
    if flags.if_enabled && !place.health_check {
        return Ok(());
    }
    let limit = patience(&flags.timeout).map_err(|error| {
        Failure::new(Exit::InvalidArgument, format!("--timeout: {error}")).with_hint("such as --timeout 5s")
    })?;
    let address = place.reachable();
    let path = match flags.endpoint {
        Endpoint::Health => "/health",
        Endpoint::Ready => "/ready",
        Endpoint::Live => "/live",
    };
    let answer = match tokio::time::timeout(limit, ask(address, path)).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) => return Err(unreachable(address, &error).into()),
        Err(_) => {
            let message = format!("no answer from {address} within {limit:?}");
            return Err(Failure::new(Exit::DeadlineExceeded, message)
                .with_hint(
                    "the service, or what it asks, is slow or hangs: see its log; --timeout waits longer",
                )
                .into());
        }
    };
    match answer.status {
        200 => Ok(()),
        status => {
            let failure = Failure::new(Exit::Unavailable, format!("health check returned status {status}"));
            Err(match answer.reason {
                Some(reason) => failure.with_hint(reason),
                None => failure,
            }
            .into())
        }
    }
}

fn unreachable(address: SocketAddr, error: &io::Error) -> Failure {
    let message = format!("cannot ask {address}: {error}");
    Failure::new(Exit::Unavailable, message).with_hint(
        "the service answers when it runs with --health-check, at the port and address that this command is given too",
    )
}

struct Answer {
    status: u16,
    /// Why, when the service says so.
    reason: Option<String>,
}

/// One request over one connection. Nothing of this leaves the machine, so no proxy and no TLS is involved.
async fn ask(address: SocketAddr, path: &str) -> io::Result<Answer> {
    let mut connection = TcpStream::connect(address).await?;
    let request = format!("GET {path} HTTP/1.0\r\nHost: {address}\r\nAccept: application/json\r\n\r\n");
    connection.write_all(request.as_bytes()).await?;
    let mut bytes = Vec::new();
    connection.take(MAX_ANSWER).read_to_end(&mut bytes).await?;
    read(&String::from_utf8_lossy(&bytes)).ok_or_else(|| io::Error::other("that is no HTTP server"))
}

fn read(text: &str) -> Option<Answer> {
    let (head, body) = text.split_once("\r\n\r\n")?;
    let mut words = head.split_ascii_whitespace();
    let status = words.next().filter(|word| word.starts_with("HTTP/1.")).and(words.next())?.parse().ok()?;
    let body: Option<serde_json::Value> = serde_json::from_str(body).ok();
    let reason = body.and_then(|body| body["details"]["error"].as_str().map(str::to_owned));
    Some(Answer { status, reason })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(health_check: bool, port: Option<u16>, address: Option<&str>, metrics: bool) -> HealthArgs {
        HealthArgs {
            health_check,
            health_check_port: port,
            health_check_bind_address: address.map(|text| text.parse().unwrap()),
            metrics,
        }
    }

    #[test]
    fn nothing_is_served_unless_asked_for() {
        assert_eq!(place(false, None, None, false).listen(), None);
        let usual = Some("127.0.0.1:8081".parse().unwrap());
        assert_eq!(place(true, None, None, false).listen(), usual);
        assert_eq!(place(false, None, None, true).listen(), usual);
    }

    #[test]
    fn a_service_on_all_addresses_is_asked_on_this_machine() {
        let asked = |address| place(true, Some(9000), Some(address), false).reachable().to_string();
        assert_eq!(asked("0.0.0.0"), "127.0.0.1:9000");
        assert_eq!(asked("::"), "[::1]:9000");
        assert_eq!(asked("10.0.0.7"), "10.0.0.7:9000");
    }
}
