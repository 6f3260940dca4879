//! The command line: each flag once, with its environment variable and its help.
//!
//! `layers` finds the value of each: flag, variable, secret file, configuration file, default. A flag with a variable can be
//! set in all of them; one without, by hand alone.

mod lean;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{ArgAction, Args, CommandFactory, Parser, Subcommand, ValueEnum};

use crate::build_info;
use crate::compat;
use crate::describe::DescribeCommand;
use crate::doctor::DoctorArgs;
use crate::health::{HealthArgs, HealthCheckArgs};
use crate::review::ReviewCommand;
use crate::schedule::ScheduleArgs;
use crate::service::ServiceArgs;
use crate::status::StatusArgs;
use crate::telemetry::OtelArgs;

/// The program's name.
pub(crate) const NAME: &str = "baton-clockify";

/// No line of a help text is longer.
const MAX_TERM_WIDTH: usize = 100;

/// Reads a Clockify workspace (members with role and status, user groups, who belongs to which) into a c1z file that
/// ConductorOne's Baton tools read.
#[derive(Debug, Parser)]
#[command(
    name = NAME,
    version = build_info::LONG,
    args_conflicts_with_subcommands = false,
    disable_version_flag = true,
    max_term_width = MAX_TERM_WIDTH
)]
pub(crate) struct Cli {
    /// Print version, commit and target.
    #[arg(short = 'v', short_alias = 'V', long, display_order = 1000, action = ArgAction::Version)]
    version: Option<bool>,

    #[command(subcommand)]
    pub(crate) command: Option<Command>,

    #[command(flatten)]
    pub(crate) sync: SyncArgs,

    #[command(flatten)]
    pub(crate) service: ServiceArgs,

    #[command(flatten)]
    pub(crate) health: HealthArgs,

    #[command(flatten)]
    pub(crate) otel: OtelArgs,
}

/// What to do instead of a sync.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Sync again and again, every so often or by a cron expression, until a signal comes.
    Schedule(ScheduleArgs),
    /// Say when the last sync was, what failed and why, and what comes next; exit code 76 when that is not well.
    Status(StatusArgs),
    /// Find out why it does not work: configuration, network, key, rights, plan, quota, clock, output; says what to do.
    Doctor(DoctorArgs),
    /// Ask a service that runs on this machine whether it is well; exit code 0 when it is.
    HealthCheck(HealthCheckArgs),
    /// Try it without an account: start a Clockify look-alike on this machine and sync it.
    Demo(DemoArgs),
    #[command(flatten)]
    Review(ReviewCommand),
    #[command(flatten)]
    Describe(DescribeCommand),
}

/// Flags of a sync.
#[derive(Clone, Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own, as the user sets it")]
pub(crate) struct SyncArgs {
    /// API key of a workspace admin or owner (Clockify: Profile settings, API, Generate); a secret, so better in
    /// the environment than on the command line.
    #[arg(long, env = "BATON_CLOCKIFY_API_KEY", hide_env_values = true, value_name = "KEY", global = true)]
    pub(crate) clockify_api_key: Option<String>,

    /// Workspace to read: the 24 characters in the page address after selecting the workspace.
    #[arg(long, env = "BATON_CLOCKIFY_WORKSPACE_ID", value_name = "ID", global = true)]
    pub(crate) clockify_workspace_id: Option<String>,

