//! The example from the outside: the conformance suite, and its program's file seen with SQLite alone.

use std::process::Command;

use in_memory::{Directory, DirectoryConnector};
use sync_engine::conformance::assert_conforms;
use sync_trials::{database, dump};

#[tokio::test]
async fn it_keeps_the_promises_that_the_engine_builds_on() {
    assert_conforms(|| DirectoryConnector::new(Directory::harbour())).await;
}

#[test]
fn its_program_writes_a_sealed_file() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("harbour.c1z");
    let ran = Command::new(env!("CARGO_BIN_EXE_in-memory")).arg(&output).output().unwrap();
    assert!(ran.status.success(), "{ran:?}");
    // Five of the people are in the harbour: one directly, four by way of their teams.
    let said = String::from_utf8(ran.stdout).unwrap();
    assert!(said.ends_with(": 5 users, 3 teams, 11 grants (4 by way of a team)\n"), "{said}");

    let syncs = dump::syncs(&output);
    assert!(matches!(&syncs[..], [(_, true)]), "one sync, and it is sealed: {syncs:?}");
    assert_eq!(
        dump::ids(&output, "v1_resources"),
        ["team:t1", "team:t2", "team:t3", "user:p1", "user:p2", "user:p3", "user:p4", "user:p5"]
    );
    assert_eq!(
        dump::ids(&output, "v1_grants"),
        [
            "team:t1:member:user:p1",
            "team:t1:member:user:p2",
            "team:t2:member:user:p3",
            "team:t2:member:user:p4",
            "team:t3:member:team:t1",
            "team:t3:member:team:t2",
            "team:t3:member:user:p1",
            "team:t3:member:user:p2",
            "team:t3:member:user:p3",
            "team:t3:member:user:p4",
            "team:t3:member:user:p5",
        ]
    );
    let broken = database::with(&output, |file| {
        let sql = "select count(*) from v1_grants g left join v1_entitlements e on e.external_id = g.entitlement_id \
                   where e.id is null";
        file.query_row(sql, (), |row| row.get::<_, i64>(0)).unwrap()
    });
    assert_eq!(broken, 0);
}

#[test]
fn its_program_says_what_it_needs() {
    let ran = Command::new(env!("CARGO_BIN_EXE_in-memory")).output().unwrap();
    assert!(!ran.status.success());
    assert!(String::from_utf8(ran.stderr).unwrap().contains("name the file to write"));
}
