//! Turns the command line into a typed configuration, and reports everything that is wrong with it at once.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use clockify_api::{ApiKey, BaseUrl, Client, ClientBuilder, Pace, WorkspaceId};
use governance_model::{ResourceTypeId, Scope};

use crate::args::SyncArgs;
use crate::duration;
use crate::failure::Failure;
use crate::problems::Problems;
use crate::remote;

/// The largest page that Clockify is known to serve (clockify reference 8).
const MAX_PAGE_SIZE: u32 = 5000;

/// A sync, fully specified.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own, as the user sets it")]
pub(crate) struct Config {
    pub(crate) key: ApiKey,
    pub(crate) workspace: WorkspaceId,
    pub(crate) base_url: BaseUrl,
    /// Whether the base URL's host may be sent the key although it is not Clockify's.
    pub(crate) foreign_host: bool,
    pub(crate) pace: Pace,
    /// Root certificates, as PEM, that are trusted besides the system's.
    pub(crate) extra_roots: Vec<u8>,
    pub(crate) page_size: u32,
    pub(crate) projects: bool,
    /// Requests under way at a time.
    pub(crate) workers: usize,
    /// How long a request may take, if not as long as the client allows by itself.
    pub(crate) http_timeout: Option<Duration>,
    /// Whether to read who is there and nothing of what they have.
    pub(crate) resources_only: bool,
    pub(crate) scope: Scope,
    pub(crate) allow_shrink: bool,
    pub(crate) resume_max_age: Duration,
    pub(crate) max_wait: Duration,
    pub(crate) wait_lock: Duration,
    pub(crate) report_file: Option<PathBuf>,
    pub(crate) file: PathBuf,
    /// Whether the source is the look-alike of the demonstration.
    pub(crate) demonstration: bool,
}

const KEY_HINT: &str = "set BATON_CLOCKIFY_API_KEY; make the key in Clockify under Profile settings, API, Generate, \
                        as a workspace admin or owner";
const WORKSPACE_HINT: &str = "set BATON_CLOCKIFY_WORKSPACE_ID to the 24 characters in the page address after \
                              selecting the workspace in Clockify";
/// What a file of root certificates must be.
pub(crate) const ROOTS_HINT: &str = "--ca-cert and BATON_CA_CERT name a file with root certificates as PEM, beginning with \
                                     -----BEGIN CERTIFICATE-----; without them the system's are trusted alone";
const FOREIGN_HINT: &str = "the key is sent only to clockify.me; if that host really is yours, name it: \
                            --clockify-trusted-host HOST";

