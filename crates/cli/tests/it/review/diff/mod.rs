//! `diff`, against what was edited in the look-alike between two syncs.

mod edits;

use std::collections::{BTreeMap, BTreeSet};

use clockify_sim::{Content, FixedWorkspace, SeededWorkspace, Simulator};
use insta::{assert_snapshot, with_settings};
use serde_json::{Value, json};
use sync_trials::Expected;

use self::edits::{Day, NEW_GROUP, NEWCOMER, OLD_GROUP, RENAMED, RETURNED};
use crate::program::{KEY, Program};

const FILTERS: [(&str, &str); 5] = [
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "TIME"),
    (r"\b[0-9A-Za-z]{27}\b", "SYNC-ID"),
    (r#"("(time|start_time|end_time)":)\d{13}"#, "$1 MILLISECONDS"),
    (r#"("vendor_name":"[^"]+","version":)"[^"]+""#, r#"$1"VERSION""#),
    (r"/[^ \n]*/(sync|other)\.c1z", "$1.c1z"),
];

/// Two syncs with projects in one file.
async fn two_syncs(before: FixedWorkspace, after: FixedWorkspace) -> Program {
    let simulator = Simulator::builder(before).api_key(KEY).start().await.unwrap();
    let program = Program::against(&simulator);
    program.run(&["--sync-projects"]).succeeded();
    simulator.replace_content(after);
    program.run(&["--sync-projects"]).succeeded();
    program
}

fn changes(program: &Program, arguments: &[&str]) -> Vec<Value> {
    let mut all = vec!["diff", "-o", "json"];
    all.extend(arguments);
    let ran = program.run(&all);
    let changes: Vec<Value> = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(ran.code, Some(if changes.is_empty() { 0 } else { 77 }), "{}", ran.stderr);
    changes
}

/// The ids of the changes of a kind.
fn ids(changes: &[Value], kind: &str) -> BTreeSet<String> {
    let found = changes.iter().filter(|change| change["kind"] == kind);
    found.map(|change| change["id"].as_str().unwrap().to_owned()).collect()
}

fn find<'c>(changes: &'c [Value], kind: &str, id: &str) -> &'c Value {
    let found = changes.iter().find(|change| change["kind"] == kind && change["id"] == id);
    found.unwrap_or_else(|| panic!("no {kind} of {id}"))
}

