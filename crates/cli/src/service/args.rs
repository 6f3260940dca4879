//! Flags of service mode.

use std::path::PathBuf;

use clap::Args;

use crate::args::switch;

/// Flags of service mode; a client id selects it.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Service mode")]
pub(crate) struct ServiceArgs {
    /// Client id that C1 issued for this connector, name@host/path; starts service mode.
    #[arg(long, env = "BATON_CLIENT_ID", value_name = "ID", global = true)]
    pub(crate) client_id: Option<String>,

    /// Client secret that C1 issued with it; a secret, so better in the environment than on the command line.
    #[arg(long, env = "BATON_CLIENT_SECRET", hide_env_values = true, value_name = "SECRET", global = true)]
    pub(crate) client_secret: Option<String>,

    /// Tasks to work on at a time, 1 to 100.
    #[arg(long, env = "BATON_TASK_CONCURRENCY", value_name = "N", default_value = "3", global = true)]
    pub(crate) task_concurrency: String,

    /// Folder in which unfinished syncs survive a restart [default: systemd's for the service, or
    /// baton-clockify-data here].
    #[arg(long, env = "BATON_DATA_DIR", value_name = "PATH", global = true)]
    pub(crate) data_dir: Option<PathBuf>,

    /// Name of this instance, its own among all that share the client id [default: the machine's name].
    #[arg(long, env = "BATON_HOST_ID", value_name = "NAME", global = true)]
    pub(crate) host_id: Option<String>,

    /// Give C1 empty syncs, for a connector that is there for other tasks only.
    #[arg(long, env = "BATON_SKIP_FULL_SYNC", value_name = "BOOL", num_args = 0..=1, require_equals = true, default_value = "false", default_missing_value = "true", hide_default_value = true, value_parser = switch, hide = true, global = true)]
    pub(crate) skip_full_sync: bool,

    /// Where C1 is, HOST or HOST:PORT, if not where the client id says.
    #[arg(long, env = "BATON_C1_API_HOST", value_name = "HOST", hide = true, global = true)]
    pub(crate) c1_api_host: Option<String>,

    /// How long tasks may take to end after a signal.
    #[arg(long, env = "BATON_SHUTDOWN_GRACE", value_name = "TIME", default_value = "45s", global = true)]
    pub(crate) shutdown_grace: String,
}