impl Config {
    /// Checks the command line, when something may be known to be wrong already.
    ///
    /// # Errors
    /// One failure that lists every problem, the known ones as well.
    pub(crate) fn check(args: &SyncArgs, mut problems: Problems) -> Result<Self, Failure> {
        let key = problems.present("clockify-api-key", args.clockify_api_key.as_ref());
        // What is wrong with a file or a variable that was named has been said.
        if key.is_none() && !problems.is_wrong("clockify-api-key") {
            problems.hint(KEY_HINT);
        }
        let key = key.and_then(|text| {
            ApiKey::new(text)
                .map_err(|error| {
                    problems.wrong("clockify-api-key", error);
                    problems.hint(KEY_HINT);
                })
                .ok()
        });

        let workspace = problems.present("clockify-workspace-id", args.clockify_workspace_id.as_ref());
        let workspace = workspace.and_then(|text| problems.parsed("clockify-workspace-id", text));
        if workspace.is_none() {
            problems.hint(WORKSPACE_HINT);
        }

        let base_url = BaseUrl::parse(&args.clockify_base_url)
            .map_err(|error| problems.wrong("clockify-base-url", error))
            .ok();
        let foreign_host = base_url.as_ref().is_some_and(|url| !url.is_clockify() && !url.is_loopback());
        let trusted = args.clockify_trusted_host.as_deref().unwrap_or_default();
        if let Some(url) =
            base_url.as_ref().filter(|url| foreign_host && !url.host().eq_ignore_ascii_case(trusted))
        {
            problems.wrong("clockify-base-url", format!("the host {} is outside clockify.me", url.host()));
            problems.hint(FOREIGN_HINT);
        }

        if let Some(problem) = base_url.as_ref().and_then(|url| outbound::proxy_problem(&url.to_string())) {
            problems.sentence(problem.to_string());
            problems.hint(problem.hint());
        }

        let extra_roots = match roots(args.ca_cert.as_deref()) {
            Ok(roots) => roots,
            Err(problem) => {
                problems.wrong("ca-cert", problem);
                problems.hint(ROOTS_HINT);
                Vec::new()
            }
        };
        let pace = problems.parsed("clockify-rate-limit", &args.clockify_rate_limit);
        let page_size = page_size(&args.page_size, &mut problems);
        let workers = workers(args, &mut problems);
        let http_timeout = http_timeout(args, &mut problems);
        let scope = scope(args, &mut problems);
        let [resume_max_age, max_wait, wait_lock] = [
            ("resume-max-age", &args.resume_max_age),
            ("max-wait", &args.max_wait),
            ("wait-lock", &args.wait_lock),
        ]
        .map(|(field, text)| time(field, text, &mut problems));
        if args.file.as_os_str().is_empty() {
            problems.wrong("file", "the name is empty");
        } else if let Err(error) = remote::address(&args.file) {
            problems.wrong("file", error);
            problems.hint(remote::ADDRESS_HINT);
        }

        if let Some(report) = &args.report_file {
            check_report_file(report, &mut problems);
        }

        match (key, workspace, base_url, pace, page_size) {
            (Some(key), Some(workspace), Some(base_url), Some(pace), Some(page_size))
                if problems.is_empty() =>
            {
                Ok(Self {
                    key,
                    workspace,
                    base_url,
                    foreign_host,
                    pace,
                    extra_roots,
                    page_size,
                    projects: args.sync_projects,
                    workers,
                    http_timeout,
                    resources_only: args.skip_entitlements_and_grants,
                    scope,
                    allow_shrink: args.allow_shrink,
                    resume_max_age,
                    max_wait,
                    wait_lock,
                    report_file: args.report_file.clone(),
                    file: args.file.clone(),
                    demonstration: false,
                })
            }
            _ => Err(problems.into_failure()),
        }
    }

    /// A client of Clockify for what is configured.
    pub(crate) fn client(&self) -> ClientBuilder {
        let client = Client::builder(self.key.clone())
            .base_url(self.base_url.clone())
            .allow_foreign_host(self.foreign_host)
            .pace(self.pace)
            .extra_ca_certificates(self.extra_roots.clone());
        match self.http_timeout {
            // One number for everything that may take long: whoever raises it waits for a server that is silent.
            Some(limit) => client.request_timeout(limit).read_timeout(limit),
            None => client,
        }
    }
}

/// The processors that `--workers -1` makes use of, at most.
const MAX_AUTOMATIC: usize = 4;

/// More pages than that are not in memory at a time.
const MAX_WORKERS: i64 = 100;

fn workers(args: &SyncArgs, problems: &mut Problems) -> usize {
    let processors = || thread::available_parallelism().map_or(1, usize::from).min(MAX_AUTOMATIC);
    let Some(text) = &args.workers else {
        return if args.parallel_sync { processors() } else { sync_engine::Options::default().concurrency };
    };
    let wrong = match text.trim().parse::<i64>() {
        Ok(-1) => return processors(),
        Ok(0) => return 1,
        Ok(n @ 1..=MAX_WORKERS) => return usize::try_from(n).unwrap_or(1),
        Ok(n) if n < 0 => format!("value must be greater than or equal to -1 but got {n}"),
        Ok(n) => format!("value must be less than or equal to {MAX_WORKERS} but got {n}"),
        Err(_) => format!("value must be a number from -1 to {MAX_WORKERS} but got {text:?}"),
    };
    problems.wrong("workers", wrong);
    1
}

