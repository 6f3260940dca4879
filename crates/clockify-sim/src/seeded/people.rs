//! Computes the member at an index.

use fastrand::Rng;
use serde_json::{Value, json};

use super::SeededWorkspace;
use super::ids::{Domain, dice, object_id};
use super::layout::Kind;
use super::{demo, names};
use crate::content::{
    Content, CustomFieldType, MembershipStatus, MembershipType, RoleCode, SimCustomField, SimMembership,
    SimRate, SimRole, SimScope, SimSettings, SimUser,
};

const TIME_ZONES: &[&str] = &[
    "Europe/Berlin",
    "Europe/London",
    "America/New_York",
    "Asia/Tokyo",
    "Australia/Sydney",
    "America/Sao_Paulo",
];
const LANGUAGES: &[&str] = &["EN", "EN", "DE", "FR", "ES", "PT"];

pub(super) fn user(world: &SeededWorkspace, index: usize) -> SimUser {
    let layout = world.layout();
    let kind = layout.kind(index);
    let mut rng = dice(world.seed, Domain::User, index);
    let id = world.user_id(index);
    let (name, local_part) = identity(world, index, kind, &mut rng);
    let (account_status, membership_status) = kind.statuses();
    let settings = settings(kind, &mut rng);
    let workspace_id = world.workspace_id();
    let home = match kind {
        Kind::DeactivatedHere => Some(world.other_workspace_id()),
        Kind::DeletedAccount => None,
        _ if settings.is_none() => None,
        _ => Some(workspace_id),
    };
    SimUser {
        email: match kind {
            Kind::LimitedNullEmail | Kind::LimitedInactive => None,
            _ if kind.is_limited() => Some(String::new()),
            _ => Some(format!("{local_part}@{}", world.mail_domain())),
        },
        name: (!kind.is_unregistered()).then_some(name),
        roles: roles(world, index, kind),
        custom_fields: custom_fields(world, index, kind, &id, &mut rng),
        profile_picture: match (home.is_some(), rng.u8(0..3)) {
            (true, 0) => "https://img.clockify.me/no-user-image.png".to_owned(),
            (true, 1) => format!("https://avatar.cake.com/{id}.png"),
            _ => String::new(),
        },
        active_workspace: home.clone(),
        default_workspace: home,
        hourly_rate: (rng.u8(0..4) == 0)
            .then(|| SimRate { amount: rng.i64(40..160) * 100, currency: "EUR".to_owned() }),
        cost_rate: (rng.u8(0..9) == 0)
            .then(|| SimRate { amount: rng.i64(20..80) * 100, currency: "EUR".to_owned() }),
        lists_own_membership: true,
        extra_memberships: extra_memberships(world, index, kind, &id),
        account_status,
        membership_status,
        settings,
        id,
    }
}

/// The display name and the local part of the address, which carries the index so that no two are equal.
fn identity(world: &SeededWorkspace, index: usize, kind: Kind, rng: &mut Rng) -> (String, String) {
    if let Some((name, local_part)) = demo::LEADERS.get(index).filter(|_| world.demo) {
        return ((*name).to_owned(), (*local_part).to_owned());
    }
    let (name, slug) = names::draw(rng);
    if kind.is_limited() {
        return (format!("Kiosk {index:02} {name}"), String::new());
    }
    let mut local_part = format!("{slug}{index}");
    // Addresses are not always in lower case, and plus signs must survive a query string.
    match rng.u8(0..12) {
        0 => local_part = local_part.to_uppercase(),
        1 => local_part.push_str("+clk"),
        _ => {}
    }
    (name, local_part)
}

fn settings(kind: Kind, rng: &mut Rng) -> Option<SimSettings> {
    let multi_factor_enabled = match kind {
        Kind::Owner => true,
        Kind::Admin => rng.bool(),
        _ => rng.u8(0..3) == 0,
    };
    let pick = rng.usize(..TIME_ZONES.len());
    (!kind.is_unregistered() && !kind.is_limited()).then(|| SimSettings {
        time_zone: TIME_ZONES[pick].to_owned(),
        language: LANGUAGES[pick].to_owned(),
        multi_factor_enabled,
    })
}

