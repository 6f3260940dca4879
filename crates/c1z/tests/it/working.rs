//! The working database: what commits stays, what does not commit was never there.

use std::fs;
use std::path::Path;

use c1z::{Batch, Dangling, Error, SyncType, WorkingDatabase, Written};
use governance_model::{Entitlement, Grant, Purpose, Resource, ResourceId, ResourceTypeId};
use rusqlite::Connection;

use crate::support::{
    Bench, GROUP, USER, folder, group, group_resource, member, membership, names, nested, noon_and,
    page_size, put, resource_types, rows, start, sync_id, texts, user, user_resource,
};

#[test]
fn a_committed_transaction_survives_and_an_unfinished_one_does_not() {
    let bench = Bench::new();
    let mut database = bench.filled(0, 3);
    let failed: Result<(), Error> = database.transaction(|batch| {
        batch.put_resources(&[user_resource("ghost")], noon_and(0))?;
        batch.put_session("cursor/users", b"page 8")?;
        batch.set_token("lost")?;
        assert_eq!(batch.get_session("cursor/users")?.as_deref(), Some(&b"page 8"[..]));
        Err(Error::NoFinishedSync)
    });
    assert!(matches!(failed, Err(Error::NoFinishedSync)));
    // As if killed: nothing is closed, and what SQLite keeps beside the file stays.
    std::mem::forget(database);

    let database = WorkingDatabase::open(&bench.working).unwrap().unwrap();
    assert_eq!(database.sync().sync_id, sync_id(0));
    assert_eq!(database.sync().sync_type, SyncType::Full);
    assert_eq!((database.sync().started_at, database.sync().ended_at), (noon_and(0), None));
    assert_eq!(database.token().unwrap(), "half way");
    assert_eq!(database.session("cursor/users").unwrap().as_deref(), Some(&b"page 7"[..]));
    assert!(database.contains_resource(&user("u0002")).unwrap());
    assert!(!database.contains_resource(&user("ghost")).unwrap());
    assert!(database.contains_grant(&membership("g1", user("u0002")).id()).unwrap());
    assert!(!database.contains_grant(&membership("g2", user("u0002")).id()).unwrap());
    let counts = database.counts().unwrap();
    assert_eq!((counts.resource_types, counts.resources, counts.entitlements, counts.grants), (2, 5, 2, 4));
    assert_eq!(counts.resources_by_resource_type["user"], 3);
}

#[test]
fn a_panic_inside_of_a_transaction_takes_everything_back() {
    let bench = Bench::new();
    let mut database = bench.filled(0, 1);
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        database.transaction(|batch| -> Result<(), Error> {
            batch.set_token("lost")?;
            panic!("in the middle");
        })
    }));
    assert!(outcome.is_err());
    assert_eq!(database.token().unwrap(), "half way");
}

/// More rows than the cache holds, so that pages are written before the transaction ends.
#[test]
fn killed_in_the_middle_of_a_transaction_it_is_as_before() {
    let bench = Bench::new();
    let mut database = bench.filled(0, 3);
    let before = database.counts().unwrap();
    let killed = folder();
    database
        .transaction(|batch| {
            let users: Vec<_> = (0..20_000).map(|number| user_resource(&format!("n{number}"))).collect();
            batch.put_resources(&users, noon_and(1))?;
            batch.set_token("further")?;
            for name in names(bench.folder.path()) {
                fs::copy(bench.folder.path().join(&name), killed.path().join(&name)).unwrap();
            }
            Ok::<_, Error>(())
        })
        .unwrap();
    let path = killed.path().join(".sync.c1z.working");
    let size = |path: &Path| fs::metadata(path).unwrap().len();
    assert!(size(&path) > 1 << 20, "pages were written");
    assert!(size(&killed.path().join(".sync.c1z.working-journal")) > 4096, "and those before them kept");

    let mut reopened = WorkingDatabase::open(&path).unwrap().unwrap();
    assert_eq!(reopened.token().unwrap(), "half way");
    assert_eq!(reopened.counts().unwrap(), before);
    reopened.transaction(|batch| batch.put_resources(&[user_resource("n1")], noon_and(2))).unwrap();
    assert_eq!(reopened.counts().unwrap().resources, before.resources + 1);
    assert_eq!(database.token().unwrap(), "further");
}

