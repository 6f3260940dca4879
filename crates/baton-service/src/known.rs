//! The tasks that are worked on, and how those ended of which C1 could not be told. Both are bounded: the first by the
//! number of workers, the second by a limit.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use baton_proto::c1::connectorapi::baton::v1 as api;

/// How many endings are kept that C1 does not know of. It hands such a task out again within minutes, or never.
const UNTOLD: usize = 100;

/// What is known of tasks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Known(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    running: BTreeSet<String>,
    untold: VecDeque<api::BatonServiceFinishTaskRequest>,
}

/// A task that is worked on, until this is dropped.
#[derive(Debug)]
pub(crate) struct Running {
    known: Known,
    task_id: String,
}

impl Known {
    /// Notes that work on a task begins; `None` when it is worked on already.
    pub(crate) fn begin(&self, task_id: &str) -> Option<Running> {
        self.with(|inner| inner.running.insert(task_id.to_owned()))
            .then(|| Running { known: self.clone(), task_id: task_id.to_owned() })
    }

    /// Keeps an ending that could not be told.
    pub(crate) fn keep(&self, ending: api::BatonServiceFinishTaskRequest) {
        self.with(|inner| {
            inner.untold.retain(|kept| kept.task_id != ending.task_id);
            if inner.untold.len() == UNTOLD {
                inner.untold.pop_front();
            }
            inner.untold.push_back(ending);
        });
    }

    /// The ending of a task that C1 has not been told, if there is one; it is not kept any longer.
    pub(crate) fn untold(&self, task_id: &str) -> Option<api::BatonServiceFinishTaskRequest> {
        self.with(|inner| {
            let at = inner.untold.iter().position(|kept| kept.task_id == task_id)?;
            inner.untold.remove(at)
        })
    }

    fn with<T>(&self, act: impl FnOnce(&mut Inner) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.known.with(|inner| inner.running.remove(&self.task_id));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_is_begun_once_until_it_ends() {
        let known = Known::default();
        let first = known.begin("a");
        assert!(first.is_some() && known.begin("a").is_none() && known.begin("b").is_some());
        drop(first);
        assert!(known.begin("a").is_some());
    }

    #[test]
    fn a_bounded_number_of_endings_is_kept() {
        let known = Known::default();
        let ending = |id: usize| api::BatonServiceFinishTaskRequest {
            task_id: id.to_string(),
            ..api::BatonServiceFinishTaskRequest::default()
        };
        for id in 0..250 {
            known.keep(ending(id));
            known.keep(ending(id));
        }
        assert_eq!(known.untold("149"), None);
        assert_eq!(known.untold("150").unwrap().task_id, "150");
        assert_eq!(known.untold("150"), None);
        assert_eq!(known.untold("249").unwrap().task_id, "249");
    }
}