fn roles(world: &SeededWorkspace, index: usize, kind: Kind) -> Vec<SimRole> {
    let layout = world.layout();
    let workspace = |role| SimRole { role, scope: SimScope::Workspace };
    match kind {
        // The real service sends the owner as an admin too.
        Kind::Owner => vec![workspace(RoleCode::Admin), workspace(RoleCode::Owner)],
        Kind::Admin => {
            let mut roles = vec![workspace(RoleCode::Admin)];
            if index == 1 && world.projects > 0 {
                let scope = SimScope::Project(world.project_id(0));
                roles.push(SimRole { role: RoleCode::ProjectManager, scope });
            }
            roles
        }
        Kind::TeamManagerOfUsers => (1..=3)
            .map(|step| (index + step) % world.users)
            .filter(|&managed| managed != index)
            .map(|managed| SimRole {
                role: RoleCode::TeamManager,
                scope: SimScope::User(world.user_id(managed)),
            })
            .collect(),
        Kind::TeamManagerOfGroups => layout
            .groups_managed_by(index)
            .into_iter()
            .map(|group| SimRole {
                role: RoleCode::TeamManager,
                scope: SimScope::Group(world.group_id(group)),
            })
            .collect(),
        Kind::ProjectManager => layout
            .projects_managed_by(index)
            .into_iter()
            .map(|project| SimRole {
                role: RoleCode::ProjectManager,
                scope: SimScope::Project(world.project_id(project)),
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn custom_fields(
    world: &SeededWorkspace,
    index: usize,
    kind: Kind,
    user_id: &str,
    rng: &mut Rng,
) -> Vec<SimCustomField> {
    if kind.is_unregistered() || kind.is_limited() || rng.bool() {
        return Vec::new();
    }
    let fields: [(&str, CustomFieldType, Value); 6] = [
        ("Employee ID", CustomFieldType::Text, json!(format!("E-{index:05}"))),
        ("FTE", CustomFieldType::Number, json!(f64::from(rng.u8(2..11)) / 10.0)),
        (
            "Cost centre",
            CustomFieldType::DropdownSingle,
            [Value::Null, json!("4100 R&D"), json!("5200 Service")][rng.usize(..3)].clone(),
        ),
        ("Skills", CustomFieldType::DropdownMultiple, json!(["Rust", "SQL", "日本語"][..rng.usize(..4)])),
        ("Contractor", CustomFieldType::Checkbox, json!(rng.bool())),
        (
            "Staff page",
            CustomFieldType::Link,
            json!(format!("https://staff.{}/{user_id}", world.mail_domain())),
        ),
    ];
    let field_count = fields.len();
    fields
        .into_iter()
        .enumerate()
        .map(|(field, (name, kind, value))| SimCustomField {
            id: object_id(world.seed, Domain::CustomField, field, field_count),
            name: name.to_owned(),
            kind,
            value,
        })
        .collect()
}

/// What long-lived accounts carry along: other workspaces, a duplicate, a group that is gone (clockify reference 3.5).
fn extra_memberships(world: &SeededWorkspace, index: usize, kind: Kind, user_id: &str) -> Vec<SimMembership> {
    let entry =
        |target_id, kind, status| SimMembership { user_id: user_id.to_owned(), target_id, kind, status };
    let elsewhere = || entry(world.other_workspace_id(), MembershipType::Workspace, MembershipStatus::Active);
    if kind == Kind::DeactivatedHere || index == world.key_owner() {
        let mut entries = vec![elsewhere()];
        if index == world.key_owner() {
            let foreign_project =
                entry(world.stranger_id(2), MembershipType::Project, MembershipStatus::Active);
            entries.push(foreign_project.clone());
            entries.push(foreign_project);
            entries.push(entry(world.stranger_id(3), MembershipType::UserGroup, MembershipStatus::Active));
            let blank = MembershipStatus::Other(String::new());
            entries.push(entry(world.other_workspace_id(), MembershipType::UserGroup, blank));
        }
        return entries;
    }
    Vec::new()
}
