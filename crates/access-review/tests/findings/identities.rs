//! Accounts against an identity list.

use access_review::findings::{Identities, ListError, Overrides, Rule, Severity};
use clockify_sim::{AccountStatus, MembershipStatus};

use crate::office::*;

use Severity::{Critical, High, Info, Low, Medium};

const NOTHING: Vec<String> = Vec::new();

#[tokio::test]
async fn everybody_is_on_the_list() {
    let assessment = File::of(office()).await.judged(&listed(&everybody_but(&[]), ""));
    assert_eq!(found(&assessment), NOTHING);
    let gaps: Vec<_> = assessment.not_checked.iter().map(|gap| gap.rule).collect();
    assert_eq!(gaps, [Rule::ExternalDomain]);
    let note =
        "identity list: 11 people; accounts that may be in use: 11 are theirs, ignored by the overrides: 0";
    assert_eq!(assessment.notes, [note]);
}

#[tokio::test]
async fn some_are_not_on_the_list() {
    let mut office = office();
    office.users[6] =
        office.users[6].clone().with_statuses(AccountStatus::Active, MembershipStatus::Inactive);
    office.users.push(invited("2026-03-01", 20));
    let new = office.users[11].id.clone();
    let mut kiosk = person(21).with_statuses(AccountStatus::Limited, MembershipStatus::Active);
    kiosk.email = None;
    office.users.push(kiosk);
    let file = File::of(office).await;
    let judged = file.judged(&listed(&everybody_but(&[1, 2, 5, 7]), ""));
    let expected = [
        line(High, "owner-at-risk/no-identity-match", &[who(1)]),
        line(High, "no-identity-match/admin", &[who(2)]),
        line(Medium, "no-identity-match/member", &[who(5), new]),
        line(Low, "limited-member", &[who(21)]),
        line(Info, "no-identity-match/no-address", &[who(21)]),
    ];
    assert_eq!(found(&judged), expected);
    // Without the owner's own rule the owner is an administrator as others.
    let mut options = listed(&everybody_but(&[1]), "");
    options.rules = vec![Rule::NoIdentityMatch];
    assert_eq!(found(&file.judged(&options))[0], line(High, "no-identity-match/admin", &[who(1)]));
}

#[tokio::test]
async fn some_are_disabled_on_the_list() {
    let list = everybody_but(&[1, 2, 5, 6])
        + "person1@acme.example,Suspended\nPERSON2@ACME.example,disabled\nperson5@acme.example, Terminated \nperson6@acme.example,DEPROVISIONED\n";
    let mut office = office();
    office.users[5] =
        office.users[5].clone().with_statuses(AccountStatus::Active, MembershipStatus::Inactive);
    let file = File::of(office).await;
    let assessment = file.judged(&listed(&list, ""));
    let expected = [
        line(Critical, "owner-at-risk/identity-disabled", &[who(1)]),
        line(Critical, "identity-disabled-account-active/admin", &[who(2)]),
        line(High, "identity-disabled-account-active/member", &[who(5)]),
    ];
    assert_eq!(found(&assessment), expected);
}

#[tokio::test]
async fn overrides_say_what_addresses_do_not() {
    let mut office = office();
    office.users[3].email = Some("four@old-name.example".to_owned());
    office.users[4].email = Some("robot@acme.example".to_owned());
    office.users[5].email = Some("person6+clockify@acme.example".to_owned());
    office.users[6].email = None;
    let file = File::of(office).await;
    let plain = file.judged(&listed(&everybody_but(&[]), ""));
    let expected = [
        line(Medium, "no-identity-match/member", &[who(4), who(5)]),
        line(Low, "no-identity-match/plus-address", &[who(6)]),
        line(Info, "no-identity-match/no-address", &[who(7)]),
    ];
    assert_eq!(found(&plain), expected);
    let overrides = format!(
        "account,identity,reason\n# by hand\nFour@Old-Name.example,person4@acme.example,married\n{},IGNORE,a program\n\
         person6+clockify@acme.example,Person6@acme.example\n{},person7@acme.example\ngone@acme.example,ignore\n",
        who(5).to_uppercase(),
        who(7)
    );
    let assessment = file.judged(&listed(&everybody_but(&[]), &overrides));
    assert_eq!(found(&assessment), NOTHING);
    let notes = [
        "identity list: 11 people; accounts that may be in use: 10 are theirs, ignored by the overrides: 1",
        "overrides for accounts that are not in the file: gone@acme.example",
    ];
    assert_eq!(assessment.notes, notes);
    // An override can lead to a leaver, or to nobody.
    let leaver = everybody_but(&[4, 6, 7]) + "person4@acme.example,inactive\n";
    let assessment = file.judged(&listed(&leaver, &overrides));
    let expected = [
        line(High, "identity-disabled-account-active/member", &[who(4)]),
        line(Medium, "no-identity-match/member", &[who(6), who(7)]),
    ];
    assert_eq!(found(&assessment), expected);
}

