//! Rules about who can do much: the owner, administrators, managers.

use access_review::findings::{Options, Rule, Severity};
use clockify_sim::{AccountStatus, FixedWorkspace, MembershipStatus, RoleCode, SimScope, SimWorkspace};

use crate::office::*;

use AccountStatus::{Active, Deleted, NotRegistered};
use MembershipStatus::{Inactive, Pending};
use Severity::{Critical, High, Info, Low, Medium};

/// What is found in the office after an edit, by the usual options.
async fn after(edit: impl FnOnce(&mut FixedWorkspace)) -> Vec<String> {
    let mut office = office();
    edit(&mut office);
    found(&File::of(office).await.judged(&options()))
}

#[tokio::test]
async fn nothing_is_found_where_all_is_in_order() {
    let assessment = File::of(office()).await.judged(&options());
    assert_eq!(found(&assessment), Vec::<String>::new());
    let gaps: Vec<_> = assessment.not_checked.iter().map(|gap| gap.rule).collect();
    assert_eq!(gaps, [Rule::NoIdentityMatch, Rule::IdentityDisabledAccountActive, Rule::ExternalDomain]);
    assert_eq!(assessment.worst(), None);
    assert_eq!(assessment.notes, Vec::<String>::new());
}

#[tokio::test]
async fn an_owner_whose_account_cannot_be_used() {
    for (account, membership) in
        [(Active, Inactive), (Deleted, MembershipStatus::Active), (NotRegistered, Pending)]
    {
        let found = after(|office| {
            office.users[0] = office.users[0].clone().with_statuses(account.clone(), membership.clone());
            // Of an account that nobody signs in with, the second factor is not the matter.
            office.users[0].settings = None;
        })
        .await;
        let expected = [line(Critical, "owner-at-risk/disabled", &[who(1)])];
        assert_eq!(found[..1], expected, "{account} {membership}");
        assert!(
            found.iter().all(|line| line.contains("disabled") || line.contains("stale-invite")),
            "{found:?}"
        );
    }
}

#[tokio::test]
async fn an_owner_in_a_state_that_nobody_knows() {
    let found =
        after(|office| office.users[0].account_status = AccountStatus::Other("SLEEPING".to_owned())).await;
    assert_eq!(found, [line(Medium, "owner-at-risk/state-unknown", &[who(1)])]);
}

#[tokio::test]
async fn an_owner_without_a_second_factor_and_one_of_whom_it_is_not_known() {
    let found = after(|office| office.users[0].settings.as_mut().unwrap().multi_factor_enabled = false).await;
    assert_eq!(found, [line(High, "owner-at-risk/no-mfa", &[who(1)])]);
    let found = after(|office| office.users[0].settings = None).await;
    assert_eq!(found, [line(Low, "owner-at-risk/mfa-unknown", &[who(1)])]);
}

#[tokio::test]
async fn no_owner_and_two_of_them() {
    let found = after(|office| office.users[0].roles.clear()).await;
    assert_eq!(found, ["medium owner-at-risk/none-visible: 600525a3f5d05a2d97000000"]);
    let found = after(|office| {
        office.users[4].roles.push(managed(RoleCode::Owner, SimScope::Workspace));
    })
    .await;
    assert_eq!(found, [line(Medium, "owner-at-risk/several", &[who(1), who(5)])]);
}

#[tokio::test]
async fn administrators_without_a_second_factor() {
    let found = after(|office| {
        let mut without = admin(20);
        without.settings.as_mut().unwrap().multi_factor_enabled = false;
        let mut unknown = admin(21);
        unknown.settings = None;
        office.users.extend([without, unknown]);
    })
    .await;
    let expected = [line(High, "admin-without-mfa", &[who(20)]), line(Low, "admin-mfa-unknown", &[who(21)])];
    assert_eq!(found, expected);
}