fn fields(change: &Value) -> Vec<(String, Value, Value)> {
    let fields = change["fields"].as_array().unwrap().iter();
    fields
        .map(|field| {
            (field["field"].as_str().unwrap().to_owned(), field["old"].clone(), field["new"].clone())
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_is_what_was_edited() {
    let day = Day::new();
    let program = two_syncs(day.before.clone(), day.after.clone()).await;
    let changes = changes(&program, &[]);
    let (before, after) = (Expected::of(&day.before, true), Expected::of(&day.after, true));
    let minus =
        |a: &BTreeSet<String>, b: &BTreeSet<String>| a.difference(b).cloned().collect::<BTreeSet<_>>();
    let of = |kind: &str, ids: BTreeSet<String>| -> BTreeSet<String> {
        ids.into_iter().filter(|id| id.starts_with(kind)).collect()
    };

    for (thing, prefix) in
        [("user", "user:"), ("group", "group:"), ("role", "role:"), ("project", "project:")]
    {
        let came = of(prefix, minus(&after.resources, &before.resources));
        let went = of(prefix, minus(&before.resources, &after.resources));
        assert_eq!(ids(&changes, &format!("{thing}-added")), came, "{thing}");
        assert_eq!(ids(&changes, &format!("{thing}-removed")), went, "{thing}");
    }
    assert_eq!(ids(&changes, "entitlement-added"), minus(&after.entitlements, &before.entitlements));
    assert_eq!(ids(&changes, "entitlement-removed"), minus(&before.entitlements, &after.entitlements));
    assert_eq!(ids(&changes, "grant-added"), minus(&after.grants, &before.grants));
    assert_eq!(ids(&changes, "grant-removed"), minus(&before.grants, &after.grants));
    // The edits did bite.
    assert_eq!(ids(&changes, "user-added").len(), 2);
    assert!(ids(&changes, "grant-removed").len() > 5);

    let users: BTreeMap<_, _> = [
        (&day.renamed, vec![("name", json!(name(&day.before, &day.renamed)), json!(RENAMED))]),
        (
            &day.deactivated,
            vec![
                ("status", json!("enabled"), json!("disabled")),
                (
                    "status_reason",
                    json!("account ACTIVE, membership ACTIVE"),
                    json!("account ACTIVE, membership INACTIVE"),
                ),
            ],
        ),
        (&day.owner, vec![("mfa", json!(true), json!(false))]),
        (
            &day.readdressed,
            vec![(
                "email",
                json!(day.before.user(day.before.user_index(&day.readdressed).unwrap()).email),
                json!("new.address@elsewhere.example"),
            )],
        ),
    ]
    .into_iter()
    .map(|(id, fields)| (format!("user:{id}"), fields))
    .collect();
    assert_eq!(ids(&changes, "user-changed"), users.keys().cloned().collect());
    for (id, expected) in users {
        let expected: Vec<_> =
            expected.into_iter().map(|(name, old, new)| (name.to_owned(), old, new)).collect();
        assert_eq!(fields(find(&changes, "user-changed", &id)), expected, "{id}");
    }
    let group = format!("group:{}", day.renamed_group);
    assert_eq!(ids(&changes, "group-changed"), BTreeSet::from([group.clone()]));
    let old_name = day.before.groups.iter().find(|group| group.id == day.renamed_group).unwrap().name.clone();
    assert_eq!(
        fields(find(&changes, "group-changed", &group)),
        [("name".to_owned(), json!(old_name), json!("Engineering & QA"))]
    );
    for quiet in ["role-changed", "project-changed", "entitlement-changed", "resource-changed"] {
        assert_eq!(ids(&changes, quiet), BTreeSet::new(), "{quiet}");
    }

    // Whoever belongs to a project in another way than before, and the manager who got one project more.
    let mut otherwise = otherwise_in_projects(&day);
    otherwise.insert(format!("role:project-manager:assigned:user:{}", day.project_manager));
    assert_eq!(ids(&changes, "grant-changed"), otherwise);
}

/// Grants of projects that are there before and after, through other groups.
fn otherwise_in_projects(day: &Day) -> BTreeSet<String> {
    let ways = |workspace: &FixedWorkspace| {
        let mut ways = BTreeMap::<String, BTreeSet<String>>::new();
        for project in &workspace.projects {
            for member in &project.members {
                let grant = |user: &str| format!("project:{}:member:user:{user}", project.id);
                match workspace.groups.iter().find(|group| group.id == member.id) {
                    Some(group) => {
                        for user in &group.user_ids {
                            ways.entry(grant(user)).or_default().insert(group.id.clone());
                        }
                    }
                    None => drop(ways.entry(grant(&member.id)).or_default().insert("direct".to_owned())),
                }
            }
        }
        ways
    };
    let (before, after) = (ways(&day.before), ways(&day.after));
    let differs = |id: &&String| after.get(*id).is_some_and(|way| *way != before[*id]);
    before.keys().filter(differs).cloned().collect()
}

fn name(workspace: &FixedWorkspace, id: &str) -> String {
    workspace.users.iter().find(|user| user.id == id).unwrap().name.clone().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn administrative_access_comes_first_and_returns_are_noted() {
    let day = Day::new();
    let program = two_syncs(day.before.clone(), day.after.clone()).await;
    let changes = changes(&program, &[]);
    let administrative: BTreeSet<_> = changes
        .iter()
        .filter(|change| change["administrative"] == true)
        .map(|change| format!("{} {}", change["kind"].as_str().unwrap(), change["id"].as_str().unwrap()))
        .collect();
    let admin = |id: &str| format!("role:workspace-admin:assigned:user:{id}");
    let expected = [
        format!("grant-added {}", admin(NEWCOMER)),
        format!("grant-added {}", admin(&day.promoted)),
        format!("grant-removed {}", admin(&day.demoted)),
        format!("user-changed user:{}", day.owner),
    ];
    assert_eq!(administrative, BTreeSet::from(expected));
    assert!(changes[..4].iter().all(|change| change["section"] == "administrative"));

    let came = find(&changes, "user-added", &format!("user:{RETURNED}"));
    assert_eq!(came["notes"][0]["code"], "same-email-before");
    assert!(came["notes"][0]["text"].as_str().unwrap().contains(&day.leaver.id), "{came}");
    let went = find(&changes, "user-removed", &format!("user:{}", day.leaver.id));
    assert_eq!(went["notes"][0]["code"], "same-email-after");
    assert!(went["notes"][0]["text"].as_str().unwrap().contains(RETURNED), "{went}");
    let newcomer = find(&changes, "user-added", &format!("user:{NEWCOMER}"));
    assert_eq!(newcomer["notes"], json!([]));

    let lost = changes.iter().find(|change| {
        change["kind"] == "grant-removed" && change["principal"]["id"] == day.leaver.id.as_str()
    });
    assert_eq!(lost.unwrap()["consequence_of"], "principal-removed");
    let gained = find(&changes, "grant-added", &format!("group:{NEW_GROUP}:member:user:{}", day.promoted));
    assert_eq!(gained["consequence_of"], "resource-added");
    let left = changes.iter().find(|change| {
        change["kind"] == "grant-removed"
            && change["principal"]["id"] == day.moved.as_str()
            && change["resource"]["type"] == "group"
    });
    assert_eq!(left.unwrap()["consequence_of"], Value::Null);
    let gone = format!("entitlement-removed group:{OLD_GROUP}:member");
    let (kind, id) = gone.split_once(' ').unwrap();
    assert_eq!(find(&changes, kind, id)["consequence_of"], "resource-removed");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_format() {
    let day = Day::new();
    let program = two_syncs(day.before, day.after).await;
    for (name, arguments) in [
        ("table", &["diff"][..]),
        ("json", &["diff", "-o", "json"]),
        ("jsonl", &["diff", "-o", "jsonl"]),
        ("csv", &["diff", "-o", "csv"]),
        ("ocsf", &["diff", "--ocsf"]),
    ] {
        let ran = program.run(arguments);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(77), ""), "{name}");
        harmless(name, &ran.stdout);
        with_settings!({ filters => FILTERS }, { assert_snapshot!(format!("diff_{name}"), ran.stdout) });
    }
}

/// Names are whatever people gave themselves: none turns text around, colours a terminal or is a formula.
fn harmless(format: &str, text: &str) {
    let dangerous = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
    if format == "csv" {
        for record in csv::Reader::from_reader(text.as_bytes()).records() {
            for cell in &record.unwrap() {
                assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell}");
            }
        }
    } else {
        // JSON may hold any character but control characters.
        assert!(!text.chars().any(|c| dangerous(c) && (format == "table" || c.is_control())), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_news_is_none() {
    let before = FixedWorkspace::copy_of(&SeededWorkspace::demo());
    let mut after = before.clone();
    edits::shuffle(&mut after);
    for user in &mut after.users {
        user.profile_picture = format!("https://avatar.cake.com/{}-2.png", user.id);
    }
    let program = two_syncs(before, after).await;
    let ran = program.run(&["diff"]).succeeded();
    assert!(ran.stdout.ends_with("\nNo differences.\n"), "{}", ran.stdout);
    for (format, nothing) in [("json", "[]\n"), ("jsonl", "")] {
        assert_eq!(program.run(&["diff", "-o", format]).succeeded().stdout, nothing);
    }
    assert_eq!(program.run(&["diff", "--ocsf"]).succeeded().stdout, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn sides_are_named_by_sync_or_by_file() {
    let day = Day::new();
    let program = two_syncs(day.before.clone(), day.after.clone()).await;
    let syncs = sync_trials::dump::syncs(&program.output());
    let [(older, true), (newer, true)] = &syncs[..] else { panic!("{syncs:?}") };
    let expected = changes(&program, &[]);
    assert!(!expected.is_empty());
    let other = program.folder().join("other.c1z");
    std::fs::copy(program.output(), &other).unwrap();
    for arguments in [
        &[older.as_str()][..],
        &[older, newer],
        &["other.c1z", "--old-sync", older],
        &["other.c1z", "sync.c1z", "--old-sync", older],
        &[older, "other.c1z"],
        &["--old-sync", older, "--new-sync", newer],
    ] {
        assert_eq!(changes(&program, arguments), expected, "{arguments:?}");
    }
    assert_eq!(changes(&program, &["other.c1z"]), Vec::<Value>::new());
    assert_eq!(changes(&program, &[newer, newer]), Vec::<Value>::new());

    let backwards = program.run(&["diff", newer, older]);
    assert_eq!(backwards.code, Some(77));
    with_settings!({ filters => FILTERS }, {
        assert_snapshot!("diff_backwards", backwards.stdout.lines().take(7).collect::<Vec<_>>().join("\n"));
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_compared() {
    let simulator = Simulator::builder(SeededWorkspace::demo()).api_key(KEY).start().await.unwrap();
    let program = Program::against(&simulator);
    program.run(&[]).succeeded();
    with_settings!({ filters => FILTERS }, {
        assert_snapshot!("diff_single", program.run(&["diff"]).transcript());
        assert_snapshot!("diff_unknown_side", program.run(&["diff", "nowhere.c1z"]).transcript());
    });

    let elsewhere = Simulator::builder(SeededWorkspace::new(7).users(20).groups(2)).api_key(KEY);
    let elsewhere = elsewhere.start().await.unwrap();
    let other = Program::against(&elsewhere);
    other.run(&[]).succeeded();
    std::fs::copy(other.output(), program.folder().join("other.c1z")).unwrap();
    with_settings!({ filters => FILTERS }, {
        assert_snapshot!("diff_two_workspaces", program.run(&["diff", "other.c1z"]).transcript());
    });
    let ran = program.run(&["diff", "other.c1z", "--across-workspaces", "-o", "json"]);
    assert_eq!(ran.code, Some(77));
    assert!(ran.stderr.contains("warning: the syncs are of "), "{}", ran.stderr);
}

/// What one sync did not read is not gone.
#[tokio::test(flavor = "multi_thread")]
async fn a_kind_of_thing_that_was_not_read_is_not_gone() {
    let simulator = Simulator::builder(SeededWorkspace::demo()).api_key(KEY).start().await.unwrap();
    let program = Program::against(&simulator);
    program.run(&["--sync-projects"]).succeeded();
    program.run(&[]).succeeded();
    let changes = changes(&program, &[]);
    let said: Vec<_> = changes.iter().map(|change| (&change["kind"], &change["id"])).collect();
    assert_eq!(said, [(&json!("resource-type-removed"), &json!("project"))]);
}

/// Clockify deletes all groups when SCIM is switched on.
#[tokio::test(flavor = "multi_thread")]
async fn all_groups_at_once_are_explained() {
    let before = FixedWorkspace::copy_of(&SeededWorkspace::demo());
    let mut after = before.clone();
    let count = after.groups.len();
    for project in &mut after.projects {
        let groups = &before.groups;
        project.members.retain(|member| !groups.iter().any(|group| group.id == member.id));
    }
    after.groups.clear();
    for user in &mut after.users {
        user.roles.retain(|role| !matches!(role.scope, clockify_sim::SimScope::Group(_)));
    }
    let simulator = Simulator::builder(before).api_key(KEY).start().await.unwrap();
    let program = Program::against(&simulator);
    program.run(&[]).succeeded();
    simulator.replace_content(after);
    program.run(&["--allow-shrink"]).succeeded();
    let ran = program.run(&["diff", "-o", "jsonl"]);
    assert_eq!(ran.code, Some(77));
    assert!(ran.stderr.contains(&format!("no group is left of {count}")), "{}", ran.stderr);
    assert!(ran.stderr.contains("SCIM"), "{}", ran.stderr);
}
