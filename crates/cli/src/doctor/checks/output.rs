//! Can a sync be sealed at the place of the output, and is what stands there of this workspace?

use std::path::Path;

use c1z::OutputState;
use sync_engine::{C1zStores, LockError, SyncError, SyncReport, SyncStores};

use crate::doctor::report::Check;
use crate::doctor::subject::Subject;
use crate::failure::{exit_of, hint_of};
use crate::remote::{self, Place};
use crate::{limits, sync};

const NAME: &str = "output";

pub(super) fn check(subject: &Subject) -> Check {
    let file = &subject.file;
    let shown = file.display();
    if file.as_os_str().is_empty() {
        return Check::skipped(NAME, "no path is set");
    }
    if remote::is_meant_by(file) {
        return in_a_store(file);
    }
    let stores = match C1zStores::lock(file) {
        Ok(stores) => stores.limits(limits::from_environment()),
        Err(LockError::Held { .. }) => {
            return Check::warning(
                NAME,
                format!("another run is working on {shown}"),
                "wait until it is done",
            );
        }
        Err(error) => return failed(&error.into()),
    };
    let state = match c1z::check_output(file, limits::from_environment()) {
        Ok(state) => state,
        Err(error) => return failed(&SyncError::Output(Box::new(error))),
    };
    if state == OutputState::Missing {
        return Check::ok(NAME, format!("{shown} can be written; there is no earlier sync"));
    }
    let report = match stores.previous() {
        Ok(previous) => previous.and_then(|previous| previous.report),
        Err(error) => return failed(&SyncError::Output(Box::new(error))),
    };
    let Some(report) = report.and_then(|text| serde_json::from_str::<SyncReport>(&text).ok()) else {
        return Check::ok(NAME, format!("{shown} can be written; it holds syncs of an unknown source"));
    };
    let ours = subject.workspace.as_ref().map(ToString::to_string);
    if report.demonstration {
        return Check::ok(NAME, format!("{shown} can be written; the demonstration in it makes room"));
    }
    if ours.as_ref().is_some_and(|ours| *ours != report.source_id) {
        return failed(&SyncError::OtherSource { name: report.source_name, id: report.source_id });
    }
    let whose = if ours.is_some() { "this workspace" } else { report.source_name.as_str() };
    Check::ok(NAME, format!("{shown} can be written; it holds a sync of {whose} of {:.0}", report.ended_at))
}

/// Asks the object store what a sync would ask before anything else.
fn in_a_store(file: &Path) -> Check {
    let checked = Place::of(file).and_then(|place| match place.remote() {
        Some(store) => remote::wait(store.check()).map_err(|error| remote::failure(&error)),
        None => Ok(()),
    });
    match checked {
        Ok(()) => Check::ok(NAME, format!("{} can be written", file.display())),
        Err(failure) => told(&failure.into()),
    }
}

/// As a sync would fail.
fn failed(error: &SyncError) -> Check {
    told(&sync::failure(error).into())
}

fn told(failure: &anyhow::Error) -> Check {
    Check::failed(NAME, exit_of(failure), failure.to_string()).todo(hint_of(failure))
}