    /// Where Clockify's API is; a regional (euc1, use2, euw2, apse2) or subdomain host if yours is one.
    #[arg(
        long,
        env = "BATON_CLOCKIFY_BASE_URL",
        hide_env_values = true,
        value_name = "URL",
        default_value = "https://api.clockify.me/api/v1",
        global = true
    )]
    pub(crate) clockify_base_url: String,

    /// A host outside clockify.me that may be sent the key; needed only for a base URL there.
    #[arg(long, env = "BATON_CLOCKIFY_TRUSTED_HOST", value_name = "HOST", global = true)]
    pub(crate) clockify_trusted_host: Option<String>,

    /// Requests to Clockify at most, per second or per hour.
    #[arg(
        long,
        env = "BATON_CLOCKIFY_RATE_LIMIT",
        value_name = "N/s|N/h",
        default_value = "10/s",
        global = true
    )]
    pub(crate) clockify_rate_limit: String,

    /// Further root certificates, as PEM, for every server that is spoken to; those of the system are trusted anyway.
    #[arg(long, env = "BATON_CA_CERT", value_name = "PATH", global = true)]
    pub(crate) ca_cert: Option<PathBuf>,

    /// File to write.
    #[arg(
        help = "File to write: a path, or s3://BUCKET/KEY, gs://BUCKET/KEY or az://CONTAINER/KEY",
        short,
        long,
        env = "BATON_FILE",
        value_name = "PATH",
        default_value = "sync.c1z",
        global = true
    )]
    pub(crate) file: PathBuf,

    /// Rows per request, 1 to 5000; sources disagree whether Clockify serves more than 200.
    #[arg(long, env = "BATON_PAGE_SIZE", value_name = "N", default_value = "200", global = true)]
    pub(crate) page_size: String,

    /// Resource types to read (user, group, role, project); all that are on when not given.
    #[arg(
        long,
        env = "BATON_SYNC_RESOURCE_TYPES",
        value_name = "TYPES",
        value_delimiter = ',',
        global = true
    )]
    pub(crate) sync_resource_types: Vec<String>,

    /// Read projects as well: who is a member or manager of which.
    #[arg(long, env = "BATON_SYNC_PROJECTS", value_name = "BOOL", num_args = 0..=1, require_equals = true, default_value = "false", default_missing_value = "true", hide_default_value = true, value_parser = switch, global = true)]
    pub(crate) sync_projects: bool,

    /// Read who is there and nothing of what they have: no entitlements, no grants.
    #[arg(long, env = "BATON_SKIP_ENTITLEMENTS_AND_GRANTS", value_name = "BOOL", num_args = 0..=1, require_equals = true, default_value = "false", default_missing_value = "true", hide_default_value = true, value_parser = switch, global = true)]
    pub(crate) skip_entitlements_and_grants: bool,

    /// Requests to Clockify under way at a time: 1 for one after the other, -1 for one per processor, at most 4
    /// [default: 8].
    #[arg(long, env = "BATON_WORKERS", value_name = "N", allow_negative_numbers = true, global = true)]
    pub(crate) workers: Option<String>,

    /// The same as --workers -1, which is its name today.
    #[arg(long, env = "BATON_PARALLEL_SYNC", value_name = "BOOL", num_args = 0..=1, require_equals = true, default_value = "false", default_missing_value = "true", hide_default_value = true, value_parser = switch, global = true)]
    pub(crate) parallel_sync: bool,

    /// How long a request to Clockify may take, in seconds, 1 to 1800 [default: 300, of which 60 without a sign of life].
    #[arg(long, env = "BATON_HTTP_TIMEOUT_SECONDS", value_name = "N", global = true)]
    pub(crate) http_timeout_seconds: Option<String>,

    /// Seal the sync even if it looks as if people had vanished.
    #[arg(long, env = "BATON_ALLOW_SHRINK", value_name = "BOOL", num_args = 0..=1, require_equals = true, default_value = "false", default_missing_value = "true", hide_default_value = true, value_parser = switch, global = true)]
    pub(crate) allow_shrink: bool,

    /// Go on with a sync that was cut off only if it stopped less than this long ago.
    #[arg(long, env = "BATON_RESUME_MAX_AGE", value_name = "TIME", default_value = "24h", global = true)]
    pub(crate) resume_max_age: String,

    /// Wait this long, in all, when Clockify's quota is used up, instead of stopping to be run again.
    #[arg(long, env = "BATON_MAX_WAIT", value_name = "TIME", default_value = "0s", global = true)]
    pub(crate) max_wait: String,

    /// Wait this long for another run on the same file to end, instead of failing at once.
    #[arg(long, env = "BATON_WAIT_LOCK", value_name = "TIME", default_value = "0s", global = true)]
    pub(crate) wait_lock: String,

    /// Write the report on the sync (pages, requests, what was missing or left out) here as JSON.
    #[arg(long, env = "BATON_REPORT_FILE", value_name = "PATH", global = true)]
    pub(crate) report_file: Option<PathBuf>,

    /// Folder for decoded copies of c1z files that are read; it must exist [default: the system's, or beside the file].
    #[arg(long, env = "BATON_C1Z_TEMP_DIR", value_name = "PATH", global = true)]
    pub(crate) c1z_temp_dir: Option<PathBuf>,

    /// What to log: debug, info, warn or error [default: info; warn where a progress line is shown].
    #[arg(
        long,
        env = "BATON_LOG_LEVEL",
        value_name = "LEVEL",
        hide_possible_values = true,
        ignore_case = true,
        global = true
    )]
    pub(crate) log_level: Option<LogLevel>,

    /// How to log; console on a terminal, json otherwise.
    #[arg(long, env = "BATON_LOG_FORMAT", value_name = "FORMAT", ignore_case = true, global = true)]
    pub(crate) log_format: Option<LogFormat>,

    /// Where to log: files, to which lines are added, or stderr or stdout [default: stderr].
    #[arg(long, env = "BATON_LOG_PATH", value_name = "PATHS", value_delimiter = ',', global = true)]
    pub(crate) log_path: Vec<String>,

    /// When --log-level debug ends and info begins, such as 2026-01-31T12:00:00Z.
    #[arg(long, env = "BATON_LOG_LEVEL_DEBUG_EXPIRES_AT", value_name = "TIME", global = true)]
    pub(crate) log_level_debug_expires_at: Option<String>,
}