#[tokio::test]
async fn nobody_is_blamed_for_what_is_said_of_nobody() {
    let found = after(|office| office.users.iter_mut().for_each(|user| user.settings = None)).await;
    let expected =
        [line(Low, "owner-at-risk/mfa-unknown", &[who(1)]), line(Info, "admin-mfa-unknown", &[who(2)])];
    assert_eq!(found, expected);
}

#[tokio::test]
async fn the_owner_is_an_administrator_when_the_rule_for_owners_is_off() {
    let mut office = office();
    office.users[0].settings.as_mut().unwrap().multi_factor_enabled = false;
    let file = File::of(office).await;
    let expected = [line(High, "admin-without-mfa", &[who(1)])];
    assert_eq!(found(&file.judged(&only(Rule::AdminWithoutMfa))), expected);
    let skipping = Options { skip: vec![Rule::OwnerAtRisk], ..options() };
    assert_eq!(found(&file.judged(&skipping)), expected);
}

#[tokio::test]
async fn the_plan_may_put_second_factors_where_clockify_does_not_see_them() {
    let mut office = office();
    office.users[1].settings.as_mut().unwrap().multi_factor_enabled = false;
    assert_eq!(File::of(office.clone()).await.judged(&options()).notes.len(), 1);
    office.workspace.features.retain(|feature| feature != "SSO");
    let assessment = File::of(office).await.judged(&options());
    assert_eq!(assessment.notes, Vec::<String>::new());
    assert_eq!(found(&assessment), [line(High, "admin-without-mfa", &[who(2)])]);
}

#[tokio::test]
async fn more_administrators_than_agreed() {
    let mut office = office();
    // With the owner that makes five who are in use; the one who is disabled cannot do anything.
    office.users.extend([admin(20), admin(21), admin(22), admin(23).with_statuses(Active, Inactive)]);
    let file = File::of(office.clone()).await;
    let left = line(Medium, "admin-not-enabled/disabled", &[who(23)]);
    assert_eq!(found(&file.judged(&options())), std::slice::from_ref(&left));
    let assessment = file.judged(&Options { max_admins: 4, ..options() });
    let many = line(Medium, "admin-count", &[who(1), who(2), who(20), who(21), who(22)]);
    assert_eq!(found(&assessment), [many, left]);
    assert_eq!(assessment.findings[0].title, "5 accounts have administrative access; the limit is 4");
    // Five are agreed when nothing is said.
    office.users.push(admin(24));
    let six = found(&File::of(office).await.judged(&only(Rule::AdminCount)));
    assert_eq!(six, [line(Medium, "admin-count", &[who(1), who(2), who(20), who(21), who(22), who(24)])]);
}

#[tokio::test]
async fn administrative_roles_on_accounts_that_cannot_be_used() {
    let mut new = invited("2026-03-01", 22);
    new.roles.push(managed(RoleCode::Admin, SimScope::Workspace));
    let fresh = new.id.clone();
    let found = after(|office| {
        office.users.extend([
            admin(20).with_statuses(Active, Inactive),
            admin(21).with_statuses(Deleted, Inactive),
            new,
            // A manager is no administrator.
            person(23)
                .with_statuses(Active, Inactive)
                .with_role(RoleCode::TeamManager, SimScope::User(who(4))),
        ]);
    })
    .await;
    let expected = [
        line(Medium, "admin-not-enabled/pending", &[fresh]),
        line(Medium, "admin-not-enabled/disabled", &[who(20)]),
        line(Low, "admin-not-enabled/deleted", &[who(21)]),
    ];
    assert_eq!(found, expected);
}

#[tokio::test]
async fn managers_of_nothing_in_particular() {
    let mut office = office();
    office.users[5].roles.push(managed(RoleCode::ProjectManager, SimScope::Project(String::new())));
    let file = File::of(office).await;
    let assessment = file.judged(&only(Rule::ManagerWithoutScope));
    assert_eq!(found(&assessment), [line(Medium, "manager-without-scope", &[who(6)])]);
    let doubt = "Project manager of nothing that is named; Clockify did not say which roles some people hold";
    assert_eq!(detail(&assessment, "manager-without-scope"), doubt);
}

