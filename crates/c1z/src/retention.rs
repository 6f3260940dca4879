//! Which earlier syncs stay in the file when a new one is sealed (interop reference 1.5).

use std::collections::BTreeSet;

use governance_model::Timestamp;

use crate::run::{SyncRun, SyncType};

/// The ids of the syncs to keep, of those in the file so far.
///
/// Of full syncs the newest `full` finished ones. Partial and resources-only syncs unless they ended before the oldest
/// of those began. Of the halves of stored differences, when there are more than two, the newest and its partner.
/// Unfinished syncs are never carried over: only what was sealed is for readers.
pub(crate) fn kept(runs: &[SyncRun], current: &str, full: usize) -> BTreeSet<String> {
    let mut finished: Vec<(Timestamp, &SyncRun)> = runs
        .iter()
        .filter(|run| run.sync_id != current)
        .filter_map(|run| run.ended_at.map(|ended_at| (ended_at, run)))
        .collect();
    finished.sort_by(|a, b| (b.0, &b.1.sync_id).cmp(&(a.0, &a.1.sync_id)));

    let fulls: Vec<&SyncRun> = of_type(&finished, |found| *found == SyncType::Full).take(full).collect();
    let oldest = fulls.iter().map(|run| run.started_at).min();
    let others = of_type(&finished, |found| {
        matches!(found, SyncType::Partial | SyncType::ResourcesOnly | SyncType::Other(_))
    })
    .filter(|run| oldest.is_some_and(|oldest| run.ended_at.is_some_and(|ended| ended >= oldest)));
    let is_half = |found: &SyncType| matches!(found, SyncType::PartialUpserts | SyncType::PartialDeletions);
    let halves: Vec<&SyncRun> = of_type(&finished, is_half).collect();
    let newest = halves.first().copied();
    let halves = halves.iter().copied().filter(|run| {
        halves.len() <= 2
            || newest
                .is_some_and(|newest| run.sync_id == newest.sync_id || run.sync_id == newest.linked_sync_id)
    });
    fulls.iter().copied().chain(others).chain(halves).map(|run| run.sync_id.clone()).collect()
}

fn of_type<'a>(
    finished: &'a [(Timestamp, &'a SyncRun)],
    wanted: impl Fn(&SyncType) -> bool + 'a,
) -> impl Iterator<Item = &'a SyncRun> {
    finished.iter().map(|(_, run)| *run).filter(move |run| wanted(&run.sync_type))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(id: &str, sync_type: SyncType, started: i64, ended: Option<i64>) -> SyncRun {
        let at = |second| Timestamp::from_second(second).unwrap();
        SyncRun {
            sync_id: id.to_owned(),
            sync_type,
            started_at: at(started),
            ended_at: ended.map(at),
            token: String::new(),
            parent_sync_id: String::new(),
            linked_sync_id: String::new(),
            stats: None,
        }
    }

    fn ids(kept: &BTreeSet<String>) -> Vec<&str> {
        kept.iter().map(String::as_str).collect()
    }

    #[test]
    fn keeps_the_newest_full_syncs_that_ended() {
        let runs = [
            run("a", SyncType::Full, 10, Some(20)),
            run("b", SyncType::Full, 30, Some(40)),
            run("c", SyncType::Full, 50, None),
            run("d", SyncType::Full, 60, Some(70)),
        ];
        assert_eq!(ids(&kept(&runs, "x", 1)), ["d"]);
        assert_eq!(ids(&kept(&runs, "x", 2)), ["b", "d"]);
        assert_eq!(ids(&kept(&runs, "d", 1)), ["b"]);
        assert!(kept(&runs, "x", 0).is_empty());
    }

    #[test]
    fn equal_ends_are_told_apart_by_id() {
        let runs = [run("a", SyncType::Full, 10, Some(20)), run("b", SyncType::Full, 10, Some(20))];
        assert_eq!(ids(&kept(&runs, "x", 1)), ["b"]);
    }

    #[test]
    fn partial_syncs_stay_unless_they_ended_before_the_oldest_kept_full_one_began() {
        let runs = [
            run("early", SyncType::Partial, 10, Some(29)),
            run("full", SyncType::Full, 30, Some(40)),
            run("late", SyncType::ResourcesOnly, 10, Some(30)),
        ];
        assert_eq!(ids(&kept(&runs, "x", 1)), ["full", "late"]);
        assert!(kept(&runs, "x", 0).is_empty());
    }

    #[test]
    fn of_many_halves_the_newest_pair_stays() {
        let mut up = run("up", SyncType::PartialUpserts, 50, Some(60));
        up.linked_sync_id = "down".to_owned();
        let runs = [
            run("old-up", SyncType::PartialUpserts, 10, Some(20)),
            run("old-down", SyncType::PartialDeletions, 10, Some(20)),
            run("down", SyncType::PartialDeletions, 50, Some(59)),
            up,
        ];
        assert_eq!(ids(&kept(&runs, "x", 1)), ["down", "up"]);
        assert_eq!(ids(&kept(&runs[..2], "x", 1)), ["old-down", "old-up"]);
    }
}
