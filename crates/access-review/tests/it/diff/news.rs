//! What is news and what is none, one case after the other.

use std::collections::BTreeMap;

use access_review::diff::{Cause, Change, Comparison, Options, Refusal, RemarkCode, Section, previous};
use access_review::{Error, Selection, Snapshot};
use c1z::{C1zFile, Limits, SyncType};
use governance_model::{
    Annotation, Email, EntitlementId, Grant, Profile, Resource, State, Status, StructuredName, UserTrait,
    Value,
};
use serde_json::json;

use super::world::{Pair, World, changes, line, lines, of, resource_type, user_trait};

const MEMBER: (&str, &str, &str) = ("group", "g", "member");

/// A group with one member, and somebody else.
fn plain() -> World {
    World { ended: 100, ..with(|_| {}) }
}

/// The same, later, with the member as `edit` makes it.
fn with(edit: impl FnOnce(&mut Resource)) -> World {
    World::new(200).group("g", "Group").user("a", edit).user("b", |_| {}).grant(MEMBER, "a", |_| {})
}

fn only(old: &World, new: &World) -> Change {
    let mut changes = changes(old, new);
    assert_eq!(changes.len(), 1, "{changes:#?}");
    changes.remove(0)
}

fn nothing() -> Vec<String> {
    Vec::new()
}

fn annotation(message: &str, value: u8) -> Annotation {
    Annotation { type_url: format!("type.googleapis.com/{message}"), value: vec![value] }
}

/// A change to a resource.
type Edit<'a> = &'a dyn Fn(&mut Resource);

#[test]
fn equal_worlds_have_no_differences() {
    assert_eq!(lines(&plain(), &with(|_| {})), nothing());
}

