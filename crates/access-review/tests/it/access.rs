//! Who reaches what and by which path, against what is stated here by hand.

use std::collections::BTreeSet;

use access_review::Snapshot;
use access_review::access::{AccessRow, Audience, Path, Reach};
use c1z::ResourceFilter;
use governance_model::{
    Expandable, Grant, Profile, Resource, ResourceId, ResourceTrait, State, TraitKind, Value,
};

use crate::workspace::{Content, File, entitlement, grant, id, newest, open, user, vector};

/// A grant to a group that its members inherit.
fn passed_on(on: &ResourceId, group: &ResourceId, shallow: bool) -> Grant {
    let mut grant = grant(on, "member", group.clone());
    grant.details_mut().expandable = Some(Expandable {
        entitlements: vec![entitlement(group, "member").id],
        shallow,
        resource_types: vec![governance_model::ResourceTypeId::from_static("user")],
    });
    grant
}

fn thing(kind: &'static str, key: &str, name: &str) -> Resource {
    let mut resource = Resource::new(id(kind, key), name);
    match kind {
        "group" => resource.traits.push(ResourceTrait::Group),
        "role" => resource.traits.push(ResourceTrait::Role),
        _ => {}
    }
    resource
}

fn scopes(of: &[(&str, &str)]) -> Profile {
    let scope = |(kind, id): &(&str, &str)| {
        Value::Map(Profile::from([("type".into(), (*kind).into()), ("id".into(), (*id).into())]))
    };
    Profile::from([("scopes".into(), Value::List(of.iter().map(scope).collect()))])
}

/// Ann is in Inner, Inner is in Middle, Middle is in Outer, and Outer, but for its own members only, is in Open. Middle and
/// Outer are on the project. Bob is on the project himself and in Middle, and Outer is in Inner again, so that three groups
/// go round in a circle. Cem manages Inner by a role that also covers Ann and a project that was not read.
fn nested() -> Content {
    let group = |key: &str| id("group", key);
    let (inner, middle, outer, public) = (group("inner"), group("middle"), group("outer"), group("open"));
    let (project, manager) = (id("project", "p"), id("role", "team-manager"));
    let mut role = grant(&manager, "assigned", id("user", "cem"));
    role.details_mut().metadata = scopes(&[("group", "inner"), ("user", "ann"), ("project", "unread")]);
    let all = [&inner, &middle, &outer, &public, &project];
    Content {
        types: vec![
            ("user", Some(TraitKind::User)),
            ("group", Some(TraitKind::Group)),
            ("role", Some(TraitKind::Role)),
            ("project", None),
        ],
        resources: vec![
            user("ann", "Ann", State::Enabled),
            user("bob", "Bob", State::Enabled),
            user("cem", "Cem", State::Disabled),
            thing("group", "inner", "Inner"),
            thing("group", "middle", "Middle"),
            thing("group", "outer", "Outer"),
            thing("group", "open", "Open"),
            thing("project", "p", "Project"),
            thing("role", "team-manager", "Team manager"),
        ],
        entitlements: all
            .iter()
            .flat_map(|on| [entitlement(on, "member"), entitlement(on, "manager")])
            .chain([entitlement(&manager, "assigned")])
            .collect(),
        grants: vec![
            grant(&inner, "member", id("user", "ann")),
            passed_on(&middle, &inner, false),
            passed_on(&outer, &middle, false),
            passed_on(&inner, &outer, false),
            passed_on(&public, &outer, true),
            passed_on(&project, &middle, false),
            passed_on(&project, &outer, false),
            grant(&project, "member", id("user", "bob")),
            grant(&middle, "member", id("user", "bob")),
            grant(&inner, "manager", id("user", "cem")),
            role,
        ],
        ..Content::new()
    }
}

fn reach(snapshot: &Snapshot<'_>, who: &ResourceId) -> Reach {
    let resource = snapshot.view().resource(who).unwrap().unwrap().value;
    Reach::of(snapshot, resource).unwrap()
}