#[tokio::test]
async fn an_owner_may_be_ignored() {
    let overrides = format!("{},ignore\n", who(1));
    let assessment = File::of(office()).await.judged(&listed(&everybody_but(&[1]), &overrides));
    assert_eq!(found(&assessment), NOTHING);
}

/// Whether person 5 is found to be disabled on a list; nothing when nobody can tell.
fn is_disabled(file: &File, list: &str) -> Option<bool> {
    let mut options = listed(list, "");
    options.rules = vec![Rule::IdentityDisabledAccountActive, Rule::NoIdentityMatch];
    let assessment = file.judged(&options);
    let lines = found(&assessment);
    let tells = |word: &str| lines.iter().any(|line| line.contains(word) && line.contains(&who(5)));
    assert!(!tells("no-identity-match"), "{list}: {lines:?}");
    assessment.not_checked.is_empty().then(|| tells("disabled"))
}

#[tokio::test]
async fn lists_of_many_directories_are_read() {
    let file = File::of(office()).await;
    let cases = [
        ("email\nPerson5@acme.example\n", None),
        ("\u{feff}E-Mail;Name\nperson5@acme.example;Five\n", None),
        ("Email Address [Required],Status [READ ONLY]\nperson5@acme.example,Suspended\n", Some(true)),
        ("Email Address [Required],Status [READ ONLY]\nperson5@acme.example,Active\n", Some(false)),
        ("displayName,userPrincipalName,accountEnabled\nFive,person5@acme.example,False\n", Some(true)),
        ("displayName,userPrincipalName,accountEnabled\nFive,person5@acme.example,TRUE\n", Some(false)),
        (
            "userPrincipalName\tmail\tblockCredential\nx@acme.example\tperson5@acme.example\ttrue\n",
            Some(true),
        ),
        ("login,status\nperson5@acme.example,PASSWORD_EXPIRED\n", Some(false)),
        ("login,status\nperson5@acme.example,DEPROVISIONED\n", Some(true)),
        (
            "mail,proxyAddresses,enabled\nx@acme.example,SMTP:x@acme.example;smtp:PERSON5@acme.example,no\n",
            Some(true),
        ),
        // A state nobody knows is no reason to call somebody a leaver, and neither is none.
        ("email,status\nperson5@acme.example,frozen\n", Some(false)),
        ("email,status\nperson5@acme.example,\n", Some(false)),
        // Left and came back.
        ("email,status\nperson5@acme.example,terminated\nperson5@acme.example,active\n", Some(false)),
        ("email,status\nperson5@acme.example,active\nperson5@acme.example,terminated\n", Some(false)),
        // One column says yes, the other no.
        ("email,status,suspended\nperson5@acme.example,active,true\n", Some(true)),
    ];
    for (list, expected) in cases {
        assert_eq!(is_disabled(&file, list), expected, "{list:?}");
    }
}

#[tokio::test]
async fn what_is_odd_about_a_list_is_said() {
    let list = everybody_but(&[]) + "printer,active\nx@acme.example,frozen\ny@acme.example,frozen\n\n";
    let notes = File::of(office()).await.judged(&listed(&list, "")).notes;
    let expected = [
        "identity list: 13 people; accounts that may be in use: 11 are theirs, ignored by the overrides: 0",
        "1 of 14 rows of the identity list have no e-mail address",
        "the state \"frozen\" on the identity list (2 ×) is not understood, and counts as not known",
    ];
    assert_eq!(notes, expected);
}

#[test]
fn lists_that_cannot_be_used_say_why() {
    let read = |list: &[u8]| Identities::read(list).unwrap_err();
    assert!(
        matches!(read(b"name,phone\nx,1\n"), ListError::NoAddresses(names) if names == r#""name", "phone""#)
    );
    assert!(matches!(read(b"email,status\n"), ListError::Empty));
    assert!(matches!(read(b"email\nnobody\n"), ListError::Empty));
    assert!(matches!(read(b""), ListError::NoAddresses(_)));
    assert!(matches!(read(b"email\nperson\xff@acme.example\n"), ListError::Csv(_)));
    let read = |overrides: &str| Overrides::read(overrides.as_bytes()).unwrap_err();
    assert!(matches!(read("a,b@c.example\nx,nobody\n"), ListError::Override { line: 2 }));
    assert!(matches!(read("a\n"), ListError::Override { line: 1 }));
    assert!(matches!(read(",ignore\n"), ListError::Override { line: 1 }));
    assert!(
        matches!(read("a,ignore\nA,b@c.example\n"), ListError::Twice { line: 2, account } if account == "a")
    );
}