#[test]
fn each_fact_of_an_account_is_named() {
    let status = |state, details: &str| Some(Status { state, details: details.to_owned() });
    let cases: [(&str, Edit<'_>); 10] = [
        ("name", &|user| user.display_name = "Other".into()),
        ("status", &|user| user.status = status(State::Disabled, "account ACTIVE")),
        ("status_reason", &|user| user.status = status(State::Enabled, "account DELETED")),
        ("mfa", &|user| user_trait(user).mfa_enabled = Some(false)),
        ("mfa", &|user| user_trait(user).mfa_enabled = None),
        ("sso", &|user| user_trait(user).sso_enabled = Some(true)),
        ("description", &|user| user.description = "Robot".to_owned()),
        ("other_emails", &|user| {
            user_trait(user).emails.push(Email { address: "x@example.com".to_owned(), primary: false });
        }),
        ("profile.time_zone", &|user| drop(user.profile.insert("time_zone".into(), "UTC".into()))),
        ("annotation.acme.v1.Badge", &|user| user.annotations.push(annotation("acme.v1.Badge", 1))),
    ];
    for (field, edit) in cases {
        assert_eq!(lines(&plain(), &with(edit)), [format!("user-changed user:a [{field}]")]);
    }
}

#[test]
fn old_and_new_values_are_told() {
    let change = only(&plain(), &with(|user| user_trait(user).mfa_enabled = None));
    assert_eq!((&change.fields[0].old, &change.fields[0].new), (&json!(true), &json!(null)));
    assert_eq!(change.sentence(), "account Name of a changed: mfa: yes → nothing");
}

#[test]
fn what_is_listed_as_noise_is_none() {
    let list = |items: [&str; 2]| Value::List(items.map(Value::from).to_vec());
    let old = with(|user| {
        user.profile.insert("teams".into(), list(["x", "y"]));
        user_trait(user).login_aliases = vec!["l".to_owned(), "m".to_owned()];
        user.annotations = vec![annotation("acme.A", 1), annotation("acme.B", 2)];
    });
    let new = with(|user| {
        user.profile.insert("teams".into(), list(["y", "x"]));
        for key in ["profile_picture", "profilePicture", "avatar-url", "last_seen_at", "ETag"] {
            user.profile.insert(key.into(), Value::from("new"));
        }
        let facts = user_trait(user);
        facts.login_aliases = vec!["m".to_owned(), "l".to_owned()];
        facts.last_login = Some("2026-01-01T00:00:00Z".parse().unwrap());
        user.annotations =
            vec![annotation("acme.B", 2), annotation("c1.connector.v2.ETag", 3), annotation("acme.A", 1)];
    });
    assert_eq!(lines(&old, &new), nothing());
}

#[test]
fn what_only_says_a_change_again_is_left_out() {
    let named = |family: &'static str, address: &'static str| {
        move |user: &mut Resource| {
            user.display_name = format!("Ann {family}").into();
            user.profile.insert("first_name".into(), Value::from("Ann"));
            user.profile.insert("last_name".into(), Value::from(family));
            user.profile.insert("login".into(), Value::from(address));
            let facts = user_trait(user);
            address.clone_into(&mut facts.emails[0].address);
            facts.login = Some(address.to_owned());
            let (given, family) = ("Ann".to_owned(), family.to_owned());
            facts.structured_name = Some(StructuredName { given, family, ..StructuredName::default() });
        }
    };
    let old = with(named("Lee", "ann@x.example"));
    assert_eq!(lines(&old, &with(named("Poe", "poe@x.example"))), ["user-changed user:a [name email]"]);
    // A part that does not follow the whole is news beside it, and so are parts by themselves.
    let new = with(|user| {
        named("Poe", "ann@x.example")(user);
        user.profile.insert("last_name".into(), Value::from("Smith"));
    });
    assert_eq!(lines(&old, &new), ["user-changed user:a [name profile.last_name]"]);
    let new = with(|user| {
        named("Lee", "ann@x.example")(user);
        user.profile.insert("last_name".into(), Value::from("Poe"));
        user_trait(user).login = Some("ann.lee".to_owned());
    });
    assert_eq!(lines(&old, &new), ["user-changed user:a [login profile.last_name]"]);
}

#[test]
fn roles_in_a_profile_are_left_to_the_grants_unless_the_file_has_no_such_role() {
    let role = |highest: &'static str, all: &'static [&'static str]| {
        with(move |user: &mut Resource| {
            user.profile.insert("workspace_role".into(), Value::from(highest));
            let all = all.iter().map(|role| Value::from(*role)).collect();
            user.profile.insert("workspace_roles".into(), Value::List(all));
        })
    };
    let regular = role("regular", &[]);
    let admin = role("workspace-admin", &["workspace-admin"]);
    assert_eq!(lines(&regular, &admin), nothing());
    let auditor = role("AUDITOR", &["AUDITOR"]);
    let both = ["user-changed user:a [profile.workspace_role profile.workspace_roles]"];
    assert_eq!(lines(&regular, &auditor), both);
    assert_eq!(lines(&admin, &auditor), both);
    let more = role("workspace-admin", &["workspace-admin", "AUDITOR"]);
    assert_eq!(lines(&admin, &more), ["user-changed user:a [profile.workspace_roles]"]);
}

#[test]
fn a_renamed_group_does_not_change_its_entitlements() {
    let renamed = || {
        let world = World::new(200).group("g", "Crew").user("a", |_| {}).user("b", |_| {});
        world.grant(MEMBER, "a", |_| {})
    };
    assert_eq!(lines(&plain(), &renamed()), ["group-changed group:g [name]"]);
    let mut other = renamed();
    let member = other.entitlements.iter_mut().find(|found| found.id.as_str() == "group:g:member").unwrap();
    member.description = "Something else.".to_owned();
    assert_eq!(
        lines(&plain(), &other),
        ["group-changed group:g [name]", "entitlement-changed group:g:member [description]"]
    );
}

#[test]
fn what_a_role_covers_is_compared_by_id() {
    let scope = |kind: &str, id: &str, name: &str| {
        let parts = [("type", kind), ("id", id), ("name", name)];
        let parts = parts.map(|(key, value)| (key.into(), Value::from(value)));
        Value::Map(parts.into_iter().collect::<Profile>())
    };
    let world = |scopes: Vec<Value>| {
        with(|_| {}).grant(("role", "team-manager", "assigned"), "b", |grant| {
            grant.details_mut().metadata.insert("scopes".into(), Value::List(scopes));
        })
    };
    let old = world(vec![scope("user", "a", "Ann"), scope("group", "g", "")]);
    let renamed = world(vec![scope("group", "g", "Crew"), scope("user", "a", "Anna")]);
    assert_eq!(lines(&old, &renamed), nothing());
    let change = only(&old, &world(vec![scope("group", "g", "")]));
    assert_eq!(line(&change), "grant-changed role:team-manager:assigned:user:b [scopes]");
    assert_eq!((change.section, change.administrative), (Section::Roles, false));
    assert_eq!(
        change.fields[0].old,
        json!([{"type": "group", "id": "g", "name": "Group"}, {"type": "user", "id": "a", "name": "Ann"}])
    );
}

#[test]
fn the_way_of_a_grant_is_news() {
    let through = |pairs: &[(&str, bool)]| {
        let sources = pairs.iter().map(|(text, direct)| (EntitlementId::from_raw(*text), *direct)).collect();
        let world = World::new(300).group("g", "Group").user("a", |_| {}).user("b", |_| {});
        world.grant(MEMBER, "a", |grant: &mut Grant| grant.details_mut().sources = sources)
    };
    let itself = through(&[("group:g:member", true)]);
    assert_eq!(lines(&plain(), &itself), nothing());
    let both = through(&[("group:g:member", true), ("role:owner:assigned", true)]);
    assert_eq!(lines(&itself, &both), ["grant-changed group:g:member:user:a [through]"]);
    let inherited = through(&[("role:owner:assigned", true)]);
    assert_eq!(lines(&itself, &inherited), ["grant-changed group:g:member:user:a [direct through]"]);
}

#[test]
fn an_account_without_data_has_not_lost_what_is_not_said() {
    let admin = ("role", "workspace-admin", "assigned");
    let old = with(|_| {}).grant(admin, "a", |_| {});
    let new = with(|user| {
        user.display_name = "a".into();
        user.status = Some(Status { state: State::Unspecified, details: "not returned".to_owned() });
        user.profile.insert("unlisted".into(), Value::Bool(true));
        *user_trait(user) = UserTrait::default();
    });
    let expected = |verb: &str, note: &str| {
        [
            format!("user-changed user:a [status status_reason profile.unlisted] {note}"),
            format!("grant-{verb} role:workspace-admin:assigned:user:a [direct] {note}"),
        ]
    };
    assert_eq!(lines(&old, &new), expected("removed", "NoDataAfter"));
    assert_eq!(lines(&new, &old), expected("added", "NoDataBefore"));
}

#[test]
fn what_is_not_read_on_one_side_is_not_compared() {
    let mut old = plain();
    old.types.push(resource_type("project", None));
    old.resources.push(Resource::new(of("project", "p"), "Project"));
    let old = old.grant(("project", "p", "member"), "a", |_| {});
    assert_eq!(lines(&old, &with(|_| {})), ["resource-type-removed project []"]);
    assert_eq!(lines(&with(|_| {}), &old), ["resource-type-added project []"]);
    // A type that nobody declares is compared all the same.
    let mut undeclared = plain();
    undeclared.resources.push(Resource::new(of("app", "x"), "App"));
    assert_eq!(lines(&undeclared, &with(|_| {})), ["resource-removed app:x [name]"]);
}

#[test]
fn a_change_says_what_it_follows_from() {
    let new = with(|_| {})
        .user("c", |_| {})
        .group("k", "Crew")
        .grant(MEMBER, "b", |_| {})
        .grant(MEMBER, "c", |_| {})
        .grant(("group", "k", "member"), "b", |_| {});
    let causes = |old: &World, new: &World| -> BTreeMap<String, Option<Cause>> {
        changes(old, new).into_iter().map(|change| (change.id, change.consequence_of)).collect()
    };
    let expected = |principal, resource| {
        let of = [
            ("user:c", None),
            ("group:k", None),
            ("group:k:member", Some(resource)),
            ("group:k:manager", Some(resource)),
            ("group:g:member:user:b", None),
            ("group:g:member:user:c", Some(principal)),
            ("group:k:member:user:b", Some(resource)),
        ];
        of.map(|(id, cause)| (id.to_owned(), cause)).into_iter().collect::<BTreeMap<_, _>>()
    };
    assert_eq!(causes(&plain(), &new), expected(Cause::PrincipalAdded, Cause::ResourceAdded));
    assert_eq!(causes(&new, &plain()), expected(Cause::PrincipalRemoved, Cause::ResourceRemoved));
}

#[test]
fn administrative_access_is_known_in_other_connectors_too() {
    let acme = |mut world: World| {
        world.resources.push(Resource::new(of("org", "acme"), "Acme"));
        world
    };
    let new = acme(with(|_| {})).grant(("org", "acme", "admin"), "b", |_| {});
    let mut new_with_entitlement = new.clone();
    new_with_entitlement.entitlements.push(governance_model::Entitlement::new(
        of("org", "acme"),
        "admin",
        governance_model::Purpose::Permission,
    ));
    let found = changes(&acme(plain()), &new_with_entitlement);
    assert_eq!(line(&found[0]), "grant-added org:acme:admin:user:b [direct]");
    assert_eq!((found[0].section, found[0].administrative), (Section::Administrative, true));
}

#[test]
fn a_false_answer_is_refused() {
    let other = World { report: Some(("w2", true)), ..with(|_| {}) };
    let pair = Pair::new(&plain(), &other);
    let refused = pair.compare(false, Options::default(), |_| ()).unwrap_err();
    let (old, new) = ("Workspace w1 (w1)".to_owned(), "Workspace w2 (w2)".to_owned());
    let expected = Refusal::DifferentSources { old, new };
    assert!(matches!(&refused, Error::Refused(found) if *found == expected), "{refused}");
    let across = Options { across_sources: true, ..Options::default() };
    assert_eq!(remarks(&pair, across), [RemarkCode::DifferentSources]);

    let partial = World { sync_type: Some(SyncType::Partial), ..with(|_| {}) };
    let refused = Pair::new(&plain(), &partial).compare(false, Options::default(), |_| ()).unwrap_err();
    assert!(matches!(refused, Error::Refused(Refusal::Partial { .. })), "{refused}");
}

#[test]
fn what_limits_the_answer_is_remarked() {
    let with_plain = |new: &World| remarks(&Pair::new(&plain(), new), Options::default());
    let later = || with(|_| {});
    assert_eq!(with_plain(&later()), []);
    assert_eq!(with_plain(&World { report: None, ..later() }), [RemarkCode::UnknownSource]);
    assert_eq!(with_plain(&World { report: Some(("w1", false)), ..later() }), [RemarkCode::NotVerified]);
    assert_eq!(with_plain(&World { ended: 50, ..later() }), [RemarkCode::Backwards]);
    let resources = World { sync_type: Some(SyncType::ResourcesOnly), grants: Vec::new(), ..later() };
    assert_eq!(with_plain(&resources), [RemarkCode::ResourcesOnly]);
    assert_eq!(lines(&plain(), &resources), nothing());
    let without_groups = World::new(200).user("a", |_| {}).user("b", |_| {});
    assert_eq!(with_plain(&without_groups), [RemarkCode::AllGone]);
}

fn remarks(pair: &Pair, options: Options) -> Vec<RemarkCode> {
    let codes =
        |comparison: &Comparison<'_>| comparison.summary().remarks.iter().map(|remark| remark.code).collect();
    pair.compare(false, options, codes).unwrap()
}

#[test]
fn who_comes_under_another_id_is_noticed_also_when_the_old_account_is_still_listed() {
    for (before, after) in [("a@example.com", "A@EXAMPLE.COM"), ("A@Example.com", "a@example.com")] {
        let addressed =
            |user: &mut Resource, address: &str| address.clone_into(&mut user_trait(user).emails[0].address);
        let old = World::new(100).user("a", |user| addressed(user, before));
        let new = World::new(200)
            .user("a", |user| {
                addressed(user, before);
                user.status = Some(Status { state: State::Deleted, details: String::new() });
            })
            .user("z", |user| addressed(user, after));
        let changes = changes(&old, &new);
        let added = changes.iter().find(|change| change.id == "user:z").unwrap();
        assert_eq!(added.notes.len(), 1);
        let text = &added.notes[0].text;
        assert!(text.contains("account a (Name of a)") && text.contains("deleted"), "{text}");
    }
}

#[test]
fn the_sync_before_is_the_full_one_that_ended_last_before() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file.c1z");
    plain().seal(&path, "first");
    World { sync_type: Some(SyncType::Partial), ..World::new(150) }.seal(&path, "part");
    with(|_| {}).seal(&path, "second");
    let file = C1zFile::open_in(&path, Limits::default(), folder.path()).unwrap();
    let newest = Snapshot::open(&file, &Selection::default()).unwrap();
    assert_eq!(newest.run().sync_id, "second");
    let before = previous(&file, newest.run()).unwrap().unwrap();
    assert_eq!(before.sync_id, "first");
    assert_eq!(previous(&file, &before).unwrap(), None);
}