fn said(rows: &[AccessRow]) -> Vec<String> {
    rows.iter().map(|row| format!("{} {}: {}", row.resource.label(), row.permission, row.how())).collect()
}

/// Both ways of keeping the same facts: as they were granted, and with a grant for whoever inherits.
fn both(test: impl Fn(&Snapshot<'_>, bool)) {
    for expanded in [false, true] {
        let file = File::with(&Content { expanded, ..nested() }, 1);
        let file = file.open();
        test(&newest(&file), expanded);
    }
}

#[test]
fn every_path_through_groups_is_told() {
    both(|snapshot, expanded| {
        let ann = reach(snapshot, &id("user", "ann"));
        let mut expected = vec![
            "Inner member: direct",
            "Middle member: through group Inner",
            "Outer member: through group Inner, then group Middle",
            "Project member: through group Inner, then group Middle; \
             through group Inner, then group Middle, then group Outer",
        ];
        // Expansion, as the official tools do it, takes a circle of groups for one, and who is in one of them for a member
        // of all in its own right. What the file grants is shown.
        if expanded {
            expected.insert(2, "Open member: through group Inner");
        }
        assert_eq!(said(&ann.rows), expected, "{expanded}");
        // Nor does it write grants inside of the circle.
        let granted: Vec<&str> =
            ann.rows.iter().filter(|row| row.grant.is_some()).map(|row| row.resource.name.as_str()).collect();
        assert_eq!(granted, if expanded { vec!["Inner", "Open", "Project"] } else { vec!["Inner"] });
        assert!(ann.rows.iter().all(|row| row.principal.id == "ann" && row.principal.name == "Ann"));

        let bob = reach(snapshot, &id("user", "bob"));
        let rows: Vec<_> = said(&bob.rows).into_iter().filter(|row| !row.starts_with("Open")).collect();
        assert_eq!(
            rows,
            [
                "Inner member: through group Middle, then group Outer",
                "Middle member: direct",
                "Outer member: through group Middle",
                "Project member: direct; through group Middle; through group Middle, then group Outer",
            ],
            "{expanded}"
        );
        let direct = bob.rows.iter().filter(|row| row.direct).map(|row| row.resource.name.as_str());
        assert_eq!(direct.collect::<Vec<_>>(), ["Middle", "Project"]);
    });
}

#[test]
fn only_members_of_their_own_right_pass_a_shallow_edge() {
    let mut content = nested();
    content.grants.push(grant(&id("group", "outer"), "member", id("user", "cem")));
    let file = File::with(&content, 1);
    let file = file.open();
    let snapshot = newest(&file);
    let open = |who: &str| {
        let rows = reach(&snapshot, &id("user", who)).rows;
        said(&rows).into_iter().filter(|row| row.starts_with("Open")).collect::<Vec<_>>()
    };
    assert_eq!(open("cem"), ["Open member: through group Outer"]);
    assert_eq!(open("ann"), [] as [&str; 0]);
}

#[test]
fn a_role_covers_what_its_scope_names() {
    both(|snapshot, _| {
        let cem = reach(snapshot, &id("user", "cem"));
        assert_eq!(
            said(&cem.rows),
            [
                "Team manager assigned: direct",
                "Inner manager: direct; role Team manager covers it",
                "unread scope: role Team manager covers it",
                "Ann scope: role Team manager covers it",
            ]
        );
        let covers: Vec<_> = cem.rows[0].scopes.iter().map(access_review::rows::Scope::label).collect();
        assert_eq!(covers, ["group Inner", "user Ann", "project unread"]);
        let notes: Vec<_> = cem.notes.iter().map(|note| note.0.as_str()).collect();
        assert_eq!(notes, ["The account is disabled: nothing here can be used while it is."]);
    });
}

#[test]
fn a_group_reaches_what_it_was_granted() {
    both(|snapshot, expanded| {
        // Groups inherit nothing here: the expansions admit people only.
        let middle = reach(snapshot, &id("group", "middle"));
        assert_eq!(said(&middle.rows), ["Outer member: direct", "Project member: direct"], "{expanded}");
        assert!(middle.rows.iter().all(|row| row.inherited_by_members));
    });
}

/// Asked from both ends, the answer is the same.
#[track_caller]
fn same_from_both_ends(snapshot: &Snapshot<'_>, at_least: usize) {
    let key = |row: AccessRow| serde_json::to_string(&row).unwrap();
    let (mut of_principals, mut on_resources) = (BTreeSet::new(), BTreeSet::new());
    for record in snapshot.view().resources(&ResourceFilter::default()) {
        let resource = record.unwrap().value;
        let audience = Audience::of(snapshot, &resource).unwrap();
        for row in audience.rows() {
            let row = row.unwrap();
            if !row.principal.missing {
                assert!(on_resources.insert(key(row.clone())), "twice: {row:?}");
            }
        }
        for row in Reach::of(snapshot, resource).unwrap().rows {
            // What the file does not have cannot be asked about.
            if !row.resource.name.is_empty() {
                assert!(of_principals.insert(key(row.clone())), "twice: {row:?}");
            }
        }
    }
    assert!(of_principals.len() >= at_least, "{}", of_principals.len());
    let missing: Vec<_> = of_principals.difference(&on_resources).collect();
    let surplus: Vec<_> = on_resources.difference(&of_principals).collect();
    assert!(
        missing.is_empty() && surplus.is_empty(),
        "of principals only: {missing:#?}\non resources only: {surplus:#?}"
    );
}

#[test]
fn both_ends_tell_the_same() {
    both(|snapshot, _| same_from_both_ends(snapshot, 17));
    for (name, at_least) in [("tiny-v1.c1z", 4), ("small-v1.c1z", 20), ("two-v1.c1z", 4)] {
        let file = open(&vector(name));
        same_from_both_ends(&newest(&file), at_least);
    }
}

#[test]
fn a_source_that_was_recorded_and_cannot_be_followed_is_shown() {
    let mut content = Content::new();
    let vault = id("vault", "v1");
    let mut inherited = grant(&vault, "open", id("user", "cem"));
    inherited
        .details_mut()
        .sources
        .insert(governance_model::EntitlementId::from_raw("team:gone:member"), false);
    content.grants.push(inherited);
    let file = File::with(&content, 1);
    let file = file.open();
    let snapshot = newest(&file);
    let rows = reach(&snapshot, &id("user", "cem")).rows;
    assert_eq!(said(&rows), ["Vault open: through team:gone:member"]);
    assert!(!rows[0].direct);
    assert!(matches!(&rows[0].paths[..], [Path::Through { steps }] if steps.len() == 1));
    let vault = snapshot.view().resource(&vault).unwrap().unwrap().value;
    let audience = Audience::of(&snapshot, &vault).unwrap();
    let told: Vec<_> = audience
        .rows()
        .map(|row| row.unwrap())
        .map(|row| format!("{}: {}", row.principal.label(), row.how()))
        .collect();
    assert_eq!(told, ["Team: direct", "Cem \u{202e}txt _x0041_: through team:gone:member", "nobody: direct"]);
}

#[test]
fn what_everybody_sees_is_a_note_and_no_grant() {
    let mut content = nested().reported("w1");
    let project = content.resource(&id("project", "p"));
    project.profile.insert("public".into(), Value::Bool(true));
    project.profile.insert("archived".into(), Value::Bool(true));
    let owner = id("role", "owner");
    content.resources.push(thing("role", "owner", "Owner"));
    content.entitlements.push(entitlement(&owner, "assigned"));
    content.grants.push(grant(&owner, "assigned", id("user", "ann")));
    let file = File::with(&content, 1);
    let file = file.open();
    let snapshot = newest(&file);
    let ann = reach(&snapshot, &id("user", "ann"));
    assert_eq!(
        ann.notes.iter().map(|note| note.0.as_str()).collect::<Vec<_>>(),
        [
            "Owner covers the whole workspace: every person, group and project, listed here or not.",
            "Everybody in the workspace sees 1 public project: Project.",
            "Projects were not read; --sync-projects at the next sync reads them.",
        ]
    );
    let project = snapshot.view().resource(&id("project", "p")).unwrap().unwrap().value;
    assert_eq!(
        Audience::of(&snapshot, &project)
            .unwrap()
            .notes
            .iter()
            .map(|note| note.0.as_str())
            .collect::<Vec<_>>(),
        [
            "It is public: everybody in the workspace sees it, listed here or not.",
            "It is archived.",
            "Owner covers it, too: Ann.",
            "Projects were not read; --sync-projects at the next sync reads them.",
        ]
    );
}

/// Numbers without a pattern, the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

const PEOPLE: [&str; 4] = ["u0", "u1", "u2", "u3"];
const GROUPS: [&str; 5] = ["g0", "g1", "g2", "g3", "g4"];

/// Groups at random in groups at random, with or without circles.
fn world(dice: &mut Dice, circles: bool) -> Content {
    let mut content = Content { grants: Vec::new(), ..nested() };
    content.resources = PEOPLE.iter().map(|key| user(key, key, State::Enabled)).collect();
    content.resources.extend(GROUPS.iter().map(|key| thing("group", key, key)));
    content.entitlements = GROUPS.iter().map(|key| entitlement(&id("group", key), "member")).collect();
    for (number, on) in GROUPS.iter().enumerate() {
        let on = id("group", on);
        for who in PEOPLE {
            if dice.below(5) == 0 {
                content.grants.push(grant(&on, "member", id("user", who)));
            }
        }
        for (inner, key) in GROUPS.iter().enumerate() {
            if inner != number && (circles || inner < number) && dice.below(3) == 0 {
                content.grants.push(passed_on(&on, &id("group", key), dice.below(4) == 0));
            }
        }
    }
    content
}

/// In which groups a person is, by going round until nothing changes.
fn groups_of(content: &Content, who: &str) -> BTreeSet<String> {
    let own = |group: &str| {
        content
            .grants
            .iter()
            .any(|grant| grant.resource.resource == group && grant.principal == id_of("user", who))
    };
    let mut reached: BTreeSet<String> =
        GROUPS.iter().filter(|group| own(group)).map(|group| (*group).to_owned()).collect();
    loop {
        let before = reached.len();
        for grant in &content.grants {
            let Some(expandable) = &grant.details().expandable else { continue };
            let through = &grant.principal.resource;
            if if expandable.shallow { own(through) } else { reached.contains(through.as_str()) } {
                reached.insert(grant.resource.resource.to_string());
            }
        }
        if reached.len() == before {
            return reached;
        }
    }
}

fn id_of(kind: &str, key: &str) -> ResourceId {
    ResourceId::new(governance_model::ResourceTypeId::new(kind), key)
}

#[test]
fn whatever_the_groups_are_in_the_answer_is_right_from_both_ends() {
    let mut dice = Dice(4);
    for round in 0..120 {
        let circles = round % 2 == 0;
        let content = world(&mut dice, circles);
        for expanded in [false, true] {
            let file = File::with(&Content { expanded, ..content.clone() }, 1);
            let file = file.open();
            let snapshot = newest(&file);
            same_from_both_ends(&snapshot, 0);
            for who in PEOPLE {
                let rows = reach(&snapshot, &id_of("user", who)).rows;
                let found: BTreeSet<_> = rows.iter().map(|row| row.resource.id.clone()).collect();
                assert_eq!(rows.len(), found.len(), "{round} {who}");
                let expected = groups_of(&content, who);
                if circles && expanded {
                    assert!(found.is_superset(&expected), "{round} {who}: {found:?} {expected:?}");
                } else {
                    assert_eq!(found, expected, "{round} {who} {expanded}");
                }
            }
        }
    }
}
