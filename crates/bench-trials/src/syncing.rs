//! Whole syncs: of a workspace into a new file, and again into the same one.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use serde::Serialize;
use sync_engine::{Clock as _, SyncReport, SystemClock};

use crate::floor::{self, Floor, Pages};
use crate::look_alike::LookAlike;
use crate::measure::{self, Taken};
use crate::reading;
use crate::size::Size;

/// Rows per request, as the program asks unless told otherwise.
pub(crate) const PAGE_SIZE: usize = 200;

/// What syncs of one size took.
#[derive(Debug, Serialize)]
pub(crate) struct Synced {
    pub(crate) users: usize,
    pub(crate) grants: u64,
    /// The run that took the least CPU.
    pub(crate) taken: Taken,
    /// The most memory of all runs, in MiB.
    pub(crate) peak: f64,
    /// Seconds from the end of reading to the end of the program, in that run.
    pub(crate) sealing: f64,
    /// A second sync into the same file, and the seconds that sealing took of it.
    pub(crate) again: Option<(Taken, f64)>,
    pub(crate) requests: usize,
    pub(crate) needed: usize,
    /// Bytes of the file with one sync.
    pub(crate) bytes: u64,
    /// With pages as SQLite makes them.
    pub(crate) floor: Floor,
    /// With pages as large as those of the file.
    pub(crate) floor_of_same_pages: Floor,
}

impl Synced {
    pub(crate) fn ratio(&self) -> f64 {
        self.taken.cpu / self.floor.cpu
    }
}

/// Syncs a workspace so many times and measures the floor of its file as often. The file of the last run stays in
/// `folder`, as `sync.c1z`.
pub(crate) fn measure(program: &Path, folder: &Path, size: Size, runs: u32, again: bool) -> Result<Synced> {
    let mut look_alike = LookAlike::start(size, Duration::ZERO)?;
    let (file, report) = (folder.join("sync.c1z"), folder.join("report.json"));
    let command: Vec<OsString> = [program.into(), "--report-file".into(), report.clone().into()].into();
    let sync = |look_alike: &mut LookAlike| -> Result<(Taken, f64, SyncReport)> {
        let taken = measure::run(folder, &look_alike.variables(), None, &command)?;
        let ended = SystemClock.now();
        let report: SyncReport = serde_json::from_slice(&std::fs::read(&report)?)?;
        Ok((taken, ended.duration_since(report.ended_at).as_secs_f64(), report))
    };
    let (mut least, mut peak): (Option<(Taken, f64)>, f64) = (None, 0.0);
    let (mut requests, mut bytes, mut grants) = (0, 0, 0);
    let mut floors: [Option<Floor>; 2] = [None; 2];
    for _ in 0..runs.max(1) {
        if file.exists() {
            std::fs::remove_file(&file)?;
        }
        let before = look_alike.requests()?;
        let (taken, sealing, report) = sync(&mut look_alike)?;
        requests = look_alike.requests()? - before;
        bytes = std::fs::metadata(&file)?.len();
        grants = report.rows.grants.values().sum();
        peak = peak.max(taken.peak);
        if least.is_none_or(|(least, _)| taken.cpu < least.cpu) {
            least = Some((taken, sealing));
        }
        // Side by side with the runs, so that both see the same machine.
        for (pages, least) in [Pages::OfSqlite, Pages::OfTheFile].into_iter().zip(&mut floors) {
            let floor = floor::of(&file, pages)?;
            if least.is_none_or(|least| floor.cpu < least.cpu) {
                *least = Some(floor);
            }
        }
    }
    let mut second = None;
    if again {
        std::fs::copy(&file, folder.join(reading::ONE))?;
        let (taken, sealing, _) = sync(&mut look_alike)?;
        second = Some((taken, sealing));
    }
    let (Some((taken, sealing)), [Some(floor), Some(floor_of_same_pages)]) = (least, floors) else {
        anyhow::bail!("there was no run");
    };
    Ok(Synced {
        users: size.users,
        grants,
        taken,
        peak,
        sealing,
        again: second,
        requests,
        needed: size.requests(PAGE_SIZE),
        bytes,
        floor,
        floor_of_same_pages,
    })
}
