//! What the next run makes of what an unfinished sync left behind, whole, damaged or made under other conditions: it
//! goes on, or says why not and starts afresh. What was sealed before stays.

use std::fs::{self, File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use clockify_sim::{Action, Endpoint, Fault, SeededWorkspace, Simulator};
use rusqlite::Connection;
use sync_trials::database::{texts, with};
use sync_trials::{Expected, same};

use crate::program::{KEY, Program, Ran};

const WORK: &str = ".sync.c1z.work";
const JOURNAL: &str = ".sync.c1z.work-journal";

/// A workspace with a sealed sync, and a second sync that was cut off after some pages.
struct Cut {
    simulator: Simulator,
    program: Program,
    /// The id of the sealed sync.
    sealed: String,
    /// The id of the unfinished one.
    unfinished: String,
}

impl Cut {
    /// Cut off by a quota: the program has ended in order.
    async fn stopped() -> Self {
        let cut = Self::sealed_with(Action::too_many_requests(Some(1800))).await;
        let ran = cut.program.run(&[]);
        assert_eq!(ran.code, Some(75), "{}", ran.transcript());
        cut.found()
    }

    /// Cut off by SIGKILL.
    async fn killed() -> Self {
        let cut = Self::sealed_with(Action::Delay(Duration::from_secs(600))).await;
        let mut child = cut.program.start(&[]);
        let begun = Instant::now();
        while stored(cut.program.folder()) < 200 {
            assert!(begun.elapsed() < Duration::from_secs(60), "no page was stored");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(cut.program.folder().join(JOURNAL).exists());
        assert!(cut.program.folder().join(".sync.c1z.lock").exists(), "a lock of a dead process");
        cut.found()
    }

    /// The third page of users of the second sync meets a fault.
    async fn sealed_with(action: Action) -> Self {
        let workspace = SeededWorkspace::new(5).users(300).groups(10);
        let fault = Fault::on(Endpoint::Users, action).page(3).attempt(2);
        let simulator = Simulator::builder(workspace).api_key(KEY).fault(fault).start().await.unwrap();
        let program = Program::against(&simulator).set("BATON_PAGE_SIZE", "100");
        program.run(&[]).succeeded();
        let sealed =
            with(&program.output(), |file| texts(file, "select sync_id from v1_sync_runs")).remove(0);
        Self { simulator, program, sealed, unfinished: String::new() }
    }

    fn found(mut self) -> Self {
        let copy = self.copy();
        let work = Connection::open(copy.folder().join(WORK)).unwrap();
        self.unfinished = texts(&work, "select sync_id from v1_sync_runs").remove(0);
        self
    }

    /// Everything in the folder, in a folder of its own.
    fn copy(&self) -> Program {
        let copy = Program::against(&self.simulator).set("BATON_PAGE_SIZE", "100");
        for name in self.program.files() {
            fs::copy(self.program.folder().join(&name), copy.folder().join(&name)).unwrap();
        }
        copy
    }

    /// The run that found it ended with a whole new sync beside the sealed one. Gives the id of the new one.
    #[track_caller]
    fn ends_whole(&self, program: &Program, case: &str) -> String {
        let expected = Expected::of(&*self.simulator.content(), false);
        let newest = with(&program.output(), |file| {
            assert_eq!(texts(file, "pragma integrity_check"), ["ok"], "{case}");
            let syncs = texts(file, "select sync_id from v1_sync_runs order by ended_at");
            assert_eq!(syncs.len(), 2, "{case}: {syncs:?}");
            assert_eq!(syncs[0], self.sealed, "{case}");
            for sync in &syncs {
                let ids = |table: &str| {
                    let sql = format!("select external_id from {table} where sync_id = '{sync}'");
                    texts(file, &sql).into_iter().collect()
                };
                same(&ids("v1_resources"), &expected.resources);
                same(&ids("v1_grants"), &expected.grants);
            }
            syncs[1].clone()
        });
        assert_eq!(program.files(), ["sync.c1z"], "{case}");
        newest
    }

    /// Goes on: the same sync id, the page that was in flight, and the list of members afterwards.
    #[track_caller]
    fn goes_on(&self, program: &Program, arguments: &[&str], case: &str) -> Ran {
        let asked = self.simulator.requests().len();
        let ran = program.run(arguments).succeeded();
        let asked: Vec<_> = self.simulator.requests()[asked..]
            .iter()
            .map(|request| (request.endpoint, request.page))
            .collect();
        assert_eq!(asked, [(Endpoint::Users, Some(3)), (Endpoint::Workspace, Some(1))], "{case}");
        assert_eq!(self.ends_whole(program, case), self.unfinished, "{case}");
        ran
    }

    /// Says why not, and reads everything anew under another id.
    #[track_caller]
    fn starts_afresh(&self, program: &Program, arguments: &[&str], why: Option<&str>, case: &str) {
        let ran = program.run(arguments).succeeded();
        let messages = messages(&ran);
        let said = messages.iter().find(|message| message.contains("cannot be resumed"));
        match why {
            Some(why) => {
                let expected = format!(
                    "The sync that was cut off cannot be resumed: {why}. Starting afresh; nothing that was sealed is lost."
                );
                assert_eq!(said, Some(&expected), "{case}: {messages:#?}");
            }
            None => assert_eq!(said, None, "{case}"),
        }
        assert!(!messages.iter().any(|message| message.starts_with("Resuming")), "{case}: {messages:#?}");
        assert_ne!(self.ends_whole(program, case), self.unfinished, "{case}");
    }
}

/// What was logged, without the fields.
fn messages(ran: &Ran) -> Vec<String> {
    let lines = ran.stderr.lines().filter(|line| line.starts_with('{'));
    let message = |line| {
        serde_json::from_str::<serde_json::Value>(line).unwrap()["message"].as_str().unwrap().to_owned()
    };
    lines.map(message).collect()
}

/// Users that a running sync has committed.
fn stored(folder: &Path) -> i64 {
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
    let count = |database: Connection| {
        database.query_row("select count(*) from v1_resources where resource_type_id = 'user'", (), |row| {
            row.get(0)
        })
    };
    Connection::open_with_flags(folder.join(WORK), flags).and_then(count).unwrap_or_default()
}

fn put(path: &Path, content: &[u8]) {
    File::create(path).unwrap().write_all(content).unwrap();
}

/// Overwrites part of a file.
fn scribble(path: &Path, at: u64, length: usize) {
    let mut file = OpenOptions::new().write(true).open(path).unwrap();
    file.seek(SeekFrom::Start(at)).unwrap();
    file.write_all(&vec![0xa5; length]).unwrap();
}

fn sql(program: &Program, statement: &str) {
    let work = Connection::open(program.folder().join(WORK)).unwrap();
    assert!(work.execute(statement, ()).unwrap() > 0, "{statement}");
}

const DAMAGED: &str = "its working database is damaged";
const EMPTY: &str = "its working database is empty";

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_goes_on_and_says_from_where_and_how_old_it_is() {
    let cut = Cut::stopped().await;
    let program = cut.copy();
    sql(
        &program,
        "update v1_sync_runs set sync_token = json_set(sync_token, '$.at', \
         strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-185 minutes'))",
    );
    sql(
        &program,
        "update v1_sync_runs set started_at = strftime('%Y-%m-%d %H:%M:%S', 'now', '-200 minutes')",
    );
    let ran = cut.goes_on(&program, &[], "as it was");
    let expected = format!(
        "Resuming sync {} from its checkpoint of 3 h 5 min ago: 4 pages are stored (groups 1, roles 1, users 2) and not read \
         again. It began 3 h 20 min ago.",
        cut.unfinished
    );
    assert!(messages(&ran).contains(&expected), "{:#?}", messages(&ran));
    assert!(ran.stdout.contains("in 2 runs"), "{}", ran.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_happened_to_the_working_database_the_next_run_says_so_and_starts_afresh() {
    let cut = Cut::stopped().await;
    let file = |program: &Program, name: &str| program.folder().join(name);
    let whole = fs::read(cut.program.folder().join(WORK)).unwrap();
    let size = whole.len() as u64;
    // SQLite's file format, 1.3.2: how large the pages are.
    let page_size = u16::from_be_bytes([whole[16], whole[17]]);
    assert!(size > 10 * u64::from(page_size), "{size}");

    let program = cut.copy();
    fs::remove_file(file(&program, WORK)).unwrap();
    cut.starts_afresh(&program, &[], None, "deleted");

    let program = cut.copy();
    put(&file(&program, WORK), b"");
    cut.starts_afresh(&program, &[], Some(EMPTY), "zero length");

    let program = cut.copy();
    OpenOptions::new().write(true).open(file(&program, WORK)).unwrap().set_len(size / 2).unwrap();
    cut.starts_afresh(&program, &[], Some(DAMAGED), "truncated");

    let program = cut.copy();
    put(&file(&program, WORK), b"not a database at all, and long enough to show it. ".repeat(400).as_slice());
    cut.starts_afresh(&program, &[], Some(DAMAGED), "garbage");

    // The header and the first tables are whole, so it opens like a sound one.
    let pages = size / u64::from(page_size);
    for page in [pages / 2, pages - 4] {
        let program = cut.copy();
        scribble(&file(&program, WORK), page * u64::from(page_size), 3 * usize::from(page_size));
        cut.starts_afresh(&program, &[], Some(DAMAGED), &format!("garbage from page {page} on"));
    }

    let program = cut.copy();
    fs::remove_file(file(&program, WORK)).unwrap();
    fs::create_dir(file(&program, WORK)).unwrap();
    cut.starts_afresh(&program, &[], Some(DAMAGED), "a folder");

    let program = cut.copy();
    fs::remove_file(file(&program, WORK)).unwrap();
    Connection::open(file(&program, WORK)).unwrap().execute_batch("create table notes (id integer)").unwrap();
    cut.starts_afresh(&program, &[], Some(DAMAGED), "another program's database");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_working_database_that_cannot_be_removed_is_refused_and_the_sealed_file_untouched() {
    let cut = Cut::stopped().await;
    let program = cut.copy();
    let work = program.folder().join(WORK);
    fs::remove_file(&work).unwrap();
    fs::create_dir(&work).unwrap();
    put(&work.join("something"), b"of somebody");
    let before = fs::read(program.output()).unwrap();
    let ran = program.run(&[]);
    assert_eq!(ran.code, Some(9), "{}", ran.transcript());
    assert!(ran.stderr.contains("error: ") && ran.stderr.contains(WORK), "{}", ran.transcript());
    assert!(ran.stderr.contains("hint: "), "{}", ran.transcript());
    assert_eq!(fs::read(program.output()).unwrap(), before);
    assert_eq!(fs::read(work.join("something")).unwrap(), b"of somebody");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_costs_what_was_not_committed_and_no_more() {
    let cut = Cut::killed().await;
    let file = |program: &Program, name: &str| program.folder().join(name);

    let program = cut.copy();
    cut.goes_on(&program, &[], "as it was");

    // Between two transactions it is empty, and says nothing.
    let program = cut.copy();
    fs::remove_file(file(&program, JOURNAL)).unwrap();
    cut.goes_on(&program, &[], "without its journal");

    let program = cut.copy();
    put(&file(&program, JOURNAL), &vec![0xa5; 64 * 1024]);
    cut.goes_on(&program, &[], "with garbage for a journal");

    // In the middle of a transaction that has spoilt half of the pages: what was there is in the journal.
    let (spoilt, program) = (cut.copy(), cut.copy());
    let connection = Connection::open(file(&spoilt, WORK)).unwrap();
    connection
        .execute_batch(
            "pragma cache_size = 10; begin; update v1_resources set data = zeroblob(length(data)); \
             update v1_sync_runs set sync_token = 'spoilt'",
        )
        .unwrap();
    for name in [WORK, JOURNAL] {
        fs::copy(file(&spoilt, name), file(&program, name)).unwrap();
    }
    assert!(fs::metadata(file(&program, JOURNAL)).unwrap().len() > 20_000);
    let pages = |program: &Program| fs::read(file(program, WORK)).unwrap();
    assert_ne!(pages(&program), pages(&cut.copy()));
    cut.goes_on(&program, &[], "killed in the middle of a transaction");
    drop(connection);

    let program = cut.copy();
    fs::remove_file(file(&program, WORK)).unwrap();
    cut.starts_afresh(&program, &[], None, "a journal without its database");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_syncs_working_database_is_not_taken_for_this_one() {
    let cut = Cut::stopped().await;

    // A sealed sync, unpacked: what a run leaves behind that is cut off between putting the file in place and tidying up.
    let program = cut.copy();
    let bytes = fs::read(program.output()).unwrap();
    let database = zstd::stream::decode_all(&bytes[5..]).unwrap();
    put(&program.folder().join(WORK), &database);
    let asked = cut.simulator.requests().len();
    let ran = program.run(&[]).succeeded();
    assert_eq!(cut.simulator.requests().len(), asked);
    let expected = format!("Sealing sync {}, which was read to its end", cut.sealed);
    assert!(messages(&ran).iter().any(|message| message.starts_with(&expected)), "{:#?}", messages(&ran));
    with(&program.output(), |file| {
        assert_eq!(texts(file, "pragma integrity_check"), ["ok"]);
        assert_eq!(texts(file, "select sync_id from v1_sync_runs"), [cut.sealed.as_str()]);
    });
    assert_eq!(program.files(), ["sync.c1z"]);
    // It is no answer for ever.
    put(&program.folder().join(WORK), &database);
    tokio::time::sleep(Duration::from_millis(5)).await;
    let why = "it was cut off 0 s ago, and at most 0 s are allowed (--resume-max-age)";
    cut.starts_afresh(&program, &["--resume-max-age", "0s"], Some(why), "a sealed sync that is too old");

    // An unfinished sync of another workspace.
    let workspace = SeededWorkspace::new(6).users(300).groups(10);
    let fault = Fault::on(Endpoint::Users, Action::too_many_requests(Some(1800))).page(3).times(1);
    let other = Simulator::builder(workspace).api_key(KEY).fault(fault).start().await.unwrap();
    let elsewhere = Program::against(&other).set("BATON_PAGE_SIZE", "100");
    assert_eq!(elsewhere.run(&[]).code, Some(75));
    let program = cut.copy();
    fs::copy(elsewhere.folder().join(WORK), program.folder().join(WORK)).unwrap();
    cut.starts_afresh(
        &program,
        &[],
        Some("it was begun with another base URL, another workspace"),
        "another workspace's sync",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_made_under_other_conditions_is_recognised() {
    let cut = Cut::stopped().await;
    for (arguments, why) in [
        (&["--page-size", "50"][..], "it was begun with another page size"),
        (
            &["--sync-projects=false", "--sync-resource-types", "user,group,role"],
            "it was begun with another choice of resource types",
        ),
        (&["--clockify-base-url", &self::elsewhere(&cut.simulator)], "it was begun with another base URL"),
        (
            &["--resume-max-age", "0s"],
            "it was cut off 0 s ago, and at most 0 s are allowed (--resume-max-age)",
        ),
    ] {
        let program = cut.copy();
        // The checkpoint must have an age.
        tokio::time::sleep(Duration::from_millis(5)).await;
        cut.starts_afresh(&program, arguments, Some(why), why);
    }
    for (change, why) in [
        ("'$.format', 99", "its checkpoint has format 99, and this version reads 4"),
        ("'$.format', 1", "its checkpoint has format 1, and this version reads 4"),
        ("'$.format', 'x'", "its checkpoint is damaged"),
        ("'$.pages', 'x'", "its checkpoint is damaged"),
        (
            "'$.fingerprint', replace(sync_token ->> '$.fingerprint', 'engine=', 'engine=0.0.')",
            "it was begun with another version of this program",
        ),
        (
            "'$.fingerprint', replace(sync_token ->> '$.fingerprint', 'key=', 'key=0')",
            "it was begun with another key",
        ),
        ("'$.fingerprint', 'of another kind'", "it was begun with other settings"),
        (
            "'$.at', strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-25 hours')",
            "it was cut off 1 d 1 h ago, and at most 1 d are allowed (--resume-max-age)",
        ),
    ] {
        let program = cut.copy();
        sql(&program, &format!("update v1_sync_runs set sync_token = json_set(sync_token, {change})"));
        cut.starts_afresh(&program, &[], Some(why), change);
    }
    let program = cut.copy();
    sql(&program, "update v1_sync_runs set sync_token = '{\"format\":4,'");
    cut.starts_afresh(&program, &[], Some("its checkpoint is damaged"), "half a token");
    let program = cut.copy();
    sql(&program, "delete from v1_connector_sessions where key = 'baseline'");
    cut.starts_afresh(&program, &[], Some("its checkpoint is damaged"), "no baseline");
    let program = cut.copy();
    sql(&program, "update v1_sync_runs set started_at = strftime('%Y-%m-%d %H:%M:%S', 'now', '-8 days')");
    cut.starts_afresh(
        &program,
        &[],
        Some("it began 8 d ago, and no sync goes on for more than 7 d"),
        "8 days old",
    );
    let program = cut.copy();
    sql(&program, "update v1_sync_runs set started_at = '9999-12-30 21:00:00'");
    let why = "it began at 9999-12-30T21:00:00Z, and that is later than now";
    cut.starts_afresh(&program, &[], Some(why), "a beginning at the end of the calendar");
    // An age that is allowed.
    let program = cut.copy();
    sql(
        &program,
        "update v1_sync_runs set sync_token = json_set(sync_token, '$.at', \
         strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-25 hours'))",
    );
    cut.goes_on(&program, &["--resume-max-age", "26h"], "25 hours old");
}

/// The same server under another name.
fn elsewhere(simulator: &Simulator) -> String {
    simulator.base_url().replace("127.0.0.1", "localhost")
}
