//! Commands that do nothing but start.

use std::ffi::OsString;
use std::path::Path;

use anyhow::Result;
use serde::Serialize;

use crate::measure::{self, Taken};

/// How often each is run; the quickest counts.
const RUNS: u32 = 10;

/// What one of them took.
#[derive(Debug, Serialize)]
pub(crate) struct Started {
    pub(crate) command: &'static str,
    pub(crate) taken: Taken,
}

/// Measures all of them.
pub(crate) fn measure(program: &Path, folder: &Path) -> Result<Vec<Started>> {
    let mut all = Vec::new();
    for command in ["--version", "--help", "capabilities"] {
        let arguments = [OsString::from(program), OsString::from(command)];
        let mut least: Option<Taken> = None;
        for _ in 0..RUNS {
            let taken = measure::run(folder, &[], None, &arguments)?;
            let peak = least.map_or(taken.peak, |least| least.peak.max(taken.peak));
            let quicker = least.filter(|least| least.wall < taken.wall).unwrap_or(taken);
            least = Some(Taken { peak, ..quicker });
        }
        all.extend(least.map(|taken| Started { command, taken }));
    }
    Ok(all)
}
