//! Filters of people and counts of members, against the content that was put into the file.

use std::collections::BTreeSet;

use access_review::rows::{Group, Person, PersonFilter, Project};
use governance_model::{Resource, ResourceTrait, State};

use crate::workspace::{Content, File, entitlement, grant, id, newest, user};

/// Forty people in five groups and four roles, everybody in what their number divides, and two whom grants name and the
/// file lacks. A group and a role share a name, and a team has a team as a member.
fn crowd() -> Content {
    let mut content = Content::new();
    (content.resources, content.entitlements, content.grants) = (Vec::new(), Vec::new(), Vec::new());
    content.types.push(("project", None));
    let states = [State::Enabled, State::Disabled, State::Deleted, State::Unspecified];
    for number in 0..40 {
        let mut person = user(&format!("p{number:02}"), &format!("Person {number}"), states[number % 4]);
        if number % 8 == 3 {
            // Nothing is said of it.
            person.status = None;
        }
        let ResourceTrait::User(facts) = &mut person.traits[0] else { panic!("no user") };
        facts.mfa_enabled = [Some(true), Some(false), None][number % 3];
        facts.emails[0].address =
            format!("p{number}@{}", ["Example.com", "corp.test", "ÉTÉ.example"][number % 3]);
        if number == 17 {
            "seventeen@AB".clone_into(&mut facts.emails[0].address);
        }
        if number % 5 == 0 {
            person.profile.insert("membership_status".into(), "PENDING".into());
        }
        if number % 11 == 0 {
            // A team that signs in: what is more than an account is read to know its state.
            person.traits.push(ResourceTrait::Group);
        }
        content.resources.push(person);
    }
    for (key, name) in
        [("g1", "Ops"), ("g2", "Dev"), ("g3", "Owner"), ("g4", "Empty"), ("g5", "ops"), ("x", "Crew")]
    {
        let mut group = Resource::new(id("group", key), name);
        group.traits.push(ResourceTrait::Group);
        content.resources.push(group);
        content.entitlements.extend(["member", "manager"].map(|slug| entitlement(&id("group", key), slug)));
    }
    for (key, name) in [
        ("owner", "Owner"),
        ("workspace-admin", "Workspace admin"),
        ("regular", "Regular"),
        ("r4", "Dev"),
        ("x", "Helper"),
    ] {
        let mut role = Resource::new(id("role", key), name);
        role.traits.push(ResourceTrait::Role);
        content.resources.push(role);
        content.entitlements.push(entitlement(&id("role", key), "assigned"));
    }
    content.resources.push(Resource::new(id("project", "j1"), "Journey"));
    content.entitlements.extend(["member", "manager"].map(|slug| entitlement(&id("project", "j1"), slug)));
    let mut give = |on: (&'static str, &str), slug, every: usize, rest: usize| {
        for number in (0..40).filter(|number| number % every == rest) {
            content.grants.push(grant(&id(on.0, on.1), slug, id("user", &format!("p{number:02}"))));
        }
    };
    give(("group", "g1"), "member", 2, 0);
    give(("group", "g1"), "manager", 20, 1);
    give(("group", "g2"), "member", 3, 0);
    give(("group", "g3"), "member", 4, 1);
    give(("group", "g5"), "member", 7, 1);
    give(("role", "owner"), "assigned", 40, 5);
    give(("role", "workspace-admin"), "assigned", 6, 3);
    give(("role", "regular"), "assigned", 1, 0);
    give(("role", "r4"), "assigned", 9, 2);
    give(("project", "j1"), "member", 5, 0);
    give(("project", "j1"), "manager", 13, 7);
    content.grants.push(grant(&id("group", "g1"), "member", id("group", "g2")));
    content.grants.push(grant(&id("project", "j1"), "member", id("group", "g1")));
    content.grants.push(grant(&id("project", "j1"), "member", id("group", "g3")));
    // A role and a group with one id, one after the other.
    content.grants.push(grant(&id("role", "x"), "assigned", id("user", "p03")));
    content.grants.push(grant(&id("group", "x"), "member", id("user", "p05")));
    content.grants.push(grant(&id("role", "owner"), "assigned", id("user", "gone")));
    content.grants.push(grant(&id("group", "g2"), "member", id("user", "lost")));
    // Nothing is written in the order of its id.
    content.grants.reverse();
    content
}