/// The longest time that may be given for a request, in seconds (interop reference 4.2).
const MAX_HTTP_TIMEOUT: u64 = 1800;

fn http_timeout(args: &SyncArgs, problems: &mut Problems) -> Option<Duration> {
    let text = args.http_timeout_seconds.as_deref()?;
    let wrong = match text.trim().parse::<u64>() {
        Ok(0) => "value must be greater than or equal to 1 but got 0".to_owned(),
        Ok(seconds @ 1..=MAX_HTTP_TIMEOUT) => return Some(Duration::from_secs(seconds)),
        Ok(seconds) => format!("value must be less than or equal to {MAX_HTTP_TIMEOUT} but got {seconds}"),
        Err(_) => format!("value must be a number from 1 to {MAX_HTTP_TIMEOUT} but got {text:?}"),
    };
    problems.wrong("http-timeout-seconds", wrong);
    None
}

/// The certificates in the file of `--ca-cert`; none when there is no such file.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn roots(path: Option<&Path>) -> Result<Vec<u8>, String> {
    let Some(path) = path.filter(|path| !path.as_os_str().is_empty()) else { return Ok(Vec::new()) };
    let shown = path.display();
    let pem = std::fs::read(path).map_err(|error| format!("cannot read {shown}: {error}"))?;
    match outbound::certificates_in(&pem) {
        Ok(found) if !found.is_empty() => Ok(pem),
        _ => Err(format!("there is no PEM certificate in {shown}")),
    }
}

/// What would be found out only after the sync otherwise.
fn check_report_file(path: &Path, problems: &mut Problems) {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if remote::is_meant_by(path) {
        problems
            .wrong("report-file", "the report is written to a path, not to an address in an object store");
    } else if !folder.is_dir() {
        problems.wrong("report-file", format!("there is no folder {}", folder.display()));
    }
}

/// A time such as `24h` or `1h30m`; nothing when it is wrong, which is reported.
fn time(field: &str, text: &str, problems: &mut Problems) -> Duration {
    duration::parse(text).unwrap_or_else(|problem| {
        problems.wrong(field, problem);
        Duration::ZERO
    })
}

fn page_size(text: &str, problems: &mut Problems) -> Option<u32> {
    let Ok(size) = text.trim().parse::<u32>() else {
        problems
            .wrong("page-size", format!("value must be a number from 1 to {MAX_PAGE_SIZE} but got {text:?}"));
        return None;
    };
    if size == 0 {
        problems.wrong("page-size", "value must be greater than or equal to 1 but got 0");
        return None;
    }
    if size > MAX_PAGE_SIZE {
        problems.wrong(
            "page-size",
            format!("value must be less than or equal to {MAX_PAGE_SIZE} but got {size}"),
        );
        return None;
    }
    Some(size)
}

fn scope(args: &SyncArgs, problems: &mut Problems) -> Scope {
    let asked: Vec<&str> =
        args.sync_resource_types.iter().map(|id| id.trim()).filter(|id| !id.is_empty()).collect();
    if asked.is_empty() {
        return Scope::default();
    }
    let offered = clockify_connector::resource_type_ids();
    let mut wanted = BTreeSet::new();
    for id in asked {
        let id = ResourceTypeId::new(id);
        if !offered.contains(&id) {
            problems.wrong("sync-resource-types", format!("invalid resource type '{id}' in filter"));
        } else if id == clockify_connector::PROJECT && !args.sync_projects {
            problems.wrong("sync-resource-types", "the type 'project' needs --sync-projects");
        } else {
            wanted.insert(id);
        }
    }
    Scope { resource_types: Some(wanted) }
}
