//! Turns the flags of service mode into settings, and reports everything that is wrong with them at once.

use std::path::{Path, PathBuf};
use std::time::Duration;

use baton_proto::c1::connector::v2::ConnectorMetadata;
use baton_service::{Address, ClientId, ClientSecret, Connection, Identity, Settings};

use super::args::ServiceArgs;
use crate::args::SyncArgs;
use crate::config::Config;
use crate::duration;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::problems::Problems;

/// How the program calls itself.
const PACKAGE: &str = "baton-clockify";
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Where unfinished syncs are kept when nothing else is said.
pub(crate) const USUAL_DATA_DIR: &str = "baton-clockify-data";

pub(crate) const CREDENTIALS_HINT: &str = "set BATON_CLIENT_ID and BATON_CLIENT_SECRET to the two values that C1 showed together when the \
                                connector's credentials were made, each whole";

/// The service, fully specified.
pub(super) struct Parsed {
    pub(super) connection: Connection,
    pub(super) service: Settings,
    pub(super) sync: Config,
}

/// Checks the flags of service mode and those of syncs.
///
/// # Errors
/// One failure that lists every problem, those that are known already as well.
pub(super) fn parse(flags: &ServiceArgs, args: &SyncArgs, mut problems: Problems) -> Result<Parsed, Failure> {
    let (id, secret) = credentials(flags, &mut problems);
    if id.is_none() || secret.is_none() {
        problems.hint(CREDENTIALS_HINT);
    }
    let Plain { address, task_concurrency, grace } = plain(flags, &mut problems);
    let sync = Config::check(args, problems)?;
    let (Some(client_id), Some(client_secret)) = (id, secret) else {
        // How the two belong together was checked before.
        let message = "required flag(s) \"client-id\", \"client-secret\" not set";
        return Err(Failure::new(Exit::InvalidArgument, message).with_hint(CREDENTIALS_HINT));
    };
    let service = Settings {
        identity: Identity::here(flags.host_id.as_deref(), PACKAGE),
        package: (PACKAGE.to_owned(), VERSION.to_owned()),
        metadata: ConnectorMetadata::default(),
        tenant: client_id.as_str().to_owned(),
        task_concurrency,
        data_dir: data_dir(flags),
        grace,
    };
    let extra_roots = sync.extra_roots.clone();
    let user_agent = format!("{PACKAGE}/{VERSION}");
    Ok(Parsed {
        connection: Connection { client_id, client_secret, address, extra_roots, user_agent },
        service,
        sync,
    })
}

/// Checks the flags of service mode for what does not serve: a value that cannot be is wrong wherever it is set, as with the Go
/// tools. Credentials are for nobody but a service, and for whoever asks whether one would start.
pub(crate) fn check(flags: &ServiceArgs, with_credentials: bool, problems: &mut Problems) {
    plain(flags, problems);
    if with_credentials {
        let given_at_all = flags.client_id.is_some() && flags.client_secret.is_some();
        let (id, secret) = credentials(flags, problems);
        if given_at_all && (id.is_none() || secret.is_none()) {
            problems.hint(CREDENTIALS_HINT);
        }
    }
}

/// The two that prove who the connector is, each if it is given and right.
fn credentials(flags: &ServiceArgs, problems: &mut Problems) -> (Option<ClientId>, Option<ClientSecret>) {
    let id = given(flags.client_id.as_ref())
        .and_then(|text| ClientId::parse(text).map_err(|error| problems.wrong("client-id", error)).ok());
    let secret = given(flags.client_secret.as_ref()).and_then(|text| {
        ClientSecret::parse(text).map_err(|error| problems.wrong("client-secret", error)).ok()
    });
    (id, secret)
}

/// What a service needs besides credentials.
struct Plain {
    address: Option<Address>,
    task_concurrency: usize,
    grace: Duration,
}

fn plain(flags: &ServiceArgs, problems: &mut Problems) -> Plain {
    let address = given(flags.c1_api_host.as_ref()).and_then(|text| {
        let address = Address::parse(text);
        if address.is_none() {
            problems.wrong("c1-api-host", format!("value must be HOST or HOST:PORT but got {text:?}"));
        }
        address
    });
    let task_concurrency = task_concurrency(&flags.task_concurrency, problems);
    let grace = duration::parse(&flags.shutdown_grace)
        .map_err(|error| problems.wrong("shutdown-grace", error))
        .unwrap_or_default();
    Plain { address, task_concurrency, grace }
}

/// Tasks at a time, 1 to 100 (interop reference 4.2).
fn task_concurrency(text: &str, problems: &mut Problems) -> usize {
    let wrong = match text.trim().parse::<i64>() {
        Ok(n @ 1..=100) => return usize::try_from(n).unwrap_or(1),
        Ok(n) if n < 1 => format!("value must be greater than or equal to 1 but got {n}"),
        Ok(n) => format!("value must be less than or equal to 100 but got {n}"),
        Err(_) => format!("value must be a number from 1 to 100 but got {text:?}"),
    };
    problems.wrong("task-concurrency", wrong);
    1
}

fn given(value: Option<&String>) -> Option<&str> {
    value.map(|text| text.trim()).filter(|text| !text.is_empty())
}

/// What the user says, what systemd gives a service, or a folder here.
pub(crate) fn data_dir(flags: &ServiceArgs) -> PathBuf {
    let systemd = || {
        let list = std::env::var_os("STATE_DIRECTORY").filter(|list| !list.is_empty())?;
        std::env::split_paths(&list).next()
    };
    flags
        .data_dir
        .clone()
        .filter(|path| !path.as_os_str().is_empty())
        .or_else(systemd)
        .unwrap_or_else(|| Path::new(USUAL_DATA_DIR).to_owned())
}