/// Who is wanted, told from the content by a rule of the test's own.
fn wanted(
    content: &Content,
    rule: impl Fn(&Resource, &dyn Fn(&str, &str, &str) -> bool) -> bool,
) -> Vec<String> {
    let holds = |who: &str, on: &str, slug: &str| {
        content.grants.iter().any(|grant| {
            grant.principal == id("user", who)
                && grant.resource.store_key() == on
                && grant.entitlement.as_str().ends_with(slug)
        })
    };
    let people = content.resources.iter().filter(|resource| resource.id.resource_type.as_str() == "user");
    people.filter(|person| rule(person, &holds)).map(|person| person.id.resource.to_string()).collect()
}

#[test]
fn every_filter_finds_whom_the_content_says() {
    let content = crowd();
    let file = File::with(&content, 1);
    let file = file.open();
    let snapshot = newest(&file);
    let list = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
    let found = |filter: &PersonFilter| -> Vec<String> {
        filter.people(&snapshot).unwrap().map(|person| person.unwrap().id).collect()
    };
    let none = PersonFilter::default;
    let with = |people: Vec<String>, missing: &[&str]| [people, list(missing)].concat();
    let state = |person: &Resource| person.status.as_ref().map_or(State::Unspecified, |status| status.state);
    let ops = |who: &str, holds: &dyn Fn(&str, &str, &str) -> bool| {
        holds(who, "group:g1", "member") || holds(who, "group:g5", "member")
    };
    let admin = |who: &str, holds: &dyn Fn(&str, &str, &str) -> bool| {
        holds(who, "role:owner", "assigned") || holds(who, "role:workspace-admin", "assigned")
    };

    assert_eq!(found(&none()), with(wanted(&content, |_, _| true), &["gone", "lost"]));
    let filter = PersonFilter { admin: true, ..none() };
    assert_eq!(
        found(&filter),
        with(wanted(&content, |who, holds| admin(&who.id.resource, holds)), &["gone"])
    );
    // By name in any case, and both groups of that name; neither their managers nor the group inside.
    let filter = PersonFilter { group: list(&["OPS"]), ..none() };
    assert_eq!(found(&filter), wanted(&content, |who, holds| ops(&who.id.resource, holds)));
    for (role, group, expected) in [("helper", "", "p03"), ("", "crew", "p05")] {
        let some = |name: &str| if name.is_empty() { Vec::new() } else { list(&[name]) };
        let filter = PersonFilter { role: some(role), group: some(group), ..none() };
        assert_eq!(found(&filter), [expected]);
    }
    // A group and a role have that name.
    let filter = PersonFilter { group: list(&["dev"]), ..none() };
    assert_eq!(
        found(&filter),
        with(wanted(&content, |who, holds| holds(&who.id.resource, "group:g2", "member")), &["lost"])
    );
    let filter = PersonFilter { role: list(&["dev"]), ..none() };
    assert_eq!(found(&filter), wanted(&content, |who, holds| holds(&who.id.resource, "role:r4", "assigned")));
    let filter = PersonFilter { role: list(&["owner"]), ..none() };
    assert_eq!(
        found(&filter),
        with(wanted(&content, |who, holds| holds(&who.id.resource, "role:owner", "assigned")), &["gone"])
    );
    let filter = PersonFilter { role: list(&["regular"]), group: list(&["g1", "g2"]), admin: true, ..none() };
    let both = wanted(&content, |who, holds| {
        let who = who.id.resource.as_str();
        admin(who, holds) && (holds(who, "group:g1", "member") || holds(who, "group:g2", "member"))
    });
    assert!(!both.is_empty());
    assert_eq!(found(&filter), both);
    let filter = PersonFilter { admin: true, status: list(&["disabled", "unspecified"]), ..none() };
    let expected = wanted(&content, |who, holds| {
        admin(&who.id.resource, holds) && matches!(state(who), State::Disabled | State::Unspecified)
    });
    assert!(!expected.is_empty());
    assert_eq!(found(&filter), with(expected, &["gone"]));
    let filter = PersonFilter { status: list(&["deleted"]), pending: true, ..none() };
    let expected = wanted(&content, |who, _| {
        state(who) == State::Deleted && who.profile.get("membership_status").is_some()
    });
    assert!(!expected.is_empty());
    assert_eq!(found(&filter), expected);
    let address = |who: &Resource| match &who.traits[0] {
        ResourceTrait::User(user) => user.emails[0].address.clone(),
        _ => String::new(),
    };
    for (domains, ends) in [
        (&["EXAMPLE.com"][..], &["@Example.com"][..]),
        (&["@corp.test", "été.example"], &["@ÉTÉ.example", "@corp.test"]),
        (&["corp.test", "ab"], &["@corp.test", "@AB"]),
        (&["elsewhere.example"], &[]),
    ] {
        let filter = PersonFilter { domain: list(domains), ..none() };
        let expected = wanted(&content, |who, _| ends.iter().any(|end| address(who).ends_with(end)));
        assert_eq!(found(&filter), expected, "{domains:?}");
        assert_eq!(expected.is_empty(), ends.is_empty());
    }
    let filter = PersonFilter { no_mfa: true, ..none() };
    let expected = wanted(
        &content,
        |who, _| matches!(&who.traits[0], ResourceTrait::User(user) if user.mfa_enabled != Some(true)),
    );
    assert_eq!(found(&filter), with(expected, &["gone", "lost"]));
}

