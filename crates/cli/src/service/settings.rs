//! Turns the flags of service mode into settings, and reports everything that is wrong with them at once.

use std::fmt::Display;
use std::path::{Path, PathBuf};

use baton_proto::c1::connector::v2::ConnectorMetadata;
use baton_service::{Address, ClientId, ClientSecret, Connection, Identity, Settings};

use super::args::ServiceArgs;
use crate::args::SyncArgs;
use crate::config::Config;
use crate::duration;
use crate::exit::Exit;
use crate::failure::Failure;

/// How the program calls itself.
const PACKAGE: &str = "baton-clockify";
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Where unfinished syncs are kept when nothing else is said.
const DATA: &str = "baton-clockify-data";

const CREDENTIALS_HINT: &str = "set BATON_CLIENT_ID and BATON_CLIENT_SECRET to the two values that C1 showed together when the \
                                connector's credentials were made, each whole";

/// The service, fully specified.
pub(super) struct Parsed {
    pub(super) connection: Connection,
    pub(super) service: Settings,
    pub(super) sync: Config,
}

/// Checks the flags.
///
/// # Errors
/// One failure that lists every problem with the flags of service mode, or else every one with those of syncs.
pub(super) fn parse(flags: &ServiceArgs, args: &SyncArgs) -> Result<Parsed, Failure> {
    let mut wrong = Vec::new();
    let mut problem = |field: &str, problem: &dyn Display| wrong.push(format!("field {field}: {problem}"));
    let (id, secret) = both(flags)?;
    let id = ClientId::parse(id).map_err(|error| problem("client-id", &error)).ok();
    let secret = ClientSecret::parse(secret).map_err(|error| problem("client-secret", &error)).ok();
    let credentials_are_wrong = id.is_none() || secret.is_none();
    let address = flags.c1_api_host.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let address = address.and_then(|text| {
        let address = Address::parse(text);
        if address.is_none() {
            problem("c1-api-host", &format!("value must be HOST or HOST:PORT but got {text:?}"));
        }
        address
    });
    let workers = flags.task_concurrency.trim().parse().ok().filter(|n| (1..=100).contains(n));
    if workers.is_none() {
        let got = &flags.task_concurrency;
        problem("task-concurrency", &format!("value must be a number from 1 to 100 but got {got:?}"));
    }
    let grace =
        duration::parse(&flags.shutdown_grace).map_err(|error| problem("shutdown-grace", &error)).ok();
    let roots = flags.ca_cert.as_deref().map_or(Ok(Vec::new()), |path| {
        std::fs::read(path)
            .map_err(|error| problem("ca-cert", &format!("cannot read {}: {error}", path.display())))
    });

    let (Some(client_id), Some(client_secret), Some(task_concurrency), Some(grace), Ok(extra_roots), true) =
        (id, secret, workers, grace, roots, wrong.is_empty())
    else {
        let failure = Failure::new(Exit::InvalidArgument, format!("errors found:\n{}", wrong.join("\n")));
        return Err(if credentials_are_wrong { failure.with_hint(CREDENTIALS_HINT) } else { failure });
    };
    let sync = Config::from_args(args)?;
    let service = Settings {
        identity: Identity::here(flags.host_id.as_deref(), PACKAGE),
        package: (PACKAGE.to_owned(), VERSION.to_owned()),
        metadata: ConnectorMetadata::default(),
        tenant: client_id.as_str().to_owned(),
        task_concurrency,
        data_dir: data_dir(flags),
        grace,
    };
    let user_agent = format!("{PACKAGE}/{VERSION}");
    Ok(Parsed {
        connection: Connection { client_id, client_secret, address, extra_roots, user_agent },
        service,
        sync,
    })
}

/// Both credentials, or which one is missing.
fn both(flags: &ServiceArgs) -> Result<(&str, &str), Failure> {
    let missing = match (given(flags.client_id.as_ref()), given(flags.client_secret.as_ref())) {
        (Some(id), Some(secret)) => return Ok((id, secret)),
        (Some(_), None) => "client-secret",
        (None, _) => "client-id",
    };
    let message = format!(
        "if any flags in the group [client-id client-secret] are set they must all be set; missing [{missing}]"
    );
    Err(Failure::new(Exit::InvalidArgument, message).with_hint(CREDENTIALS_HINT))
}

fn given(value: Option<&String>) -> Option<&str> {
    value.map(|text| text.trim()).filter(|text| !text.is_empty())
}

/// What the user says, what systemd gives a service, or a folder here.
fn data_dir(flags: &ServiceArgs) -> PathBuf {
    let systemd = || {
        let list = std::env::var_os("STATE_DIRECTORY").filter(|list| !list.is_empty())?;
        std::env::split_paths(&list).next()
    };
    flags
        .data_dir
        .clone()
        .filter(|path| !path.as_os_str().is_empty())
        .or_else(systemd)
        .unwrap_or_else(|| Path::new(DATA).to_owned())
}
