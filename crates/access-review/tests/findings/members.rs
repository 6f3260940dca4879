//! Rules about accounts and groups: outsiders, invitations, shared addresses, limited and unlisted members, empty groups,
//! and what the sync says about itself.

use access_review::findings::{Options, Rule, Severity};
use clockify_sim::{
    AccountStatus, FixedWorkspace, MembershipStatus, MembershipType, SimGroup, SimMembership,
};

use crate::office::*;

use AccountStatus::{Active, Deleted, Limited, LimitedDeleted, NotRegistered};
use MembershipStatus::{Declined, Inactive, Pending};
use Severity::{High, Info, Low, Medium};

const NOTHING: Vec<String> = Vec::new();

async fn after(edit: impl FnOnce(&mut FixedWorkspace)) -> Vec<String> {
    let mut office = office();
    edit(&mut office);
    found(&File::of(office).await.judged(&options()))
}

#[tokio::test]
async fn addresses_outside_of_the_domains() {
    let mut office = office();
    office.users[3].email = Some("Four@Partner.Example".to_owned());
    office.users[4].email = Some("five@mail.acme.example".to_owned());
    office.users[5].email = Some("six@ACME.example".to_owned());
    office.users[6].email = Some("seven@notacme.example".to_owned());
    office.users[7].email = None;
    office.users[8] = office.users[8].clone().with_statuses(Active, Inactive);
    office.users[8].email = Some("nine@partner.example".to_owned());
    let mut outside_admin = admin(20);
    outside_admin.email = Some("twenty@partner.example".to_owned());
    let mut outside_invited = invited("2026-03-01", 21);
    outside_invited.email = Some("twentyone@partner.example".to_owned());
    let new = outside_invited.id.clone();
    office.users.extend([outside_admin, outside_invited]);
    let file = File::of(office).await;

    let with = |domains: &[&str]| Options {
        domains: domains.iter().map(|domain| (*domain).to_owned()).collect(),
        ..only(Rule::ExternalDomain)
    };
    let assessment = file.judged(&with(&["Acme.Example"]));
    let members = line(Medium, "external-domain/member", &[who(4), who(5), who(7), new.clone()]);
    let admins = line(High, "external-domain/admin", &[who(20)]);
    assert_eq!(found(&assessment), [admins.clone(), members]);
    assert_eq!(assessment.not_checked, []);
    let below = found(&file.judged(&with(&["@acme.example", "*.acme.example"])));
    assert_eq!(below, [admins, line(Medium, "external-domain/member", &[who(4), who(7), new])]);
    let all = with(&["acme.example", ".example"]);
    assert_eq!(found(&file.judged(&all)), NOTHING);
    let without = file.judged(&with(&[]));
    assert_eq!((found(&without), without.not_checked.len()), (NOTHING, 1));
}

#[tokio::test]
async fn invitations_that_nobody_registered_for() {
    let (old, young) = (invited("2026-01-30", 20), invited("2026-02-01", 21));
    let mut declined = invited("2020-01-01", 22);
    declined.membership_status = Declined;
    let mut withdrawn = invited("2020-01-01", 23);
    withdrawn.membership_status = Inactive;
    let stale = old.id.clone();
    let mut office = office();
    office.users.extend([old, young, declined, withdrawn]);
    let file = File::of(office).await;
    let assessment = file.judged(&options());
    assert_eq!(found(&assessment), [line(Low, "stale-invite/never-registered", &[stale])]);
    assert!(
        detail(&assessment, "stale-invite/never-registered")
            .starts_with("never registered; the account was made 2026-01-30T12:00:00Z, 30 days before")
    );
    // The sync is of 2 March: as of an earlier day the invitation was younger, later ones say nothing about it.
    let earlier = Options { as_of: at("2026-02-20T00:00:00Z"), ..options() };
    assert_eq!(found(&file.judged(&earlier)), NOTHING);
    let later = Options { as_of: at("2027-03-02T08:00:00Z"), ..options() };
    assert_eq!(found(&file.judged(&later)), found(&assessment));
    let patient = Options { invite_age: std::time::Duration::from_secs(31 * 86_400), ..options() };
    assert_eq!(found(&file.judged(&patient)), NOTHING);
}