/// The whole command line, as it is declared: for parsing, for documentation, for completions.
pub(crate) fn command() -> clap::Command {
    finished(declared())
}

/// As [`command`], with no more than is needed to read these arguments, and whether commands were left out. It reads what is
/// right as the whole does; what to say of something wrong takes the whole, and so does helping when commands were left out.
pub(crate) fn command_for(arguments: &[OsString]) -> (clap::Command, bool) {
    let whole = declared();
    let mut empty = clap::Command::new(NAME)
        .version(build_info::LONG)
        .args_conflicts_with_subcommands(false)
        .disable_version_flag(true)
        .max_term_width(MAX_TERM_WIDTH)
        .args_override_self(true);
    if let Some(about) = whole.get_about() {
        empty = empty.about(about.clone());
    }
    if let Some(about) = whole.get_long_about() {
        empty = empty.long_about(about.clone());
    }
    let (lean, is_cut) = lean::cut(&whole, empty, arguments);
    (finished(lean), is_cut)
}

fn declared() -> clap::Command {
    // Whoever wraps the program appends flags of its own: the last one counts.
    compat::declare(Cli::command().args_override_self(true))
}

fn finished(declared: clap::Command) -> clap::Command {
    let mut command = readers_without_flags_of_a_sync(declared);
    command.build();
    command
}

/// Whether a command asks Clockify with the user's own key: a sync, once or on a schedule, the service, or the doctor.
pub(crate) fn asks_clockify(command: Option<&str>) -> bool {
    matches!(command, None | Some("schedule" | "doctor"))
}

/// What a command that only reads a file has use for, of the flags that every command takes.
const READERS: [&str; 5] = ["file", "c1z_temp_dir", "log_level", "log_format", "log_path"];

/// What the command that asks a service for its health has use for.
const PROBES: [&str; 5] =
    ["health_check_port", "health_check_bind_address", "log_level", "log_format", "log_path"];

/// Flags of service mode, which no command looks at.
const SERVICE: [&str; 7] = [
    "client_id",
    "client_secret",
    "task_concurrency",
    "host_id",
    "skip_full_sync",
    "c1_api_host",
    "shutdown_grace",
];

/// The flags of a sync and of the service are taken everywhere, so that a command line can be edited at its end. The help of a
/// command does not list those that it does not look at.
fn readers_without_flags_of_a_sync(mut command: clap::Command) -> clap::Command {
    fn hide(command: clap::Command, kept: &[&str]) -> clap::Command {
        let command = command.mut_args(|argument| match argument.get_id().as_str() {
            id if argument.is_global_set() && !kept.contains(&id) => argument.hide(true),
            "file" => argument.help("File to read"),
            _ => argument,
        });
        command.mut_subcommands(|inner| hide(inner, kept))
    }
    command.build();
    let readers = ReviewCommand::augment_subcommands(clap::Command::new("readers"));
    let describers = DescribeCommand::augment_subcommands(clap::Command::new("describers"));
    let is_of = |these: &clap::Command, name: &str| these.get_subcommands().any(|one| one.get_name() == name);
    command.mut_subcommands(|command| {
        let name = command.get_name();
        if is_of(&readers, name) {
            hide(command, &READERS)
        } else if is_of(&describers, name) {
            hide(command, &[])
        } else if name == "health-check" {
            hide(command, &PROBES)
        } else if name == "doctor" {
            // It says whether a service could start with them.
            command
        } else {
            command.mut_args(
                |flag| if SERVICE.contains(&flag.get_id().as_str()) { flag.hide(true) } else { flag },
            )
        }
    })
}

/// A switch as people and templates write it; an empty variable is one that is not set.
pub(crate) fn switch(text: &str) -> Result<bool, String> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "1" | "t" | "yes" | "on" => Ok(true),
        "false" | "0" | "f" | "no" | "off" | "" => Ok(false),
        _ => Err(format!("value must be true or false but got '{text}'")),
    }
}

/// Flags of the demonstration.
#[derive(Clone, Debug, Args)]
pub(crate) struct DemoArgs {
    /// Leave the look-alike running afterwards, to try other commands against it.
    #[arg(long)]
    pub(crate) keep_running: bool,

    /// Make a workspace of this many users instead of the friendly small one.
    #[arg(long, value_name = "N")]
    pub(crate) users: Option<usize>,

    /// With --users: this many groups.
    #[arg(long, value_name = "N", requires = "users")]
    pub(crate) groups: Option<usize>,
}

/// The least severe level that is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogLevel {
    /// Everything, personal data included.
    Debug,
    /// What happens.
    Info,
    /// What may be wrong.
    Warn,
    /// What is wrong.
    Error,
}

/// The shape of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people.
    Console,
    /// For programs.
    Json,
}
