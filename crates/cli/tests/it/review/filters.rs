//! Each filter shows exactly whom the look-alike's content says.

use std::collections::BTreeSet;

use clockify_sim::{AccountStatus, Content, MembershipStatus, RoleCode, Truth};

use super::workspace::{content, demo, ids, is_administrator, members, parsed, rows, state, strangers};
use crate::program::Program;

#[track_caller]
fn shows(program: &Program, arguments: &[&str], expected: &BTreeSet<String>) {
    let found = ids(&rows(program, arguments));
    assert_eq!(found, *expected, "{arguments:?}");
}

#[track_caller]
fn some(ids: BTreeSet<String>) -> BTreeSet<String> {
    // Guards against a comparison of nothing with nothing.
    assert!(!ids.is_empty() && ids.len() < content().user_count());
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn users_by_what_they_are() {
    let program = demo();
    let unlisted = some(strangers());
    let with =
        |more: &BTreeSet<String>, ids: BTreeSet<String>| ids.union(more).cloned().collect::<BTreeSet<_>>();
    shows(&program, &["users"], &with(&unlisted, members(|_| true)));
    for wanted in ["enabled", "disabled", "deleted"] {
        shows(&program, &["users", "--status", wanted], &some(members(|user| state(user) == wanted)));
    }
    shows(&program, &["users", "--status", "unspecified"], &unlisted);
    shows(
        &program,
        &["users", "--status", "deleted,disabled"],
        &some(members(|user| state(user) != "enabled")),
    );
    shows(&program, &["users", "--admin"], &some(members(is_administrator)));
    let no_mfa = members(|user| user.settings.as_ref().is_none_or(|settings| !settings.multi_factor_enabled));
    shows(&program, &["users", "--no-mfa"], &with(&unlisted, some(no_mfa)));
    let pending = members(|user| {
        user.membership_status == MembershipStatus::Pending
            || user.account_status == AccountStatus::NotRegistered
    });
    shows(&program, &["users", "--pending"], &some(pending));
    let limited =
        members(|user| matches!(user.account_status, AccountStatus::Limited | AccountStatus::LimitedDeleted));
    shows(&program, &["users", "--limited"], &some(limited));
    shows(&program, &["users", "--unlisted"], &unlisted);
    let has_address =
        |user: &clockify_sim::SimUser| user.email.as_deref().is_some_and(|email| !email.is_empty());
    for domain in ["marrowstone.example", "@MARROWSTONE.example"] {
        shows(&program, &["users", "--domain", domain], &some(members(has_address)));
    }
    shows(&program, &["users", "--domain", "other.example"], &BTreeSet::new());
    // All that is given must hold.
    let both = members(|user| {
        is_administrator(user)
            && user.settings.as_ref().is_some_and(|settings| !settings.multi_factor_enabled)
    });
    shows(&program, &["users", "--admin", "--no-mfa", "--status", "enabled"], &some(both));
}

#[tokio::test(flavor = "multi_thread")]
async fn users_by_what_they_hold() {
    let program = demo();
    for (role, code) in [
        ("owner", RoleCode::Owner),
        ("workspace-admin", RoleCode::Admin),
        ("team-manager", RoleCode::TeamManager),
        ("Project MANAGER", RoleCode::ProjectManager),
    ] {
        // The owner is listed as admin, too, and counts once.
        let holds = |user: &clockify_sim::SimUser| {
            user.has_role(code) && !(code == RoleCode::Admin && user.has_role(RoleCode::Owner))
        };
        shows(&program, &["users", "--role", role], &some(members(holds)));
    }
    for group in content().all_groups() {
        let expected: BTreeSet<_> = group.user_ids.iter().cloned().collect();
        shows(&program, &["users", "--group", &group.id], &expected);
        shows(&program, &["users", "--group", &group.name.to_uppercase()], &expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_or_a_group_that_does_not_exist_is_no_empty_answer() {
    let program = demo();
    for (flag, name, near) in
        [("--role", "admin", "workspace-admin"), ("--group", "Enginering", "Engineering")]
    {
        let ran = program.run(&["users", flag, name]);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(5), ""));
        assert!(ran.stderr.contains(near) && ran.stderr.contains("hint: "), "{}", ran.stderr);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_and_projects_count_whom_the_content_has() {
    let program = demo();
    let content = content();
    let enabled = members(|user| state(user) == "enabled");
    let groups = rows(&program, &["groups"]);
    assert_eq!(groups.len(), content.group_count());
    for row in &groups {
        let group = content.group(content.group_index(row["id"].as_str().unwrap()).unwrap());
        let members: BTreeSet<_> = group.user_ids.iter().cloned().collect();
        assert_eq!(row["name"], group.name.as_str());
        assert_eq!(row["members"], members.len());
        assert_eq!(row["enabled_members"], members.intersection(&enabled).count());
        let managers: BTreeSet<_> = row["managers"]
            .as_array()
            .unwrap()
            .iter()
            .map(|who| &who["id"])
            .map(|id| id.as_str().unwrap())
            .collect();
        assert_eq!(managers, group.team_managers.iter().map(String::as_str).collect());
    }
    let projects = rows(&program, &["projects"]);
    assert_eq!(projects.len(), content.project_count());
    for row in &projects {
        let project = content.project(content.project_index(row["id"].as_str().unwrap()).unwrap());
        let (groups, people): (Vec<_>, Vec<_>) =
            project.members.iter().partition(|member| content.group_index(&member.id).is_some());
        let mut members: BTreeSet<_> = people.iter().map(|member| member.id.clone()).collect();
        for group in &groups {
            members.extend(content.group(content.group_index(&group.id).unwrap()).user_ids);
        }
        assert_eq!(row["members"], members.len(), "{}", project.name);
        assert_eq!(row["groups"].as_array().unwrap().len(), groups.len());
        assert_eq!(row["public"], project.public);
        assert_eq!(row["archived"], project.archived);
        assert_eq!(row["client"], project.client_name.as_str());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn grants_by_each_filter() {
    let program = demo();
    let all = sync_trials::Expected::of(&content(), true).grants;
    let group = content().group(0).id;
    let member = format!("group:{group}:member");
    let person = content().user_id(1);
    let principal = format!("user:{person}");
    let of =
        |wanted: &dyn Fn(&str) -> bool| all.iter().filter(|id| wanted(id)).cloned().collect::<BTreeSet<_>>();
    shows(&program, &["grants"], &all);
    let on = format!("group:{group}");
    shows(&program, &["grants", "-r", &on], &some(of(&|id| id.starts_with(&format!("{on}:")))));
    shows(&program, &["grants", "-e", &member], &some(of(&|id| id.starts_with(&format!("{member}:")))));
    shows(&program, &["grants", "-t", "role"], &some(of(&|id| id.starts_with("role:"))));
    shows(&program, &["grants", "-p", &principal], &some(of(&|id| id.ends_with(&format!(":{principal}")))));
    shows(
        &program,
        &["grants", "-p", &principal, "-t", "role"],
        &some(of(&|id| id.starts_with("role:") && id.ends_with(&format!(":{principal}")))),
    );
    shows(&program, &["grants", "-t", "nosuch"], &BTreeSet::new());
    let ran = program.run(&["grants", "-r", "group"]);
    assert_eq!(ran.code, Some(3));
}

#[tokio::test(flavor = "multi_thread")]
async fn resources_and_entitlements_of_every_type() {
    let program = demo();
    let expected = sync_trials::Expected::of(&content(), true);
    let found = rows(&program, &["resources"]);
    let keys: BTreeSet<_> = found
        .iter()
        .map(|row| format!("{}:{}", row["resource_type"].as_str().unwrap(), row["id"].as_str().unwrap()))
        .collect();
    assert_eq!(keys, expected.resources);
    shows(&program, &["entitlements"], &expected.entitlements);
    let of_roles = rows(&program, &["entitlements", "-t", "role"]);
    assert_eq!(of_roles.len(), 4);
    assert_eq!(rows(&program, &["entitlements", "-r", "role:owner"]).len(), 1);
    assert_eq!(rows(&program, &["resources", "-t", "role"]).len(), 4);
    let types = ids(&rows(&program, &["resource-types"]));
    assert_eq!(types, ["group", "project", "role", "user"].map(str::to_owned).into());
}

#[tokio::test(flavor = "multi_thread")]
async fn projects_that_were_not_read_are_not_none() {
    let (without, with) = (Program::bare(), demo());
    without.run(&["demo"]).succeeded();
    for format in ["table", "json", "csv"] {
        let ran = without.run(&["projects", "-o", format]).succeeded();
        assert!(ran.stderr.contains("note: Projects were not read; --sync-projects"), "{}", ran.stderr);
        let ran = with.run(&["projects", "-o", format]).succeeded();
        assert_eq!(ran.stderr, "");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_order_is_that_of_the_ids_in_every_format() {
    let program = demo();
    for command in ["users", "groups", "roles", "projects", "grants", "resources", "entitlements"] {
        let all = rows(&program, &[command]);
        let key = |row: &serde_json::Value| match command {
            "resources" => {
                format!("{}:{}", row["resource_type"].as_str().unwrap(), row["id"].as_str().unwrap())
            }
            _ => row["id"].as_str().unwrap().to_owned(),
        };
        assert!(all.iter().map(key).is_sorted(), "{command}");
        let lines = program.run(&[command, "-o", "jsonl"]).succeeded();
        let lines: Vec<serde_json::Value> =
            lines.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines, all, "{command}");
        let csv = program.run(&[command, "-o", "csv"]).succeeded();
        let table = program.run(&[command]).succeeded();
        // No cell of the demonstration holds a line break.
        assert_eq!(csv.stdout.lines().count(), all.len() + 1);
        assert_eq!(table.stdout.lines().count(), all.len() + 1);
    }
    let none = program.run(&["users", "--domain", "other.example", "-o", "json"]).succeeded();
    assert_eq!(parsed(&none), Vec::<serde_json::Value>::new());
}
