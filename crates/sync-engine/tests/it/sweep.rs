//! The cut sweep: a sync is stopped at every transaction and at every answer, every third time once more, and each time
//! the end must be the uncut one: the same sync id as the first run, the same rows byte for byte.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use governance_model::{Facts, GrantId, Page, Resource, ResourceId, ResourceTypeId, Timestamp};
use sync_engine::{
    C1zStore, C1zStores, Change, Committed, Counts, Dangling, Expanded, NoObserver, Options, Previous,
    Sealed, SyncError, SyncReport, SyncStart, SyncStore, SyncStores, SystemClock,
};
use thiserror::Error;

use crate::dump;
use crate::scripted::{Scripted, cursor, inventory, person};

/// Where in a store operation the process dies.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Moment {
    /// Nothing of it is durable.
    Before,
    /// All of it is durable, and nobody was told.
    After,
}

/// Counts the store's writing operations over all stores made from it, and dies at one of them.
#[derive(Clone, Debug)]
struct Fuse {
    at: Option<u64>,
    moment: Moment,
    done: Arc<AtomicU64>,
}

impl Fuse {
    fn burn<T>(&self, work: impl FnOnce() -> Result<T, c1z::Error>) -> Result<T, Cut> {
        let dies = self.at == Some(self.done.fetch_add(1, Ordering::SeqCst));
        if dies && self.moment == Moment::Before {
            return Err(Cut::Planned);
        }
        let outcome = work()?;
        if dies { Err(Cut::Planned) } else { Ok(outcome) }
    }
}

#[derive(Debug, Error)]
enum Cut {
    #[error("the planned cut")]
    Planned,
    #[error(transparent)]
    Store(#[from] c1z::Error),
}

struct CutStores {
    inner: C1zStores,
    fuse: Fuse,
}

struct CutStore {
    inner: C1zStore,
    fuse: Fuse,
}

impl SyncStores for CutStores {
    type Store = CutStore;

    fn check(&self) -> Result<(), Cut> {
        Ok(self.inner.check()?)
    }

    fn open(&self) -> Result<Option<CutStore>, Cut> {
        Ok(self.inner.open()?.map(|inner| CutStore { inner, fuse: self.fuse.clone() }))
    }

    fn is_damage(error: &Cut) -> bool {
        matches!(error, Cut::Store(error) if C1zStores::is_damage(error))
    }

    fn create(&self, start: &SyncStart) -> Result<CutStore, Cut> {
        let inner = self.fuse.burn(|| self.inner.create(start))?;
        Ok(CutStore { inner, fuse: self.fuse.clone() })
    }

    fn previous(&self) -> Result<Option<Previous>, Cut> {
        Ok(self.inner.previous()?)
    }

    fn discard(&self) -> Result<(), Cut> {
        Ok(self.inner.discard()?)
    }
}

impl SyncStore for CutStore {
    type Error = Cut;

