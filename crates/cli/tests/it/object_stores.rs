//! The output is in an object store: the whole program against the look-alikes of Clockify and S3.

use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::{Duration, Instant};

use clockify_sim::{Action as Clockify, Endpoint, Fault as ClockifyFault, SeededWorkspace, Simulator};
use insta::{assert_snapshot, with_settings};
use s3_sim::{Action, Fault, Method, Rights, S3};
use sync_trials::database::{texts, with};
use sync_trials::{Expected, same};

use crate::program::{KEY, Program, Ran};

const BUCKET: &str = "audits";
const OBJECT: &str = "clockify/sync.c1z";
const ADDRESS: &str = "s3://audits/clockify/sync.c1z";

async fn clockify() -> Simulator {
    Simulator::builder(SeededWorkspace::demo()).api_key(KEY).start().await.unwrap()
}

async fn store() -> S3 {
    S3::builder().bucket(BUCKET).start().await.unwrap()
}

/// Writes to the store, keeps what is unfinished in `data` and what is temporary in `tmp`.
fn program(simulator: &Simulator, s3: &S3) -> Program {
    let program = Program::against(simulator).set("BATON_FILE", ADDRESS).set("BATON_DATA_DIR", "data");
    std::fs::create_dir(program.folder().join("tmp")).unwrap();
    let tmp = program.folder().join("tmp").to_str().unwrap().to_owned();
    s3.variables().iter().fold(program.set("TMPDIR", &tmp), |program, (name, value)| program.set(name, value))
}

/// Every file in the folder of a program, without folders.
fn left(program: &Program) -> Vec<String> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { walk(&path, found) } else { found.push(path) }
        }
    }
    let mut found = Vec::new();
    walk(program.folder(), &mut found);
    let mut names: Vec<_> =
        found.iter().map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

/// Writes a file of the test's own.
fn write(path: impl AsRef<std::path::Path>, content: impl AsRef<[u8]>) {
    std::io::Write::write_all(&mut std::fs::File::create(path).unwrap(), content.as_ref()).unwrap();
}

/// Looks into the object, with SQLite alone.
fn look<T>(s3: &S3, look: impl FnOnce(&rusqlite::Connection) -> T) -> T {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("object.c1z");
    write(&path, s3.object(BUCKET, OBJECT).unwrap());
    with(&path, look)
}

fn syncs(s3: &S3) -> Vec<String> {
    look(s3, |database| texts(database, "select sync_id from v1_sync_runs order by id"))
}

#[track_caller]
fn holds_everything(s3: &S3, simulator: &Simulator) {
    let expected = Expected::of(&*simulator.content(), false);
    look(s3, |database| {
        let sync = texts(database, "select sync_id from v1_sync_runs order by ended_at desc").remove(0);
        for (table, expected) in [("v1_resources", &expected.resources), ("v1_grants", &expected.grants)] {
            let rows = format!("select external_id from {table} where sync_id = '{sync}'");
            same(&texts(database, &rows).into_iter().collect(), expected);
        }
    });
}

