//! `access`, against what the look-alike's content says about each path.

use std::collections::BTreeSet;

use clockify_sim::{Content, RoleCode, SimScope, Truth};
use serde_json::Value;

use super::workspace::{content, demo, parsed, rows};
use crate::program::Program;

/// What somebody reaches, a line each: type, id, permission, and every path.
fn lines(rows: &[Value]) -> BTreeSet<String> {
    rows.iter()
        .map(|row| {
            let on = &row["resource"];
            let mut paths: Vec<String> = row["paths"].as_array().unwrap().iter().map(path).collect();
            paths.sort();
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            format!(
                "{} {} {}: {}",
                text(&on["type"]),
                text(&on["id"]),
                text(&row["permission"]),
                paths.join(", ")
            )
        })
        .collect()
}

fn path(path: &Value) -> String {
    match path["kind"].as_str().unwrap() {
        "direct" => "direct".to_owned(),
        "through" => {
            let steps = path["steps"].as_array().unwrap();
            let ids: Vec<_> = steps.iter().map(|step| step["resource"]["id"].as_str().unwrap()).collect();
            format!("through {}", ids.join(" "))
        }
        "role" => format!("role {}", path["role"]["id"].as_str().unwrap()),
        other => panic!("{other}"),
    }
}

/// The same, from the content alone.
fn expected(id: &str) -> BTreeSet<String> {
    let content = content();
    let user = content.all_users().find(|user| user.id == id);
    let mut lines = BTreeSet::new();
    let (mut groups, mut projects, mut people) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for held in user.iter().flat_map(|user| &user.roles) {
        match (held.role, &held.scope) {
            (RoleCode::TeamManager, SimScope::Group(group)) => drop(groups.insert(group.clone())),
            (RoleCode::TeamManager, SimScope::User(managed)) => drop(people.insert(managed.clone())),
            (RoleCode::ProjectManager, SimScope::Project(project)) => drop(projects.insert(project.clone())),
            _ => {}
        }
    }
    let has = |role| user.as_ref().is_some_and(|user| user.has_role(role));
    for (code, role) in [
        (RoleCode::Owner, "owner"),
        (RoleCode::Admin, "workspace-admin"),
        (RoleCode::TeamManager, "team-manager"),
        (RoleCode::ProjectManager, "project-manager"),
    ] {
        if has(code) && !(code == RoleCode::Admin && has(RoleCode::Owner)) {
            lines.insert(format!("role {role} assigned: direct"));
        }
    }
    for person in people {
        lines.insert(format!("user {person} scope: role team-manager"));
    }
    for group in content.all_groups() {
        if group.user_ids.iter().any(|member| member == id) {
            lines.insert(format!("group {} member: direct", group.id));
        }
        if groups.contains(&group.id) {
            // The role names a group by its members, and says nothing of one that has none.
            let role = if group.user_ids.is_empty() { "" } else { ", role team-manager" };
            lines.insert(format!("group {} manager: direct{role}", group.id));
        }
    }
    for project in content.all_projects() {
        let mut paths = Vec::new();
        for member in &project.members {
            if member.id == id {
                paths.push("direct".to_owned());
            } else if let Some(group) = content.group_index(&member.id).map(|index| content.group(index))
                && group.user_ids.iter().any(|member| member == id)
            {
                paths.push(format!("through {}", group.id));
            }
        }
        paths.sort();
        if !paths.is_empty() {
            lines.insert(format!("project {} member: {}", project.id, paths.join(", ")));
        }
        if projects.contains(&project.id) {
            lines.insert(format!("project {} manager: direct, role project-manager", project.id));
        }
    }
    lines
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_each_person_reaches_and_how() {
    let program = demo();
    let mut seen = 0;
    for user in content().all_users() {
        let found = lines(&rows(&program, &["access", &user.id]));
        assert_eq!(found, expected(&user.id), "{user:?}");
        seen += found.len();
    }
    // Nobody but groups holds the rest.
    let grants = sync_trials::Expected::of(&content(), true).grants;
    let of_people = grants.iter().filter(|id| id.contains(":user:")).count();
    assert!(seen > of_people, "{seen} of {of_people}");
    for stranger in super::workspace::strangers() {
        assert_eq!(lines(&rows(&program, &["access", &stranger])), expected(&stranger));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_other_way_round_it_is_the_same() {
    let program = demo();
    let content = content();
    let things = content
        .all_groups()
        .map(|group| format!("group:{}", group.id))
        .chain(content.all_projects().map(|project| format!("project:{}", project.id)))
        .chain(
            ["owner", "workspace-admin", "team-manager", "project-manager"]
                .map(|role| format!("role:{role}")),
        )
        .chain(content.all_users().map(|user| format!("user:{}", user.id)));
    let mut found = BTreeSet::new();
    for thing in things {
        for row in rows(&program, &["access", "--resource", &thing]) {
            let who = &row["principal"];
            if who["type"] == "user" {
                let line = lines(std::slice::from_ref(&row)).pop_first().unwrap();
                assert!(found.insert((who["id"].as_str().unwrap().to_owned(), line)));
            }
        }
    }
    let mut all = BTreeSet::new();
    for id in content.all_users().map(|user| user.id).chain(super::workspace::strangers()) {
        all.extend(expected(&id).into_iter().map(|line| (id.clone(), line)));
    }
    let (missing, surplus): (Vec<_>, Vec<_>) =
        (all.difference(&found).collect(), found.difference(&all).collect());
    assert!(missing.is_empty() && surplus.is_empty(), "missing: {missing:?}\nsurplus: {surplus:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_named_by_id_address_or_name_in_any_case() {
    let program = demo();
    let tobias = content().user(1);
    let by_id = rows(&program, &["access", &tobias.id]);
    for who in ["TOBIAS.RENN@marrowstone.EXAMPLE", "tobias renn", &format!("user:{}", tobias.id)] {
        assert_eq!(rows(&program, &["access", who]), by_id, "{who}");
    }
    let engineering = content().group(0);
    let by_id = rows(&program, &["access", "-r", &format!("group:{}", engineering.id)]);
    for what in ["group:engineering", "Engineering", &engineering.id] {
        assert_eq!(rows(&program, &["access", "--resource", what]), by_id, "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_fits_several_or_nobody_is_refused_with_the_candidates() {
    let program = demo();
    let refused = |arguments: &[&str]| {
        let ran = program.run(arguments);
        assert_eq!(ran.stdout, "");
        ran.transcript()
    };
    let all: Vec<String> = [
        &["access", "Jürgen Nováková"][..],
        &["access", "Jürgen"],
        &["access", "tobias.ren@marrowstone.example"],
        &["access", "engineering"],
        &["access", "whoever"],
        &["access", "--resource", "group:nosuch"],
        &["access", "--resource", "Enginering"],
        &["access", "\u{1b}[2J\u{202e}x"],
        &["access"],
    ]
    .iter()
    .map(|arguments| format!("$ {:?}\n{}", arguments, refused(arguments)))
    .collect();
    insta::assert_snapshot!(all.join("\n"));
}

/// What cannot stand in a row is said beside the rows.
#[tokio::test(flavor = "multi_thread")]
async fn notes_go_to_stderr_where_rows_go_to_a_program() {
    let program = demo();
    let ran = program.run(&["access", "tobias renn", "-o", "json"]).succeeded();
    assert!(!parsed(&ran).is_empty());
    assert!(ran.stderr.contains("note: Workspace admin covers the whole workspace"), "{}", ran.stderr);
    let public = content().all_projects().filter(|project| project.public).count();
    assert!(ran.stderr.contains(&format!("note: Everybody in the workspace sees {public} public projects")));
}

/// Files of other connectors, with types and no report.
#[tokio::test(flavor = "multi_thread")]
async fn files_of_other_tools_are_understood() {
    let program = Program::bare();
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/vectors/tiny-v1.c1z");
    let found = rows(&program, &["access", "user0000000@example.com", "-f", file]);
    assert_eq!(lines(&found), ["group 62c07da050afd67c0295ee26 member: direct".to_owned()].into());
    for command in ["users", "groups", "roles", "projects", "grants", "resources", "stats", "syncs"] {
        program.run(&[command, "-f", file]).succeeded();
    }
}