#[tokio::test]
async fn managers_of_all_groups_or_projects() {
    let groups = |office: &mut FixedWorkspace, user: usize, groups: std::ops::RangeInclusive<u32>| {
        for group in groups {
            office.users[user]
                .roles
                .push(managed(RoleCode::TeamManager, SimScope::Group(id("2024-06-01", group))));
        }
    };
    // Four of five are not nearly all.
    assert_eq!(after(|office| groups(office, 5, 1..=4)).await, Vec::<String>::new());
    let expected = [line(Medium, "manager-of-all", &[who(6)])];
    assert_eq!(after(|office| groups(office, 5, 1..=5)).await, expected);
    // All of four is no crowd.
    let few = after(|office| {
        office.groups.pop();
        groups(office, 5, 1..=4);
    })
    .await;
    assert_eq!(few, Vec::<String>::new());
    // An administrator can do that anyway, and who is disabled nothing.
    let excused = after(|office| {
        groups(office, 1, 1..=5);
        groups(office, 5, 1..=5);
        office.users[5].membership_status = Inactive;
    })
    .await;
    assert_eq!(excused, Vec::<String>::new());

    let mut office = office();
    for project in 1..=5 {
        let scope = SimScope::Project(id("2024-07-01", project));
        office.users[6].roles.push(managed(RoleCode::ProjectManager, scope));
    }
    let assessment = File::of(office.clone()).await.judged(&options());
    assert_eq!(found(&assessment), [line(Medium, "manager-of-all", &[who(7)])]);
    assert_eq!(detail(&assessment, "manager-of-all"), "Project manager of 5 of 5 projects");
    // Without projects in the file nobody can tell, and that is said.
    let mut file = File::new();
    file.projects = false;
    file.sync(office, TODAY).await;
    let assessment = file.judged(&only(Rule::ManagerOfAll));
    assert_eq!(found(&assessment), Vec::<String>::new());
    assert_eq!(assessment.not_checked.len(), 1);
}

#[tokio::test]
async fn managers_of_nearly_everybody_through_groups_and_directly() {
    let mut office = office();
    // Eleven people are enabled; ten of them are nearly all. Groups 1 to 5 hold 4 to 9, and the rest is named.
    office.groups.push(clockify_sim::SimGroup::new(
        id("2024-06-01", 6),
        "Others",
        [who(10), who(11), who(1)],
    ));
    let roles = &mut office.users[8].roles;
    roles.extend(
        [1, 3, 5, 6].map(|group| managed(RoleCode::TeamManager, SimScope::Group(id("2024-06-01", group)))),
    );
    // 4 5, 6 7, 8 9, 10 11 1: nine people.
    let nine = File::of(office.clone()).await.judged(&options());
    assert_eq!(found(&nine), Vec::<String>::new());
    office.users[8].roles.push(managed(RoleCode::TeamManager, SimScope::User(who(2))));
    let ten = File::of(office.clone()).await.judged(&options());
    assert_eq!(found(&ten), [line(Medium, "manager-of-all", &[who(9)])]);
    assert_eq!(detail(&ten, "manager-of-all"), "Team manager of 10 of 11 enabled people");
    // Who is in two groups counts once.
    office.users[8].roles.pop();
    office.groups[2].user_ids.push(who(1));
    assert_eq!(found(&File::of(office).await.judged(&options())), Vec::<String>::new());
}

#[tokio::test]
async fn a_small_workspace_has_no_crowd_to_manage() {
    let mut small =
        FixedWorkspace::with_owner(SimWorkspace::new("600525a3f5d05a2d97000000", "Acme"), person(1));
    small.users.push(person(2).with_role(RoleCode::TeamManager, SimScope::User(who(1))));
    small.users[1].roles.push(managed(RoleCode::TeamManager, SimScope::User(who(2))));
    assert_eq!(found(&File::of(small).await.judged(&options())), Vec::<String>::new());
}