/// A failure, without addresses of this machine; and nothing secret in it.
#[track_caller]
fn fails(s3: &S3, ran: &Ran, code: i32, snapshot: &str) {
    let transcript = ran.transcript();
    assert_eq!(ran.code, Some(code), "{transcript}");
    for text in [&ran.stdout, &ran.stderr] {
        assert!(!text.contains(s3.secret()) && !text.contains(KEY) && !text.contains("AWS4-HMAC"), "{text}");
    }
    // How a broken connection is noticed depends on who is faster.
    let broken = r"(Connection reset by peer|Broken pipe) \(os error \d+\)|connection (closed|error).*";
    with_settings!({ filters => [(broken, "BROKEN")] }, {
        assert_snapshot!(snapshot, transcript);
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn two_syncs_are_kept_at_the_address_and_nothing_on_this_disk() {
    let (simulator, s3) = (clockify().await, store().await);
    let program = program(&simulator, &s3);
    let ran = program.run(&["--task-concurrency", "1"]).succeeded();
    assert!(ran.stderr.contains("Only service mode looks at [task-concurrency]:"), "{}", ran.stderr);
    assert!(ran.stdout.contains(ADDRESS), "{}", ran.stdout);
    assert!(!ran.stdout.contains("object-stores"), "{}", ran.stdout);
    holds_everything(&s3, &simulator);
    let first = syncs(&s3);
    program.run(&[]).succeeded();
    let second = syncs(&s3);
    assert_eq!((second.len(), &second[..1]), (2, &first[..]));
    program.run(&[]).succeeded();
    let third = syncs(&s3);
    assert_eq!((third.len(), &third[..1]), (2, &second[1..]));
    assert_eq!(s3.keys(), [OBJECT]);
    assert_eq!(s3.open_uploads(), 0);
    assert_eq!(left(&program), Vec::<String>::new());
    // No empty folder stays either, except the one that was named.
    assert_eq!(std::fs::read_dir(program.folder().join("data")).unwrap().count(), 0);
    let program = program.unset("BATON_DATA_DIR");
    program.run(&[]).succeeded();
    program.run(&["doctor"]).succeeded();
    assert_eq!(program.files(), ["data", "tmp"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_work_is_refused_before_clockify_is_asked() {
    let (simulator, s3) = (clockify().await, store().await);
    let program = program(&simulator, &s3);
    fails(&s3, &program.run(&["--file", "s3://nothing/sync.c1z"]), 5, "no_bucket");
    s3.allow(Rights { write: false, ..Rights::ALL });
    fails(&s3, &program.run(&[]), 7, "may_not_write");
    s3.allow(Rights { read: false, ..Rights::ALL });
    fails(&s3, &program.run(&[]), 7, "may_not_read");
    s3.allow(Rights { list: false, ..Rights::ALL });
    fails(&s3, &program.run(&[]), 7, "may_not_list");
    s3.allow(Rights::ALL);
    let program = program.set("AWS_SECRET_ACCESS_KEY", "another-secret");
    fails(&s3, &program.run(&[]), 16, "wrong_secret");
    let program = s3.variables().iter().fold(program, |program, (name, value)| program.set(name, value));
    let program = program.set("AWS_REGION", "us-east-1");
    fails(&s3, &program.run(&[]), 3, "wrong_region");
    let program = program.set("AWS_ENDPOINT_URL", "http://192.0.2.1");
    fails(&s3, &program.run(&[]), 3, "without_encryption");
    assert!(simulator.requests().is_empty());
    assert!(s3.keys().is_empty());
    assert_eq!(left(&program), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_there_and_is_no_c1z_is_not_overwritten() {
    let (simulator, s3) = (clockify().await, store().await);
    let program = program(&simulator, &s3);
    s3.set(BUCKET, OBJECT, "somebody's notes");
    fails(&s3, &program.run(&[]), 9, "no_c1z");
    assert_eq!(s3.object(BUCKET, OBJECT).unwrap(), "somebody's notes");
    assert!(simulator.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_previous_sync_guards_against_shrinking_and_against_other_workspaces() {
    let (simulator, s3) = (clockify().await, store().await);
    let program = program(&simulator, &s3);
    program.run(&[]).succeeded();
    let before = s3.object(BUCKET, OBJECT).unwrap();
    simulator.replace_content(SeededWorkspace::demo().groups(0));
    let ran = program.run(&[]);
    assert_eq!(ran.code, Some(9), "{}", ran.transcript());
    let ran = program.run(&["demo", "--users", "5"]);
    assert_eq!(ran.code, Some(9), "{}", ran.transcript());
    assert_eq!(s3.object(BUCKET, OBJECT).unwrap(), before);
    program.run(&["--allow-shrink"]).succeeded();
    assert_eq!(syncs(&s3).len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_that_was_cut_off_goes_on() {
    let s3 = store().await;
    let workspace = SeededWorkspace::new(5).users(300).groups(10);
    let refusal =
        ClockifyFault::on(Endpoint::Users, Clockify::too_many_requests(Some(1800))).page(3).attempt(1);
    let simulator = Simulator::builder(workspace).api_key(KEY).fault(refusal).start().await.unwrap();
    let program = program(&simulator, &s3).set("BATON_PAGE_SIZE", "100");
    assert_eq!(program.run(&[]).code, Some(75));
    assert!(s3.keys().is_empty());
    assert_eq!(left(&program), [".sync.c1z.work"]);
    let ran = program.run(&[]).succeeded();
    assert!(ran.stdout.contains("in 2 runs"), "{}", ran.stdout);
    holds_everything(&s3, &simulator);
    assert_eq!(left(&program), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_is_cut_off_shows_nothing_and_only_it_is_made_up_for() {
    for there in [false, true] {
        let (simulator, s3) = (clockify().await, store().await);
        let program = program(&simulator, &s3);
        if there {
            program.run(&[]).succeeded();
        }
        let before = s3.object(BUCKET, OBJECT);
        s3.fault(Fault::on(Method::PUT, Action::CutRequest(1000)).times(99));
        let ran = program.run(&[]);
        fails(&s3, &ran, 14, "cut_upload");
        assert_eq!(s3.object(BUCKET, OBJECT), before);
        assert_eq!(left(&program), [".sync.c1z.work"]);

        s3.heal();
        let asked = simulator.requests().len();
        program.run(&[]).succeeded();
        assert_eq!(simulator.requests().len(), asked, "Clockify is asked nothing");
        holds_everything(&s3, &simulator);
        assert_eq!(syncs(&s3).len(), if there { 2 } else { 1 });
        assert_eq!(left(&program), Vec::<String>::new());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_whose_answer_got_lost_is_a_success() {
    let (simulator, s3) = (clockify().await, store().await);
    let program = program(&simulator, &s3);
    s3.fault(Fault::on(Method::PUT, Action::CutAnswer));
    program.run(&[]).succeeded();
    holds_everything(&s3, &simulator);
}

/// Waits until the program sends its file.
async fn until_sending(s3: &S3, child: &mut Child) {
    let begun = Instant::now();
    while !s3.hangs() {
        assert!(begun.elapsed() < Duration::from_secs(60), "never sent");
        assert_eq!(child.try_wait().unwrap(), None, "ended before it sent anything");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_ends_while_it_sends_leaves_only_that_to_do() {
    for (signal, code) in [("TERM", Some(75)), ("KILL", None)] {
        let (simulator, s3) = (clockify().await, store().await);
        let program = program(&simulator, &s3);
        s3.fault(Fault::on(Method::PUT, Action::Hang));
        let mut child = program.start(&[]);
        until_sending(&s3, &mut child).await;
        let kill = format!("kill -{signal} {}", child.id());
        assert!(std::process::Command::new("sh").args(["-c", &kill]).status().unwrap().success());
        let begun = Instant::now();
        assert_eq!(child.wait().unwrap().code(), code);
        assert!(begun.elapsed() < Duration::from_secs(5));
        assert!(s3.keys().is_empty());
        let asked = simulator.requests().len();
        program.run(&[]).succeeded();
        assert_eq!(simulator.requests().len(), asked);
        holds_everything(&s3, &simulator);
        assert_eq!(left(&program), Vec::<String>::new());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_machines_one_wins_and_the_other_adds_its_sync() {
    let (simulator, s3) = (clockify().await, store().await);
    let (ours, theirs) = (program(&simulator, &s3), program(&simulator, &s3));
    ours.run(&[]).succeeded();
    // What the other machine writes while this one reads.
    let before = s3.object(BUCKET, OBJECT).unwrap();
    theirs.run(&[]).succeeded();
    let other = s3.object(BUCKET, OBJECT).unwrap();
    s3.set(BUCKET, OBJECT, before);
    s3.fault(Fault::on(Method::PUT, Action::Overtake(other.to_vec())));
    let ran = ours.run(&[]);
    fails(&s3, &ran, 9, "overtaken");
    assert_eq!(s3.object(BUCKET, OBJECT).unwrap(), other, "theirs stays");

    let (asked, found) = (simulator.requests().len(), syncs(&s3));
    ours.run(&[]).succeeded();
    assert_eq!(simulator.requests().len(), asked, "Clockify is asked nothing");
    let now = syncs(&s3);
    assert!(now.contains(&found[1]), "{now:?} lost {found:?}");
    assert!(now.len() > found.len() || !found.contains(now.last().unwrap()), "{now:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_runs_on_one_machine_are_kept_apart_by_the_lock() {
    let (simulator, s3) = (clockify().await, store().await);
    let program = program(&simulator, &s3);
    s3.fault(Fault::on(Method::PUT, Action::Hang));
    let mut child = program.start(&[]);
    until_sending(&s3, &mut child).await;
    let asked = simulator.requests().len();
    fails(&s3, &program.run(&[]), 9, "locked");
    assert_eq!(simulator.requests().len(), asked);
    child.kill().unwrap();
    child.wait().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_question_reads_from_an_address() {
    let (simulator, s3) = (clockify().await, store().await);
    let program = program(&simulator, &s3);
    program.run(&[]).succeeded();
    program.run(&[]).succeeded();
    write(program.folder().join("local.c1z"), s3.object(BUCKET, OBJECT).unwrap());
    let asked = simulator.requests().len();
    for question in [
        &["users"][..],
        &["groups"],
        &["grants", "-o", "json"],
        &["syncs"],
        &["stats"],
        &["diff", ADDRESS, ADDRESS],
        &["findings"],
    ] {
        let there = program.run(question);
        let here: Vec<_> = question.iter().chain(&["--file", "local.c1z"]).copied().collect();
        let here = program.run(&here);
        assert_eq!(there.code, here.code, "{question:?}: {}", there.transcript());
        let same = there.stdout.replace(ADDRESS, "local.c1z");
        assert_eq!(same, here.stdout.replace(ADDRESS, "local.c1z"), "{question:?}");
    }
    program.run(&["diff", "local.c1z"]).succeeded();
    program.run(&["report", "--out", "report.html"]).succeeded();
    program.run(&["export", "csv"]).succeeded();
    program.run(&["evidence", "create", "pack", "--since", ADDRESS]).succeeded();
    program.run(&["evidence", "verify", "pack"]).succeeded();
    program.run(&["status"]).succeeded();
    assert_eq!(simulator.requests().len(), asked);
    assert_eq!(std::fs::read_dir(program.folder().join("tmp")).unwrap().count(), 0, "copies stay");
    let missing = program.run(&["users", "--file", "s3://audits/no.c1z"]);
    fails(&s3, &missing, 5, "nothing_to_read");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_writes_there_and_its_status_is_found_by_the_address() {
    let (simulator, s3) = (clockify().await, store().await);
    let program = program(&simulator, &s3);
    let mut child = program.start(&["schedule", "--every", "6h"]);
    let begun = Instant::now();
    loop {
        let status = program.run(&["status", "-o", "json"]);
        let known: serde_json::Value = serde_json::from_str(&status.stdout).unwrap_or_default();
        if known["schedule"]["last_success"].is_object() && known["schedule"]["next_run"].is_string() {
            assert_eq!(status.code, Some(0), "{}", status.transcript());
            assert_eq!(known["schedule"]["output"], ADDRESS);
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{}", status.transcript());
        assert_eq!(child.try_wait().unwrap(), None);
    }
    holds_everything(&s3, &simulator);
    let second = program.run(&["schedule", "--every", "6h"]);
    assert_eq!(second.code, Some(9), "{}", second.transcript());
    assert!(second.stderr.contains(ADDRESS), "{}", second.stderr);
    let kill = format!("kill -TERM {}", child.id());
    assert!(std::process::Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(left(&program), [".sync.c1z.status.json"]);
    s3.set(BUCKET, OBJECT, "gone bad");
    tokio::time::sleep(Duration::from_millis(1100)).await;
    assert_eq!(program.run(&["status", "--max-age", "1s"]).code, Some(9));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authority_of_ones_own_is_trusted_when_it_is_named() {
    let simulator = clockify().await;
    let s3 = S3::builder().bucket(BUCKET).tls("localhost").start().await.unwrap();
    let program = program(&simulator, &s3);
    let authority = program.folder().join("authority.pem");
    write(&authority, s3.authority().unwrap());
    assert_eq!(program.run(&[]).code, Some(14));
    assert!(simulator.requests().is_empty());
    program.run(&["--ca-cert", "authority.pem"]).succeeded();
    let program = program.set("SSL_CERT_FILE", authority.to_str().unwrap());
    program.run(&[]).succeeded();
    assert_eq!(program.run(&["syncs", "-o", "jsonl"]).succeeded().stdout.lines().count(), 2);
}