#[test]
fn what_is_durable_is_promised_for_a_power_loss() {
    let bench = Bench::new();
    let database = bench.filled(0, 1);
    let raw = Connection::open(database.path()).unwrap();
    // Write format version 1: a rollback journal (SQLite's file format, 1.3.3).
    assert_eq!(fs::read(database.path()).unwrap()[18..20], [1, 1]);
    assert_eq!(names(bench.folder.path()), [".sync.c1z.working", ".sync.c1z.working-journal"]);
    assert_eq!(texts(&raw, "pragma page_size"), ["16384"]);
    let tables = "select count(*) from sqlite_master where type = 'table'";
    assert_eq!(texts(&raw, tables), ["7"]);
    // Only those that are small, until it is sealed.
    let unique = "select count(*) from sqlite_master where type = 'index'";
    assert_eq!(texts(&raw, unique), ["6"]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        for name in names(bench.folder.path()) {
            let mode = fs::metadata(bench.folder.path().join(&name)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
    }
}

#[test]
fn opening_takes_access_from_others() {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let bench = Bench::new();
        drop(bench.filled(0, 1));
        fs::set_permissions(&bench.working, fs::Permissions::from_mode(0o644)).unwrap();
        drop(WorkingDatabase::open(&bench.working).unwrap().unwrap());
        assert_eq!(fs::metadata(&bench.working).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn new_and_repeated_rows_are_told_apart() {
    let bench = Bench::new();
    let mut database = bench.begin(0);
    let written = |inserted, updated| Written { inserted, updated, ..Written::default() };
    database
        .transaction(|batch| {
            let seen = noon_and(0);
            assert_eq!(batch.put_resource_types(&resource_types(), seen)?, written(2, 0));
            assert_eq!(batch.put_resource_types(&resource_types(), seen)?, written(0, 2));
            let users = [user_resource("a"), user_resource("b"), user_resource("a")];
            let found = batch.put_resources(&users, seen)?;
            assert_eq!((found.inserted, found.updated), (2, 1));
            assert_eq!(found.updated_resources, [user("a")]);
            assert_eq!(batch.put_entitlements(&[member("g1")], seen)?, written(1, 0));
            assert_eq!(batch.put_entitlements(&[member("g1")], seen)?, written(0, 1));
            assert_eq!(batch.put_grants(&[membership("g1", user("a"))], seen)?, written(1, 0));
            assert_eq!(batch.put_grants(&[membership("g1", user("a"))], seen)?, written(0, 1));
            Ok::<_, Error>(())
        })
        .unwrap();
}

/// Interop reference 1.4: a later observation changes `data` and nothing else; a grant's expansion goes with it.
#[test]
fn a_repeated_row_gets_new_content_and_keeps_its_columns() {
    let bench = Bench::new();
    let mut database = bench.begin(0);
    let moved = |parent: &str, name: &str| {
        let mut resource: Resource = group_resource("child");
        resource.parent = Some(group(parent));
        resource.display_name = name.into();
        resource
    };
    database
        .transaction(|batch| {
            batch.put_resources(&[moved("g1", "before")], noon_and(0))?;
            batch.put_grants(&[membership("g1", group("g2")), nested("g2", "g1", false, &[])], noon_and(0))
        })
        .unwrap();
    database
        .transaction(|batch| {
            batch.put_resources(&[moved("g2", "after")], noon_and(5))?;
            batch.put_grants(&[nested("g1", "g2", false, &[]), membership("g2", group("g1"))], noon_and(5))
        })
        .unwrap();
    let raw = Connection::open(database.path()).unwrap();
    let columns = "select parent_resource_id || ' ' || discovered_at from v1_resources";
    assert_eq!(texts(&raw, columns), ["g1 2026-03-01 12:00:00"]);
    let data = rows(&raw, "select 1 from v1_resources where instr(data, cast('after' as blob)) > 0");
    assert_eq!(data.len(), 1);
    let expansions =
        "select external_id || ' ' || (expansion is not null) || needs_expansion from v1_grants order by 1";
    assert_eq!(texts(&raw, expansions), ["group:g1:member:group:g2 11", "group:g2:member:group:g1 00"]);
}

/// Something that must not be stored.
type Case<'a> = Box<dyn Fn(&mut Batch<'_>) -> Result<Written, Error> + 'a>;

#[test]
fn rows_without_usable_ids_are_refused_and_nothing_of_their_transaction_stays() {
    let bench = Bench::new();
    let mut database = bench.begin(0);
    let long = "x".repeat(1025);
    let seen = noon_and(0);
    let mut orphan = user_resource("a");
    orphan.parent = Some(ResourceId::new(GROUP, ""));
    let mut unnamed = resource_types();
    unnamed[0].id = ResourceTypeId::new("");
    let nameless = Entitlement::new(group(""), "member", Purpose::Assignment);
    let cases: [(&str, Case<'_>); 7] = [
        ("v1_resource_types", Box::new(|batch| batch.put_resource_types(&unnamed, seen))),
        ("v1_resources", Box::new(|batch| batch.put_resources(&[user_resource("")], seen))),
        ("v1_resources", Box::new(|batch| batch.put_resources(&[user_resource(&long)], seen))),
        ("v1_resources", Box::new(|batch| batch.put_resources(std::slice::from_ref(&orphan), seen))),
        ("v1_entitlements", Box::new(|batch| batch.put_entitlements(std::slice::from_ref(&nameless), seen))),
        ("v1_grants", Box::new(|batch| batch.put_grants(&[membership("g1", user(""))], seen))),
        ("v1_grants", Box::new(|batch| batch.put_grants(&[membership(&long, user("a"))], seen))),
    ];
    for (expected, case) in cases {
        let error = database
            .transaction(|batch| {
                batch.put_resources(&[user_resource("good")], seen)?;
                case(batch)
            })
            .unwrap_err();
        let Error::InvalidId { table, id } = &error else { panic!("{error:?}") };
        assert_eq!(*table, expected);
        assert!(id.len() <= 80);
        assert_eq!(database.counts().unwrap().resources, 0);
    }
}

#[test]
fn session_rows_are_found_by_prefix() {
    let bench = Bench::new();
    let mut database = bench.begin(0);
    database
        .transaction(|batch| {
            for key in ["note/b", "note/a", "nota", "note0", "note/", "cursor"] {
                batch.put_session(key, key.as_bytes())?;
            }
            batch.put_session("note/a", b"again")?;
            batch.delete_session("note/b")?;
            batch.delete_session("was never there")?;
            assert_eq!(batch.scan_session("cur")?.len(), 1);
            Ok::<_, Error>(())
        })
        .unwrap();
    let found = database.sessions("note/").unwrap();
    let found: Vec<(&str, &[u8])> = found.iter().map(|(key, value)| (key.as_str(), &value[..])).collect();
    assert_eq!(found, [("note/", &b"note/"[..]), ("note/a", b"again")]);
    assert_eq!(database.sessions("").unwrap().len(), 5);
    assert_eq!(database.session("note/b").unwrap(), None);
}

#[test]
fn facts_can_be_taken_back() {
    let bench = Bench::new();
    let mut database = bench.filled(0, 3);
    let (gone, kept) = (membership("g1", user("u0001")).id(), membership("g9", user("nobody")).id());
    let deleted = database
        .transaction(|batch| {
            let grants = batch.delete_grants(&[gone.clone(), kept, gone])?;
            Ok::<_, Error>((grants, batch.delete_entitlements(&[member("g2").id])?))
        })
        .unwrap();
    assert_eq!(deleted, (1, 1));
    let counts = database.counts().unwrap();
    assert_eq!((counts.grants, counts.entitlements), (3, 1));
}

#[test]
fn references_that_lead_nowhere_are_found() {
    let bench = Bench::new();
    let mut database = bench.filled(0, 2);
    assert_eq!(database.dangling().unwrap(), []);
    assert_eq!(database.principals_missing().unwrap(), []);
    let lost: [Grant; 3] = [
        membership("g1", user("nobody")),
        membership("g2", user("nobody")),
        membership("nowhere", user("u0001")),
    ];
    database
        .transaction(|batch| {
            batch.put_grants(&lost, noon_and(0))?;
            batch.put_entitlements(&[member("void")], noon_and(0))
        })
        .unwrap();
    let [first, second, third] = lost.map(|grant| grant.id());
    let expected = [
        Dangling::GrantResource { grant: third.clone(), resource: group("nowhere") },
        Dangling::EntitlementResource { entitlement: member("void").id, resource: group("void") },
        Dangling::GrantEntitlement { grant: third, entitlement: member("nowhere").id },
        Dangling::GrantPrincipal { grant: first, principal: user("nobody") },
        Dangling::GrantPrincipal { grant: second, principal: user("nobody") },
    ];
    let found = database.dangling().unwrap();
    assert_eq!(found, expected);
    let invariants: Vec<&str> = found.iter().map(Dangling::invariant).collect();
    assert_eq!(invariants, ["I3", "I7", "I8", "I9", "I9"]);
    assert_eq!(database.principals_missing().unwrap(), [user("nobody")]);
}

#[test]
fn ids_of_a_type_come_in_their_order_and_without_the_type() {
    let bench = Bench::new();
    let mut database = bench.begin(0);
    let odd = ResourceId::new(ResourceTypeId::new("us"), "er:c");
    let alike = ResourceId::new(ResourceTypeId::new("user:x"), "d");
    database
        .transaction(|batch| {
            let resources = [
                user_resource("b"),
                user_resource("a:ü"),
                group_resource("g"),
                Resource::new(odd, ""),
                Resource::new(alike, ""),
            ];
            batch.put_resources(&resources, noon_and(0))
        })
        .unwrap();
    let mut ids = Vec::new();
    database.for_each_resource_id(&USER, |id| ids.push(id.to_owned())).unwrap();
    assert_eq!(ids, ["b", "a:ü"], "with a type that begins alike");
    ids.clear();
    database.for_each_resource_id(&GROUP, |id| ids.push(id.to_owned())).unwrap();
    assert_eq!(ids, ["g"]);
    // `us:er:c` is a key of two possible resources, and only one of them is there.
    assert!(!database.contains_resource(&ResourceId::new(ResourceTypeId::new("us:er"), "c")).unwrap());
}

#[test]
fn nothing_usable_is_no_sync_and_damage_is_an_error() {
    let bench = Bench::new();
    assert!(WorkingDatabase::open(&bench.working).unwrap().is_none());
    put(&bench.working, b"");
    assert!(WorkingDatabase::open(&bench.working).unwrap().is_none());

    let damaged = |what: &str| {
        let error = WorkingDatabase::open(&bench.working).unwrap_err();
        assert!(matches!(error, Error::Damaged { .. }), "{what}: {error:?}");
    };
    put(
        &bench.working,
        b"this has never been a database, and it is long enough to show it. ".repeat(20).as_slice(),
    );
    damaged("text");
    fs::remove_file(&bench.working).unwrap();
    Connection::open(&bench.working).unwrap().execute_batch("create table notes (id integer)").unwrap();
    damaged("another program's database");

    drop(bench.filled(0, 300));
    let whole = fs::read(&bench.working).unwrap();
    let page = page_size(&whole);
    put(&bench.working, &whole[..page + 100]);
    damaged("cut off");
    let mut scrambled = whole.clone();
    scrambled[100..page].fill(0xa5);
    put(&bench.working, &scrambled);
    damaged("scrambled");
    // Opening such a file meets nothing wrong; reading it all does.
    let mut scrambled = whole.clone();
    let middle = whole.len() / page / 2 * page;
    scrambled[middle..middle + 2 * page].fill(0xa5);
    put(&bench.working, &scrambled);
    damaged("scrambled in the middle");
    put(&bench.working, &whole);
    assert!(WorkingDatabase::open(&bench.working).unwrap().is_some());

    // Starting afresh needs no help.
    assert_eq!(bench.filled(7, 1).sync().sync_id, sync_id(7));
    WorkingDatabase::discard(&bench.working).unwrap();
    assert!(names(bench.folder.path()).is_empty());
}

#[test]
fn a_sync_that_was_cut_off_before_it_began_is_none() {
    let bench = Bench::new();
    let database = WorkingDatabase::create(&bench.working, start(0)).unwrap();
    let raw = Connection::open(database.path()).unwrap();
    raw.execute_batch("delete from v1_sync_runs").unwrap();
    drop((database, raw));
    assert!(WorkingDatabase::open(&bench.working).unwrap().is_none());
}
