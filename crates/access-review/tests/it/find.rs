//! Finding what a person means.

use access_review::Snapshot;
use access_review::find::{self, Found};
use governance_model::{Resource, State};

use crate::workspace::{Content, File, grant, id, newest, user};

fn content() -> Content {
    let mut content = Content::new();
    for (key, name) in
        [("u1", "Zoë Fischer"), ("u2", "Zoë Fischer"), ("u3", "Maria Fischer"), ("ann@example.com", "ANN")]
    {
        content.resources.push(user(key, name, State::Enabled));
    }
    content
}

fn with(test: impl Fn(&Snapshot<'_>)) {
    let file = File::with(&content(), 1);
    let file = file.open();
    test(&newest(&file));
}

/// What was found, in a line.
fn told(found: Found) -> String {
    let ids = |all: Vec<access_review::rows::Principal>| {
        all.iter().map(|found| format!("{}:{}", found.kind, found.id)).collect::<Vec<_>>().join(" ")
    };
    match found {
        Found::One(resource) => format!("one {}", resource.id),
        Found::Missing(id) => format!("missing {id}"),
        Found::Several { candidates, more } => format!("several {} and {more}", ids(candidates)),
        Found::None { near } => format!("none, near {}", ids(near)),
    }
}

#[test]
fn a_person_is_found_by_id_address_and_name_in_any_case() {
    with(|snapshot| {
        for (text, expected) in [
            ("u1", "one user:u1"),
            ("U1", "one user:u1"),
            ("user:u1", "one user:u1"),
            ("group:g1", "one group:g1"),
            ("U2@Example.COM", "one user:u2"),
            (" maria fischer ", "one user:u3"),
            ("MARIA FISCHER", "one user:u3"),
            // An id counts for more than an address, and an address for more than a name.
            ("ann@example.com", "one user:ann@example.com"),
            ("ann", "one user:ann"),
            ("zoë fischer", "several user:u1 user:u2 and 0"),
            ("ZOË FISCHER", "several user:u1 user:u2 and 0"),
            // Grants name somebody whom the file does not have.
            ("nobody", "missing user:nobody"),
            ("user:nobody", "missing user:nobody"),
        ] {
            assert_eq!(told(find::person(snapshot, text).unwrap()), expected, "{text}");
        }
    });
}

#[test]
fn what_comes_near_is_named() {
    with(|snapshot| {
        for (text, expected) in [
            ("Marai Fischer", "none, near user:u3"),
            ("maria", "none, near user:u3"),
            ("u3@example.co", "none, near user:u3 user:u1 user:u2"),
            ("fischer", "none, near user:u1 user:u2 user:u3"),
            ("team", "none, near group:g1"),
            ("somebody quite different", "none, near "),
            ("", "none, near "),
            ("group:nope", "none, near "),
        ] {
            assert_eq!(told(find::person(snapshot, text).unwrap()), expected, "{text}");
        }
    });
}

#[test]
fn a_thing_is_found_by_type_and_id_or_name() {
    let mut content = content();
    content.resources.push(Resource::new(id("vault", "v:2"), "Vault: the second"));
    content.resources.push(Resource::new(id("vault", "v3"), "Team"));
    content.grants.push(grant(&id("vault", "ghost"), "open", id("user", "ann")));
    content.grants.push(grant(&id("robot", "ghost"), "run", id("user", "ann")));
    let file = File::with(&content, 1);
    let file = file.open();
    let snapshot = newest(&file);
    for (text, expected) in [
        ("group:g1", "one group:g1"),
        ("group:team", "one group:g1"),
        ("GROUP:g1", "none, near "),
        ("g1", "one group:g1"),
        ("role:owner", "one role:owner"),
        ("vault:v:2", "one vault:v:2"),
        ("vault: the second", "one vault:v:2"),
        ("vault:Vault: the second", "one vault:v:2"),
        ("team", "several group:g1 vault:v3 and 0"),
        ("vault:team", "one vault:v3"),
        ("user:maria fischer", "one user:u3"),
        ("group:taem", "none, near group:g1"),
        ("project:team", "none, near "),
        // Of what the file lacks, what somebody has something on is found; what has something itself is no thing here.
        ("vault:ghost", "missing vault:ghost"),
        ("robot:ghost", "missing robot:ghost"),
        ("user:nobody", "none, near "),
    ] {
        assert_eq!(told(find::thing(&snapshot, text).unwrap()), expected, "{text}");
    }
    assert_eq!(told(find::role(&snapshot, "OWNER").unwrap()), "one role:owner");
    assert_eq!(told(find::role(&snapshot, "team").unwrap()), "none, near ");
    assert_eq!(told(find::group(&snapshot, "Team").unwrap()), "one group:g1");
}

#[test]
fn of_very_many_the_first_are_named_and_the_rest_counted() {
    let mut content = Content::new();
    for number in 0..30 {
        content.resources.push(user(&format!("s{number:02}"), "Sam", State::Enabled));
    }
    let file = File::with(&content, 1);
    let file = file.open();
    let found = find::person(&newest(&file), "sam").unwrap();
    let Found::Several { candidates, more } = found else { panic!("{found:?}") };
    assert_eq!((candidates.len(), more), (20, 10));
    assert_eq!(candidates[0].id, "s00");
}

#[test]
fn an_account_by_its_type_alone_is_a_person() {
    let mut content = Content::new();
    content.resources.push(Resource::new(id("user", "plain"), "Plain"));
    let file = File::with(&content, 1);
    let file = file.open();
    for text in ["plain", "user:plain"] {
        assert_eq!(told(find::person(&newest(&file), text).unwrap()), "one user:plain", "{text}");
    }
}
