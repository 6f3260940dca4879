//! The demonstration's workspace, synced once, and what its content says about people.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use clockify_sim::{AccountStatus, Content, MembershipStatus, RoleCode, SeededWorkspace, SimUser, Truth};
use rusqlite::Connection;
use serde_json::Value;
use tempfile::TempDir;

use crate::program::{Program, Ran};

/// A program in whose folder the demonstration's file stands.
pub(crate) fn demo() -> Program {
    static MADE: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, file) = MADE.get_or_init(|| {
        let program = Program::bare();
        program.run(&["demo", "--sync-projects"]).succeeded();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("sync.c1z");
        std::fs::copy(program.output(), &file).unwrap();
        (folder, file)
    });
    let program = Program::bare();
    std::fs::copy(file, program.output()).unwrap();
    program
}

/// The demonstration's file, with its sync as one that was cut off.
pub(crate) fn cut_off() -> Program {
    demo_after(|database| {
        let connection = Connection::open(database).unwrap();
        connection.execute("update v1_sync_runs set ended_at = null", ()).unwrap();
        connection.close().unwrap();
    })
}

/// The demonstration's file after something was done to the database in it.
pub(crate) fn demo_after(change: impl FnOnce(&Path)) -> Program {
    let program = demo();
    let bytes = std::fs::read(program.output()).unwrap();
    let database = program.folder().join("db");
    zstd::stream::copy_decode(&bytes[5..], std::fs::File::create(&database).unwrap()).unwrap();
    change(&database);
    let mut file = std::fs::File::create(program.output()).unwrap();
    file.write_all(b"C1ZF\0").unwrap();
    zstd::stream::copy_encode(std::fs::File::open(&database).unwrap(), file, 1).unwrap();
    std::fs::remove_file(database).unwrap();
    program
}

pub(crate) fn content() -> SeededWorkspace {
    SeededWorkspace::demo()
}

/// The rows that a command prints as JSON: one array.
pub(crate) fn rows(program: &Program, arguments: &[&str]) -> Vec<Value> {
    parsed(&program.run(&[arguments, &["-o", "json"]].concat()).succeeded())
}

pub(crate) fn parsed(ran: &Ran) -> Vec<Value> {
    match serde_json::from_str(&ran.stdout).unwrap() {
        Value::Array(rows) => rows,
        other => panic!("{other}"),
    }
}

/// The ids of rows.
pub(crate) fn ids(rows: &[Value]) -> BTreeSet<String> {
    let ids: BTreeSet<_> = rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids.len(), rows.len());
    ids
}

/// The ids of members that fulfil a condition.
pub(crate) fn members(wanted: impl Fn(&SimUser) -> bool) -> BTreeSet<String> {
    content().all_users().filter(wanted).map(|user| user.id).collect()
}

/// Ids that groups and projects name and that are no members and no groups.
pub(crate) fn strangers() -> BTreeSet<String> {
    let content = content();
    let groups: BTreeSet<_> = content.all_groups().map(|group| group.id).collect();
    let named = content.all_groups().flat_map(|group| group.user_ids);
    let named =
        named.chain(content.all_projects().flat_map(|project| project.members).map(|member| member.id));
    named.filter(|id| content.user_index(id).is_none() && !groups.contains(id)).collect()
}

/// Clockify reference, section 5.
pub(crate) fn state(user: &SimUser) -> &'static str {
    use {AccountStatus as A, MembershipStatus as M};
    match (&user.account_status, &user.membership_status) {
        (A::Deleted | A::LimitedDeleted, _) => "deleted",
        (A::NotRegistered, _) | (_, M::Pending | M::Declined | M::Inactive) => "disabled",
        (_, M::Active) => "enabled",
        other => panic!("the look-alike has no such member: {other:?}"),
    }
}

pub(crate) fn is_administrator(user: &SimUser) -> bool {
    user.has_role(RoleCode::Owner) || user.has_role(RoleCode::Admin)
}
