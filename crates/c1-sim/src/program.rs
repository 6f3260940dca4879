//! The look-alike as a process: says where it is in one line of JSON, and lives as long as its standard input is open.

use std::error::Error;
use std::io::{self, Read as _, Write};
use std::sync::Arc;

use tokio::sync::oneshot;

use crate::control;
use crate::options::Options;
use crate::sim::C1Sim;

/// Runs until the standard input ends, so that no look-alike outlives the test that started it. `options` are
/// [`Options`] as JSON; what a test needs to know is written to `out` as [`control::Info`].
///
/// # Errors
///
/// When the options are not understood, or the look-alike cannot start.
pub fn run(options: &str, out: &mut dyn Write) -> Result<(), Box<dyn Error + Send + Sync>> {
    let options: Options = serde_json::from_str(options)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let sim = Arc::new(C1Sim::start(options).await?);
        let info = control::serve(sim).await?;
        writeln!(out, "{}", serde_json::to_string(&info)?)?;
        out.flush()?;
        let (ended, end) = oneshot::channel();
        std::thread::spawn(move || {
            let mut nothing = Vec::new();
            // However it ends, it has ended.
            let _ = io::stdin().read_to_end(&mut nothing);
            let _ = ended.send(());
        });
        let _ = end.await;
        Ok(())
    })
}
