//! The seeded workspace: reproducible, plausible, and with every odd case in it.

use std::collections::{HashMap, HashSet};

use clockify_sim::{
    AccountStatus, Content, CustomFieldType, FixedWorkspace, MembershipStatus, RoleCode, SeededWorkspace,
    SimScope, SimUser, Truth,
};

fn demo() -> SeededWorkspace {
    SeededWorkspace::demo()
}

#[test]
fn the_same_seed_makes_the_same_workspace_and_another_seed_another() {
    let world = |seed| SeededWorkspace::new(seed).users(500).groups(40).projects(20);
    let (a, b, c) = (world(1), world(1), world(2));
    assert!(
        a.all_users().eq(b.all_users())
            && a.all_groups().eq(b.all_groups())
            && a.all_projects().eq(b.all_projects())
    );
    assert_eq!(a.workspace(), b.workspace());
    assert!(
        a.all_users()
            .zip(c.all_users())
            .all(|(a, c)| a.id != c.id && (a.email != c.email || a.email.is_none())
                || a.email.as_deref() == Some(""))
    );
}

#[test]
fn a_member_does_not_depend_on_the_others() {
    let world = SeededWorkspace::new(1).users(500);
    let forwards: Vec<SimUser> = world.all_users().collect();
    for index in [499, 7, 250, 0, 7] {
        assert_eq!(world.user(index), forwards[index]);
    }
}

#[test]
fn the_demo_has_the_promised_size_and_leaders() {
    let demo = demo();
    assert_eq!((demo.user_count(), demo.group_count(), demo.project_count()), (60, 9, 12));
    assert_eq!(demo.workspace().name, "Marrowstone Instruments");
    let leaders: Vec<(String, String)> =
        demo.all_users().take(4).map(|user| (user.name.unwrap(), user.email.unwrap())).collect();
    let leader = |name: &str, address: &str| (name.to_owned(), format!("{address}@marrowstone.example"));
    assert_eq!(
        leaders,
        [
            leader("Henrike Aldous", "henrike.aldous"),
            leader("Tobias Renn", "tobias.renn"),
            leader("Mei-Lin Okafor", "mei-lin.okafor"),
            leader("Marrowstone Access Sync", "access-sync"),
        ]
    );
    assert_eq!(demo.user(demo.key_owner()).name.as_deref(), Some("Marrowstone Access Sync"));
}

#[test]
fn ids_are_object_ids_of_plausible_age_that_ascend() {
    for world in [demo(), SeededWorkspace::new(4).users(3_000).groups(300).projects(300)] {
        for ids in [
            world.all_users().map(|user| user.id).collect::<Vec<_>>(),
            world.all_groups().map(|group| group.id).collect(),
            world.all_projects().map(|project| project.id).collect(),
        ] {
            assert!(ids.is_sorted_by(|a, b| a < b));
            for id in &ids {
                assert!(
                    id.len() == 24 && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')),
                    "{id}"
                );
                let created = u64::from_str_radix(&id[..8], 16).unwrap();
                // 2019-01-01 to 2026-01-02.
                assert!((1_546_300_800..1_767_312_000).contains(&created), "{id}");
            }
        }
    }
}

#[test]
fn addresses_are_unique_and_can_never_exist() {
    let world = SeededWorkspace::new(4).users(5_000);
    let addresses: Vec<String> =
        world.all_users().filter_map(|user| user.email).filter(|email| !email.is_empty()).collect();
    assert!(addresses.iter().all(|address| address.ends_with(".example")));
    let distinct: HashSet<String> = addresses.iter().map(|address| address.to_lowercase()).collect();
    assert_eq!(distinct.len(), addresses.len());
}

#[test]
fn every_kind_of_member_occurs_in_the_demo() {
    use AccountStatus as A;
    use MembershipStatus as M;
    let users: Vec<SimUser> = demo().all_users().collect();
    let occurs = |what: &str, is: &dyn Fn(&SimUser) -> bool| {
        assert!(users.iter().any(is), "{what} does not occur");
    };
    for (account, membership) in [
        (A::Active, M::Active),
        (A::Active, M::Inactive),
        (A::Deleted, M::Inactive),
        (A::NotRegistered, M::Pending),
        (A::NotRegistered, M::Active),
        (A::NotRegistered, M::Declined),
        (A::PendingEmailVerification, M::Active),
        (A::Limited, M::Active),
        (A::Limited, M::Inactive),
        (A::LimitedDeleted, M::Inactive),
    ] {
        let has = |user: &SimUser| user.account_status == account && user.membership_status == membership;
        occurs(&format!("{account}/{membership}"), &has);
    }
    occurs("a limited member with a null address", &|user| user.email.is_none());
    occurs("a limited member with an empty address", &|user| user.email.as_deref() == Some(""));
    for on in [true, false] {
        occurs("a second factor", &|user| {
            user.settings.as_ref().is_some_and(|settings| settings.multi_factor_enabled == on)
        });
    }
    let manages = |role: RoleCode, kind: &dyn Fn(&SimScope) -> bool| {
        users.iter().flat_map(|user| &user.roles).any(|held| held.role == role && kind(&held.scope))
    };
    assert!(manages(RoleCode::TeamManager, &|scope| matches!(scope, SimScope::User(_))));
    assert!(manages(RoleCode::TeamManager, &|scope| matches!(scope, SimScope::Group(_))));
    assert!(manages(RoleCode::ProjectManager, &|scope| matches!(scope, SimScope::Project(_))));
    for kind in CustomFieldType::KNOWN {
        occurs(kind.as_str(), &|user| user.custom_fields.iter().any(|field| field.kind == *kind));
    }
    let name_has = |test: &dyn Fn(char) -> bool| {
        users.iter().filter_map(|user| user.name.as_deref()).any(|name| name.chars().any(test))
    };
    assert!(name_has(&|c| ('а'..='я').contains(&c)), "Cyrillic");
    assert!(name_has(&|c| ('\u{4e00}'..='\u{9fff}').contains(&c)), "CJK");
    assert!(name_has(&|c| c == '\'' || c == '’'), "an apostrophe");
    assert!(name_has(&|c| c >= '\u{1f300}'), "an emoji");

    let owners: Vec<&SimUser> = users.iter().filter(|user| user.has_role(RoleCode::Owner)).collect();
    assert_eq!(owners.len(), 1);
    assert!(owners[0].has_role(RoleCode::Admin), "the owner carries the admin role too");
    assert_eq!(users.iter().filter(|user| user.has_role(RoleCode::Admin)).count(), 4);
}