#[tokio::test]
async fn of_a_registered_account_only_earlier_syncs_tell_the_age_of_an_invitation() {
    let mut before = office();
    let mut office = office();
    office.users.push(person(20).with_statuses(Active, Pending));
    // The account is of 2024, and says nothing about this invitation.
    let file = File::of(office.clone()).await;
    assert_eq!(found(&file.judged(&options())), [line(Info, "stale-invite/age-unknown", &[who(20)])]);

    let file = File::new();
    file.sync(office.clone(), "2026-01-15T08:00:00Z").await;
    file.sync(office.clone(), TODAY).await;
    let assessment = file.judged(&options());
    assert_eq!(found(&assessment), [line(Medium, "stale-invite/seen-open", &[who(20)])]);
    let told = detail(&assessment, "stale-invite/seen-open");
    assert_eq!(
        told,
        "seen open since 2026-01-15T08:00:00Z, for 46 days at least, by earlier syncs in this file"
    );

    // Seen for less than 30 days: it may be older, and that is not known.
    let file = File::new();
    file.sync(office.clone(), "2026-02-15T08:00:00Z").await;
    file.sync(office.clone(), TODAY).await;
    assert_eq!(found(&file.judged(&options())), [line(Info, "stale-invite/age-unknown", &[who(20)])]);

    // An account that was never registered may be as old as it likes when an earlier sync does not show the invitation.
    let mut elsewhere = before.clone();
    elsewhere.users.push(invited("2020-01-01", 21));
    let file = File::new();
    file.sync(before.clone(), "2026-02-25T08:00:00Z").await;
    file.sync(elsewhere.clone(), TODAY).await;
    assert_eq!(found(&file.judged(&options())), NOTHING);
    let file = File::new();
    file.sync(before.clone(), "2026-01-01T08:00:00Z").await;
    file.sync(elsewhere, TODAY).await;
    let stale = id("2020-01-01", 21);
    assert_eq!(found(&file.judged(&options())), [line(Low, "stale-invite/never-registered", &[stale])]);

    // Not invited yet, or a member, at the time of the earlier sync: it is no older than that.
    for was_member in [false, true] {
        let file = File::new();
        if was_member {
            before.users.push(person(20));
        }
        file.sync(before.clone(), "2026-02-25T08:00:00Z").await;
        file.sync(office.clone(), TODAY).await;
        assert_eq!(found(&file.judged(&options())), NOTHING, "{was_member}");
    }
}

#[tokio::test]
async fn one_address_on_several_accounts() {
    let shared = |edit: fn(&mut FixedWorkspace)| async move {
        let mut office = office();
        edit(&mut office);
        File::of(office).await.judged(&options())
    };
    let assessment = shared(|office| {
        office.users[3].email = Some("PERSON5@acme.example".to_owned());
        office.users[5].email = Some(String::new());
        office.users[6].email = Some(String::new());
    })
    .await;
    assert_eq!(found(&assessment), [line(Medium, "duplicate-email/in-use", &[who(4), who(5)])]);
    assert_eq!(assessment.findings[0].title, "1 address is shared by 2 accounts");
    let assessment = shared(|office| {
        office.users[3].email = Some("person5@acme.example".to_owned());
        office.users[3].account_status = Deleted;
        // Twice again, and no longer in use either time.
        office.users[7].email = Some("person9@acme.example".to_owned());
        office.users[7].account_status = Deleted;
    })
    .await;
    assert_eq!(
        found(&assessment),
        [line(Low, "duplicate-email/with-deleted", &[who(4), who(5), who(8), who(9)])]
    );
}

#[tokio::test]
async fn limited_members() {
    let found = after(|office| {
        for (number, account, membership) in
            [(20, Limited, MembershipStatus::Active), (21, Limited, Inactive), (22, LimitedDeleted, Inactive)]
        {
            let mut user = person(number).with_statuses(account, membership);
            (user.email, user.settings) = (None, None);
            office.users.push(user);
        }
    })
    .await;
    assert_eq!(found, [line(Low, "limited-member", &[who(20)])]);
}

#[tokio::test]
async fn members_who_are_named_and_not_returned() {
    let stranger = id("2022-02-02", 99);
    let mut office = office();
    office.groups[1].user_ids.push(stranger.clone());
    let assessment = File::of(office).await.judged(&options());
    assert_eq!(found(&assessment), [line(Medium, "unlisted-member", &[stranger])]);
    assert_eq!(detail(&assessment, "unlisted-member"), "known by id alone, named by group Group 2");
}

#[tokio::test]
async fn members_on_the_list_whom_nobody_returned() {
    let lost = id("2022-02-02", 98);
    let mut office = office();
    office.workspace.extra_memberships.push(SimMembership {
        user_id: lost.clone(),
        target_id: office.workspace.id.clone(),
        kind: MembershipType::Workspace,
        status: MembershipStatus::Active,
    });
    let file = File::of(office).await;
    let judged = found(&file.judged(&options()));
    assert_eq!(judged[0], line(High, "incomplete-sync/missing", std::slice::from_ref(&lost)));
    assert!(
        judged[1..].iter().all(|line| line.starts_with("medium incomplete-sync/not-verified")),
        "{judged:?}"
    );
    // With the rule off, the account that stands in is told of by the other one.
    let skipping = Options { skip: vec![Rule::IncompleteSync], ..options() };
    assert_eq!(found(&file.judged(&skipping)), [line(Medium, "unlisted-member", &[lost])]);
}

#[tokio::test]
async fn groups_without_anybody() {
    let (empty, left) = (id("2024-06-01", 6), id("2024-06-01", 7));
    let found = after(|office| {
        office.groups.push(SimGroup::new(empty.clone(), "Empty", Vec::<String>::new()));
        office.groups.push(SimGroup::new(left.clone(), "Left", [who(20), who(21)]));
        office.users.push(person(20).with_statuses(Active, Inactive));
        office.users.push(person(21).with_statuses(NotRegistered, Declined));
    })
    .await;
    let expected = [line(Low, "empty-group/empty", &[empty]), line(Low, "empty-group/none-enabled", &[left])];
    assert_eq!(found, expected);
}
