//! What is kept with an unfinished sync and cannot be used: the next run says so and starts afresh, instead of failing in
//! the middle, again and again.

use std::sync::Mutex;

use rusqlite::{Connection, params};
use sync_engine::{C1zStores, Event, NoObserver, Observer, Options, SyncReport, SystemClock};

use crate::scripted::Scripted;

/// Keeps why a sync was not resumed.
#[derive(Default)]
struct Discarded(Mutex<Vec<String>>);

impl Observer for Discarded {
    fn event(&self, event: &Event<'_>) {
        if let Event::Discarded { reason } = event {
            self.0.lock().unwrap().push(reason.to_string());
        }
    }
}

/// Cuts a sync off, does something to its working database, and runs again: the report, and why the cut sync was not
/// resumed, if it was not.
async fn after(change: impl FnOnce(&Connection)) -> (SyncReport, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let stores = C1zStores::lock(&folder.path().join("sync.c1z")).unwrap();
    let mut source = Scripted::workspace(10);
    source.fail_at = Some(4);
    sync_engine::sync(&source, &stores, &SystemClock, &Options::default(), &NoObserver).await.unwrap_err();
    let database = Connection::open(folder.path().join(".sync.c1z.work")).unwrap();
    change(&database);
    drop(database);

    let (source, heard) = (Scripted::workspace(10), Discarded::default());
    let ended = sync_engine::sync(&source, &stores, &SystemClock, &Options::default(), &heard).await;
    (ended.unwrap().0, heard.0.into_inner().unwrap())
}

#[tokio::test]
async fn a_note_that_cannot_be_read_is_found_before_the_sync_goes_on() {
    let note = |key: &'static str, value: &'static str| {
        move |database: &Connection| {
            const SQL: &str = "insert or replace into v1_connector_sessions (sync_id, key, value) \
                 select sync_id, ?1, ?2 from v1_sync_runs";
            database.execute(SQL, params![key, value.as_bytes()]).unwrap();
        }
    };
    // One that can be read costs nothing.
    let (report, discarded) = after(note("deferred/000000000000", r#"{"note":"g0 u001"}"#)).await;
    assert_eq!((report.runs, &discarded[..]), (2, &[][..]));
    for (key, value) in [
        ("baseline", "{}"),
        ("cursor/users/9", r#"{"stream":"users"}"#),
        ("deferred/000000000000", r#"{"note":7}"#),
        ("inventory-after", r#"{"entries":[]}"#),
        ("completeness", r#"{"verified":true}"#),
        ("integrity", "\u{0}"),
        ("grants-read", "-1"),
    ] {
        let (report, discarded) = after(note(key, value)).await;
        assert_eq!(report.runs, 1, "{key}");
        assert_eq!(discarded, ["its checkpoint is damaged"], "{key}");
    }
}

/// Numbers that no sync reaches: adding one to them is no number any more.
#[tokio::test]
async fn a_checkpoint_that_counts_beyond_everything_is_damaged() {
    let counted = |place: &'static str, count: u64| {
        move |database: &Connection| {
            let token: String =
                database.query_row("select sync_token from v1_sync_runs", (), |row| row.get(0)).unwrap();
            let mut token: serde_json::Value = serde_json::from_str(&token).unwrap();
            *token.pointer_mut(place).unwrap() = count.into();
            database.execute("update v1_sync_runs set sync_token = ?1", [token.to_string()]).unwrap();
        }
    };
    let (report, discarded) = after(counted("/reread", 5)).await;
    assert_eq!((report.runs, &discarded[..]), (2, &[][..]));
    for (place, count) in [
        ("/reread", u64::MAX),
        ("/deferred", u64::MAX),
        ("/runs", u32::MAX.into()),
        ("/usage/requests", u64::MAX),
        ("/usage/bytes", u64::MAX - 7),
        ("/pages/users", u64::MAX),
        ("/stale/users", u32::MAX.into()),
    ] {
        let (report, discarded) = after(counted(place, count)).await;
        assert_eq!(report.runs, 1, "{place}");
        assert_eq!(discarded, ["its checkpoint is damaged"], "{place}");
    }
}

/// What is not there any more must not be taken for what was never there, and what is there must be readable.
#[tokio::test]
async fn what_was_lost_or_garbled_is_found_before_the_sync_goes_on() {
    let (checkpoint, database) = ("its checkpoint is damaged", "its working database is damaged");
    for (sql, why) in [
        ("delete from v1_connector_sessions where key like 'cursor/%'", checkpoint),
        ("update v1_sync_runs set sync_token = ''", checkpoint),
        ("update v1_resources set data = x'00ff' where id = (select max(id) from v1_resources)", database),
        ("update v1_grants set data = x'00ff' where id = (select max(id) from v1_grants)", database),
        ("update v1_entitlements set external_id = x'00ff'", database),
    ] {
        let lost = |work: &Connection| assert!(work.execute(sql, ()).unwrap() > 0, "{sql}");
        let (report, discarded) = after(lost).await;
        assert_eq!((report.runs, &discarded[..]), (1, &[why.to_owned()][..]), "{sql}");
    }
}

/// A clock that was wrong must not make a checkpoint young for ever.
#[tokio::test]
async fn a_checkpoint_of_the_far_future_is_not_believed() {
    let later = |hours: i64| {
        move |work: &Connection| {
            let token: String =
                work.query_row("select sync_token from v1_sync_runs", (), |row| row.get(0)).unwrap();
            let mut token: serde_json::Value = serde_json::from_str(&token).unwrap();
            let at = jiff::Timestamp::now() + jiff::SignedDuration::from_mins(hours * 60 - 5);
            token["at"] = at.to_string().into();
            work.execute("update v1_sync_runs set sync_token = ?1", [token.to_string()]).unwrap();
        }
    };
    // Within what a clock may be set back.
    assert_eq!(after(later(1)).await.0.runs, 2);
    let (report, discarded) = after(later(48)).await;
    assert_eq!((report.runs, &discarded[..]), (1, &["its checkpoint is damaged".to_owned()][..]));
}