#[test]
fn who_is_found_by_a_role_has_the_same_row_as_in_the_whole_list() {
    let file = File::with(&crowd(), 1);
    let file = file.open();
    let snapshot = newest(&file);
    let all: Vec<Person> =
        PersonFilter::default().people(&snapshot).unwrap().map(|person| person.unwrap()).collect();
    let admins = PersonFilter { admin: true, ..PersonFilter::default() };
    let admins: Vec<Person> = admins.people(&snapshot).unwrap().map(|person| person.unwrap()).collect();
    assert!(admins.len() > 5);
    for admin in admins {
        assert_eq!(all.iter().find(|person| person.id == admin.id), Some(&admin));
    }
}

#[test]
fn members_are_counted_as_the_content_has_them() {
    let content = crowd();
    let file = File::with(&content, 1);
    let file = file.open();
    let snapshot = newest(&file);
    let state = |who: &str| {
        let person = content.resources.iter().find(|resource| resource.id == id("user", who));
        person.and_then(|person| person.status.as_ref()).map(|status| status.state)
    };
    let count = |on: &str| {
        let members: BTreeSet<_> = content
            .grants
            .iter()
            .filter(|grant| grant.entitlement.as_str() == format!("{on}:member"))
            .filter(|grant| grant.principal.resource_type.as_str() == "user")
            .map(|grant| grant.principal.resource.to_string())
            .collect();
        let enabled = members.iter().filter(|who| state(who) == Some(State::Enabled)).count();
        (members.len() as u64, enabled as u64)
    };
    let groups: Vec<Group> = Group::all(&snapshot).map(|group| group.unwrap()).collect();
    // Six groups, and four teams that are accounts as well.
    assert_eq!(groups.iter().filter(|group| !group.id.starts_with('p')).count(), 6);
    let groups: Vec<Group> = groups.into_iter().filter(|group| !group.id.starts_with('p')).collect();
    for group in &groups {
        assert_eq!(
            (group.members, group.enabled_members),
            count(&format!("group:{}", group.id)),
            "{group:?}"
        );
    }
    assert_eq!(count("group:g2"), (15, 4));
    let managers: Vec<&str> = groups[0].managers.iter().map(|manager| manager.id.as_str()).collect();
    assert_eq!(managers, ["p01", "p21"]);
    let projects: Vec<Project> = Project::all(&snapshot).map(|project| project.unwrap()).collect();
    assert_eq!((projects[0].members, projects[0].enabled_members), count("project:j1"));
    let inside: Vec<&str> = projects[0].groups.iter().map(|group| group.id.as_str()).collect();
    assert_eq!(inside, ["g1", "g3"]);
    let managers: Vec<&str> = projects[0].managers.iter().map(|manager| manager.id.as_str()).collect();
    assert_eq!(managers, ["p07", "p20", "p33"]);
}
