//! Computes the group or the project at an index.

use super::ids::{Domain, dice, object_id};
use super::layout::{DEACTIVATED_SLOT, LIMITED_SLOT};
use super::{SeededWorkspace, demo};
use crate::content::{Content, MembershipStatus, SimGroup, SimProject, SimProjectMember, SimRate};

/// The group that lists a limited member, a deactivated member and an id that is nobody's.
const MIXED_GROUP: usize = 1;
/// The group without members, when there are more groups than this.
const EMPTY_GROUP: usize = 3;

const GROUP_NAMES: &[&str] = &[
    "Engineering",
    "Ops / On-Call",
    "Приёмка 🚀",
    "Empty group",
    "=cmd|' /C calc'!A0",
    "<script>alert(1)</script>",
    "  padded  ",
    "Sales: EMEA",
    "研究",
    "quote \" and \\ backslash",
];
const GROUP_WORDS: &[&str] =
    &["Support", "Platform", "Design", "Payroll", "Logistics", "Quality", "Research", "Média"];
const CLIENTS: &[&str] = &["ACME, Inc.", "Wetterdienst Süd", "北海測量"];

pub(super) fn group(world: &SeededWorkspace, index: usize) -> SimGroup {
    let layout = world.layout();
    let mut members = if index == EMPTY_GROUP {
        Vec::new()
    } else {
        sample(world, Domain::Group, index, world.members_per_group)
    };
    if index == MIXED_GROUP {
        for slot in [LIMITED_SLOT, DEACTIVATED_SLOT] {
            let odd = layout.prefix() + slot;
            if odd < world.users && !members.contains(&odd) {
                members.push(odd);
            }
        }
    }
    let mut user_ids: Vec<String> = members.into_iter().map(|member| world.user_id(member)).collect();
    if index == MIXED_GROUP {
        user_ids.push(world.stranger_id(0));
    }
    SimGroup {
        id: world.group_id(index),
        name: group_name(world, index),
        user_ids,
        team_managers: layout.managers_of_group(index).into_iter().map(|user| world.user_id(user)).collect(),
    }
}

fn group_name(world: &SeededWorkspace, index: usize) -> String {
    let named = if world.demo { demo::GROUPS } else { GROUP_NAMES };
    match named.get(index) {
        Some(name) => (*name).to_owned(),
        None => format!("{} {index}", GROUP_WORDS[index % GROUP_WORDS.len()]),
    }
}

pub(super) fn project(world: &SeededWorkspace, index: usize) -> SimProject {
    let mut rng = dice(world.seed, Domain::Project, index);
    let mut members: Vec<SimProjectMember> = world
        .layout()
        .managers_of_project(index)
        .into_iter()
        .chain(sample(world, Domain::Project, index, world.members_per_project))
        .map(|user| SimProjectMember {
            id: world.user_id(user),
            status: match world.user_statuses(user).1 {
                MembershipStatus::Inactive => MembershipStatus::Inactive,
                _ => MembershipStatus::Active,
            },
            hourly_rate: None,
        })
        .collect();
    members.sort_by(|a, b| a.id.cmp(&b.id));
    members.dedup_by(|a, b| a.id == b.id);
    if let Some(first) = members.first_mut() {
        first.hourly_rate = Some(SimRate { amount: rng.i64(50..200) * 100, currency: "EUR".to_owned() });
    }
    if index.is_multiple_of(4) && world.groups > 0 {
        members.push(SimProjectMember::active(world.group_id(index % world.groups)));
    }
    let client = index % (CLIENTS.len() + 1);
    let client_name = CLIENTS.get(client).copied().unwrap_or_default();
    SimProject {
        id: world.project_id(index),
        name: match demo::PROJECTS.get(index).filter(|_| world.demo) {
            Some(name) => (*name).to_owned(),
            None => format!("Project {index:04}"),
        },
        public: index % 3 == 1,
        archived: index % 5 == 4,
        billable: rng.bool(),
        client_id: if client_name.is_empty() {
            String::new()
        } else {
            object_id(world.seed, Domain::Client, client, CLIENTS.len())
        },
        client_name: client_name.to_owned(),
        note: String::new(),
        members,
    }
}

/// Draws `wanted` different members, or all of them when there are fewer, by walking the circle of members in a stride
/// that shares no divisor with their number.
fn sample(world: &SeededWorkspace, domain: Domain, index: usize, wanted: usize) -> Vec<usize> {
    let mut rng = dice(world.seed, domain, index);
    let users = world.users;
    let start = rng.usize(..users);
    let mut stride = rng.usize(..users).max(1);
    while greatest_common_divisor(stride, users) != 1 {
        stride += 1;
    }
    (0..wanted.min(users)).map(|step| (start + step * stride) % users).collect()
}

fn greatest_common_divisor(a: usize, b: usize) -> usize {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_sample_repeats_nobody() {
        for users in [1, 2, 7, 60, 1_000] {
            let world = SeededWorkspace::new(5).users(users);
            for group in 0..20 {
                let drawn = sample(&world, Domain::Group, group, 25);
                assert_eq!(drawn.len(), users.min(25));
                assert_eq!(
                    drawn.iter().collect::<HashSet<_>>().len(),
                    drawn.len(),
                    "{users} users, group {group}"
                );
            }
        }
    }
}
