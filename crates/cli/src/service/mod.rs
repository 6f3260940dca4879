//! Service mode: the program takes its tasks from C1 until a signal comes.

mod args;
mod empty;
mod errors;
mod metadata;
mod observer;
mod settings;
mod syncer;
mod watch;

use std::sync::Arc;

use anyhow::Result;
use baton_service::{ProvisioningDisabled, Syncer, connect_counted};
use tokio_util::sync::CancellationToken;

use crate::args::SyncArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::health::HealthArgs;
use crate::line::Line;
use crate::problems::Problems;
use crate::progress::Progress;
use crate::signals;

pub(crate) use args::ServiceArgs;
pub(crate) use settings::{CREDENTIALS_HINT, USUAL_DATA_DIR, check, data_dir};
use watch::Watch;

/// Runs until a signal comes or C1 turns the connector away.
pub(crate) async fn run(
    flags: &ServiceArgs,
    health: &HealthArgs,
    args: &SyncArgs,
    problems: Problems,
    line: &Line,
) -> Result<()> {
    let parsed = settings::parse(flags, args, problems)?;
    let stop = CancellationToken::new();
    let watch = Watch::new();
    // From here on a signal is heard, also one that comes before C1 answers.
    let listening = tokio::spawn(signals::twice({
        let (stop, readiness) = (stop.clone(), watch.readiness.clone());
        move || {
            readiness.stopping();
            tracing::info!("The service stops; a second signal ends the program at once.");
            stop.cancel();
        }
    }));
    let c1 =
        connect_counted(parsed.connection, &watch.metrics).map_err(|error| errors::connecting(&error))?;
    let syncer = syncer::ClockifySyncer::new(parsed.sync, Progress::new(line), &watch.metrics)?;
    // Not stopped with the tasks: whoever probes still hears that the service stops.
    watch.answer(health, syncer.client(), CancellationToken::new()).await?;
    let mut service = parsed.service;
    service.metadata = metadata::of(&*syncer.connector());
    let syncer: Arc<dyn Syncer> = if flags.skip_full_sync {
        Arc::new(empty::EmptySyncs::new(syncer.connector()))
    } else {
        Arc::new(syncer)
    };
    let ended = baton_service::run(
        service,
        Arc::new(c1),
        syncer,
        Arc::new(ProvisioningDisabled),
        watch.events(),
        stop,
    )
    .await;
    listening.abort();
    let left = ended.map_err(|error| errors::service(&error))?.left;
    if left > 0 {
        let message = format!("{left} tasks did not end in time");
        let hint = "what was read is kept, and the next task for the same goes on from there; a longer \
                    --shutdown-grace leaves them more time";
        return Err(Failure::new(Exit::Resumable, message).with_hint(hint).into());
    }
    tracing::info!("The service has stopped.");
    Ok(())
}
