//! A hand-made workspace of twelve people with one of each kind, so that expectations can be written down by name.

use clockify_sim::{
    AccountStatus, ApiKey, FixedWorkspace, KeyRights, MembershipStatus, MembershipType, OtherWorkspace,
    RoleCode, SimGroup, SimMembership, SimProject, SimProjectMember, SimRate, SimScope, SimUser,
    SimWorkspace,
};

pub(crate) const WORKSPACE: &str = "64b000000000000000000000";
pub(crate) const OTHER_WORKSPACE: &str = "64b0000000000000000000ff";
pub(crate) const GHOST: &str = "64b00000000000000000dead";
pub(crate) const ENGINEERING: &str = "64c000000000000000000001";
pub(crate) const EMPTY: &str = "64c000000000000000000002";
pub(crate) const APOLLO: &str = "64d000000000000000000001";
pub(crate) const REGULAR_KEY: &str = "regular-key";

/// The id of the person with this number.
pub(crate) fn id(number: u8) -> String {
    format!("64b0000000000000000000{number:02x}")
}

fn person(
    number: u8,
    name: &str,
    email: &str,
    account: AccountStatus,
    membership: MembershipStatus,
) -> SimUser {
    SimUser::new(id(number), name, format!("{email}@crew.example")).with_statuses(account, membership)
}

/// The crew. The owner has the key; Cleo, a regular user, has a key of her own.
pub(crate) fn crew() -> FixedWorkspace {
    use AccountStatus as A;
    use MembershipStatus as M;

    let owner = person(1, "Olga Owner", "olga", A::Active, M::Active);
    let mut crew = FixedWorkspace::with_owner(SimWorkspace::new(WORKSPACE, "Crew"), owner);
    crew.users.extend([
        person(2, "Adam Admin", "Adam", A::Active, M::Active).with_role(RoleCode::Admin, SimScope::Workspace),
        person(3, "Cleo", "cleo", A::Active, M::Active),
        person(4, "Tess Teamlead", "tess", A::Active, M::Active)
            .with_role(RoleCode::TeamManager, SimScope::User(id(3)))
            .with_role(RoleCode::TeamManager, SimScope::Group(ENGINEERING.to_owned())),
        person(5, "Pia Projectlead", "pia", A::Active, M::Active)
            .with_role(RoleCode::ProjectManager, SimScope::Project(APOLLO.to_owned())),
        person(6, "Dirk Deactivated", "dirk", A::Active, M::Inactive),
        person(7, "Gone Person", "gone", A::Deleted, M::Inactive),
        person(8, "", "invited", A::NotRegistered, M::Pending),
        person(9, "", "declined", A::NotRegistered, M::Declined),
        person(10, "Uwe Unverified", "uwe", A::PendingEmailVerification, M::Active),
        person(11, "Kiosk 1", "kiosk", A::Limited, M::Active),
        person(12, "Kiosk 2", "kiosk2", A::LimitedDeleted, M::Inactive),
    ]);
    for number in [8, 9] {
        crew.users[number - 1].name = None;
        crew.users[number - 1].settings = None;
    }
    crew.users[10].email = None;
    crew.users[11].email = Some(String::new());
    crew.users[3].hourly_rate = Some(SimRate { amount: 9_500, currency: "EUR".to_owned() });
    crew.users[2].extra_memberships = vec![SimMembership {
        user_id: id(3),
        target_id: OTHER_WORKSPACE.to_owned(),
        kind: MembershipType::Workspace,
        status: M::Active,
    }];
    crew.groups = vec![
        SimGroup::new(ENGINEERING, "Engineering", [id(3), id(11), id(6), GHOST.to_owned()]),
        SimGroup::new(EMPTY, "empty", [] as [&str; 0]),
    ];
    crew.groups[0].team_managers = vec![id(4)];
    let mut apollo = SimProject::new(APOLLO, "Apollo", [id(3), id(5), ENGINEERING.to_owned()]);
    apollo.members[1].hourly_rate = Some(SimRate { amount: 12_000, currency: "EUR".to_owned() });
    let mut archive = SimProject::new("64d000000000000000000002", "Archive", [] as [&str; 0]);
    archive.members.push(SimProjectMember { status: M::Inactive, ..SimProjectMember::active(id(6)) });
    archive.archived = true;
    archive.public = true;
    crew.projects = vec![apollo, archive];
    crew.api_keys = vec![ApiKey { key: REGULAR_KEY.to_owned(), user: 2, rights: KeyRights::Regular }];
    crew.other_workspaces = vec![OtherWorkspace {
        workspace: SimWorkspace {
            extra_memberships: vec![SimMembership {
                user_id: id(1),
                target_id: OTHER_WORKSPACE.to_owned(),
                kind: MembershipType::Workspace,
                status: M::Active,
            }],
            plan: Some("FREE".to_owned()),
            ..SimWorkspace::new(OTHER_WORKSPACE, "Private")
        },
        roles: vec![RoleCode::Admin],
    }];
    crew
}