#[test]
fn names_and_settings_are_missing_exactly_for_people_who_never_came() {
    for user in SeededWorkspace::new(8).users(400).all_users() {
        let came = user.account_status != AccountStatus::NotRegistered;
        assert_eq!(user.name.is_some(), came, "{user:?}");
        assert!(user.settings.is_none() || came);
    }
}

#[test]
fn the_demo_has_odd_groups() {
    let demo = demo();
    let users: HashMap<String, SimUser> = demo.all_users().map(|user| (user.id.clone(), user)).collect();
    let groups: Vec<_> = demo.all_groups().collect();
    let names: HashSet<&str> = groups.iter().map(|group| group.name.as_str()).collect();
    assert_eq!(names.len(), 9, "names are unique");
    for name in ["Ops / On-Call", "Приёмка 🚀", "=cmd|' /C calc'!A0"] {
        assert!(names.contains(name), "{name}");
    }
    assert!(names.iter().any(|name| name.contains("<script>")));
    assert!(groups.iter().any(|group| group.user_ids.is_empty()), "an empty group");
    let members: Vec<Option<&SimUser>> =
        groups.iter().flat_map(|group| &group.user_ids).map(|id| users.get(id)).collect();
    assert_eq!(members.iter().filter(|member| member.is_none()).count(), 1, "one id is nobody's");
    assert!(members.iter().flatten().any(|user| user.account_status == AccountStatus::Limited));
    assert!(members.iter().flatten().any(|user| user.membership_status == MembershipStatus::Inactive));
    for group in &groups {
        assert_eq!(
            group.user_ids.iter().collect::<HashSet<_>>().len(),
            group.user_ids.len(),
            "no repetition"
        );
        for manager in &group.team_managers {
            let roles = &users[manager].roles;
            assert!(
                roles.iter().any(|held| held.scope == SimScope::Group(group.id.clone())),
                "both views agree"
            );
        }
    }
    let managed: usize = groups.iter().map(|group| group.team_managers.len()).sum();
    let scopes = users.values().flat_map(|user| &user.roles);
    assert_eq!(managed, scopes.filter(|held| matches!(held.scope, SimScope::Group(_))).count());
    assert!(managed > 0);
}

#[test]
fn the_demo_has_projects_of_every_sort() {
    let demo = demo();
    let projects: Vec<_> = demo.all_projects().collect();
    let group_ids: HashSet<String> = demo.all_groups().map(|group| group.id).collect();
    assert!(projects.iter().any(|project| project.public) && projects.iter().any(|project| !project.public));
    assert!(
        projects.iter().any(|project| project.archived) && projects.iter().any(|project| !project.archived)
    );
    let has_group =
        projects.iter().flat_map(|project| &project.members).any(|member| group_ids.contains(&member.id));
    assert!(has_group, "a group as pseudo-member");
    let names: HashSet<&str> = projects.iter().map(|project| project.name.as_str()).collect();
    assert_eq!(names.len(), 12);
}

#[test]
fn indexes_and_ids_lead_to_each_other() {
    for world in [demo(), SeededWorkspace::new(2).users(1_000).groups(70).projects(30)] {
        let copy = FixedWorkspace::copy_of(&world);
        for index in 0..world.user_count() {
            let id = world.user_id(index);
            assert_eq!((world.user_index(&id), copy.user_index(&id)), (Some(index), Some(index)));
            let user = world.user(index);
            assert_eq!(world.user_statuses(index), (user.account_status, user.membership_status));
        }
        for index in 0..world.group_count() {
            let id = world.group(index).id;
            assert_eq!((world.group_index(&id), copy.group_index(&id)), (Some(index), Some(index)));
        }
        for index in 0..world.project_count() {
            let id = world.project(index).id;
            assert_eq!((world.project_index(&id), copy.project_index(&id)), (Some(index), Some(index)));
        }
        assert_eq!(world.user_index("64b000000000000000000000"), None);
    }
}

#[test]
fn a_workspace_of_one_is_its_owner() {
    let world = SeededWorkspace::new(1).users(1);
    assert_eq!(world.key_owner(), 0);
    assert!(world.user(0).has_role(RoleCode::Owner));
    assert_eq!(world.all_groups().count(), 10);
    assert_eq!(world.all_projects().count(), 6);
}