    fn start(&self) -> SyncStart {
        self.inner.start()
    }
    fn is_ended(&self) -> bool {
        self.inner.is_ended()
    }
    fn token(&self) -> Result<String, Cut> {
        Ok(self.inner.token()?)
    }
    fn note(&self, key: &str) -> Result<Option<Vec<u8>>, Cut> {
        Ok(self.inner.note(key)?)
    }
    fn notes(&self, prefix: &str) -> Result<Vec<(String, Vec<u8>)>, Cut> {
        Ok(self.inner.notes(prefix)?)
    }
    fn report(&self) -> Result<Option<String>, Cut> {
        Ok(self.inner.report()?)
    }
    fn commit(&mut self, change: &Change<'_>) -> Result<Committed, Cut> {
        let inner = &mut self.inner;
        self.fuse.burn(|| inner.commit(change))
    }
    fn contains(&self, id: &ResourceId) -> Result<bool, Cut> {
        Ok(self.inner.contains(id)?)
    }
    fn holds(&self, id: &GrantId) -> Result<bool, Cut> {
        Ok(self.inner.holds(id)?)
    }
    fn for_each_id(&self, of: &ResourceTypeId, each: &mut dyn FnMut(&str)) -> Result<(), Cut> {
        Ok(self.inner.for_each_id(of, each)?)
    }
    fn resource(&self, id: &ResourceId) -> Result<Option<Resource>, Cut> {
        Ok(self.inner.resource(id)?)
    }
    fn counts(&self) -> Result<Counts, Cut> {
        Ok(self.inner.counts()?)
    }
    fn dangling(&self) -> Result<Dangling, Cut> {
        Ok(self.inner.dangling()?)
    }
    fn expand(&mut self, discovered_at: Timestamp) -> Result<Expanded, Cut> {
        let inner = &mut self.inner;
        self.fuse.burn(|| inner.expand(discovered_at))
    }
    fn seal(
        self,
        ended_at: Timestamp,
        keep_earlier: bool,
        progress: &mut dyn FnMut(&str),
    ) -> Result<Sealed, Cut> {
        let inner = self.inner;
        self.fuse.burn(|| inner.seal(ended_at, keep_earlier, progress))
    }
}

/// Users, groups, a nested membership that expands, a deferred statement, somebody whom the pages skipped, somebody who
/// stays missing, somebody who left, a member nobody returned and a grant that leads nowhere.
fn source() -> Scripted {
    let mut source = Scripted::workspace(8);
    let people = |ids: &[&str]| Page {
        facts: Facts { resources: ids.iter().map(|id| person(id)).collect(), ..Facts::default() },
        ..Page::default()
    };
    source.pages.insert(cursor("users", 1), people(&["u004", "u005"]));
    source.pages.insert(cursor("again", 1), people(&["u003", "u004", "u005"]));
    source.after = Some(inventory(&["u000", "u001", "u002", "u003", "u004", "u005", "u006", "x"]));
    let groups = source.pages.get_mut(&cursor("groups", 0)).unwrap();
    let ghost = ResourceId::new(crate::scripted::USER, "ghost");
    groups.facts.grants.push(crate::scripted::member("g0", &ghost));
    groups.facts.grants.push(crate::scripted::member("nowhere", &ghost));
    source
}

/// One run; `Ok` if it sealed, `Err` if the planned cut ended it. Anything else fails the test.
async fn run(
    output: &std::path::Path,
    concurrency: usize,
    operation: Option<(u64, Moment)>,
    answer: Option<u64>,
    counted: &Rc<Cell<(u64, u64)>>,
) -> Result<SyncReport, ()> {
    let (at, moment) = operation.map_or((None, Moment::Before), |(at, moment)| (Some(at), moment));
    let fuse = Fuse { at, moment, done: Arc::default() };
    let mut source = source();
    source.fail_at = answer;
    let stores = CutStores { inner: C1zStores::lock(output).unwrap(), fuse: fuse.clone() };
    let options = Options { concurrency, ..Options::default() };
    let outcome = sync_engine::sync(&source, &stores, &SystemClock, &options, &NoObserver).await;
    counted.set((fuse.done.load(Ordering::SeqCst), source.questions().len() as u64));
    match outcome {
        Ok((report, _)) => Ok(report),
        Err(SyncError::Store(error)) if matches!(error.downcast_ref(), Some(Cut::Planned)) => Err(()),
        Err(SyncError::Connector(error)) if error.to_string() == "the planned failure" => Err(()),
        Err(other) => panic!("another failure than the planned one: {other:?}"),
    }
}

/// The id of the unfinished sync, once anything has been stored of it.
fn working_id(output: &std::path::Path) -> Option<String> {
    let path = output.with_file_name(".sync.c1z.work");
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
    let database = rusqlite::Connection::open_with_flags(path, flags).ok()?;
    database
        .query_row(
            "select sync_id from v1_sync_runs where sync_token != '' order by id desc limit 1",
            (),
            |row| row.get(0),
        )
        .ok()
}

/// How a case went wrong, or how many times it was cut.
async fn case(
    reference: &str,
    concurrency: usize,
    operation: Option<(u64, Moment)>,
    answer: Option<u64>,
    again: bool,
) -> u64 {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("sync.c1z");
    let counted = Rc::new(Cell::new((0, 0)));
    let name = format!("{operation:?} {answer:?} again {again} concurrency {concurrency}");
    let mut cuts = 0;
    let mut report = run(&output, concurrency, operation, answer, &counted).await;
    let mut first_id = None;
    if report.is_err() {
        cuts += 1;
        first_id = working_id(&output).or_else(|| dump_id(&output));
        if again {
            // The resumed run dies at its first write.
            report = run(&output, concurrency, Some((0, Moment::After)), None, &counted).await;
            cuts += u64::from(report.is_err());
        }
        if report.is_err() {
            report = run(&output, concurrency, None, None, &counted).await;
        }
    }
    let report = report.unwrap_or_else(|()| panic!("{name}: the last run was not to be cut"));
    assert_eq!(dump::canonical(&output, &report.sync_id), reference, "{name}");
    if let Some(id) = first_id {
        let held: Vec<_> = dump::syncs(&output).into_iter().map(|(id, _)| id).collect();
        assert!(held.contains(&id), "{name}: the sync id changed");
    }
    cuts
}

/// The sealed sync, when the cut came after the file was in place.
fn dump_id(output: &std::path::Path) -> Option<String> {
    output.exists().then(|| dump::syncs(output).pop().unwrap().0)
}

#[tokio::test]
async fn a_cut_at_every_transaction_and_every_answer_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("sync.c1z");
    let counted = Rc::new(Cell::new((0, 0)));
    let report = run(&output, 1, None, None, &counted).await.unwrap();
    let reference = dump::canonical(&output, &report.sync_id);
    let (operations, answers) = counted.get();
    assert!(operations >= 15 && answers >= 8, "{operations} operations, {answers} answers");
    assert!(!report.completeness.verified && report.integrity.removed_grants == 1, "{report:?}");

    let mut cases = 0;
    let mut cuts = 0;
    for concurrency in [1, 4] {
        for at in 0..operations {
            for moment in [Moment::Before, Moment::After] {
                cuts += case(&reference, concurrency, Some((at, moment)), None, cases % 3 == 0).await;
                cases += 1;
            }
        }
        for answer in 0..answers {
            cuts += case(&reference, concurrency, None, Some(answer), cases % 3 == 0).await;
            cases += 1;
        }
    }
    // Guards against a sweep that never cuts.
    assert!(cuts > cases, "{cuts} cuts in {cases} cases");
}
