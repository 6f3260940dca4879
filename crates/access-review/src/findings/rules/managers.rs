//! Managers: whether their roles name what they cover, and whether that is everything.

use std::collections::{HashMap, HashSet};

use c1z::GrantFilter;
use governance_model::{ResourceId, ResourceTypeId, State};

use super::{Account, Case, Check, Context, about, count, is_usable, not_checked};
use crate::Error;
use crate::findings::{Assessment, Rule, Severity};
use crate::rows::{HeldRole, Person, Privilege};

pub(super) const RULES: &[Rule] = &[Rule::ManagerWithoutScope, Rule::ManagerOfAll];

/// Fewer things than this are no crowd: who manages the only group there is manages a group.
const CROWD: u64 = 5;

/// What is the matter with managers.
pub(super) struct Managers {
    /// Enabled people, of whom a manager may cover nearly all.
    enabled: u64,
    /// Whose roles have a scope, to be measured when the people have been counted.
    scoped: Vec<Person>,
    without_scope: Case,
}

impl Default for Managers {
    fn default() -> Self {
        Self {
            enabled: 0,
            scoped: Vec::new(),
            without_scope: Case::new(
                Rule::ManagerWithoutScope,
                "",
                Severity::Medium,
                "A manager's role is bound to people, groups or projects; without any, nobody can say what it allows.",
                "Look up in Clockify what the person manages, and assign it or take the role away.",
            ),
        }
    }
}

impl Check for Managers {
    fn person(&mut self, context: &Context<'_, '_>, account: &Account) -> Result<(), Error> {
        let person = &account.person;
        self.enabled += u64::from(person.status.0 == State::Enabled);
        // Administrators can do all of it anyway.
        if !context.has_clockify_roles || person.privilege.is_administrative() || !is_usable(person) {
            return Ok(());
        }
        let managers = person.roles.iter().filter(|role| role.privilege == Privilege::Manager);
        for role in managers.clone().filter(|role| role.scopes.is_empty()) {
            let doubt = context.doubt_about("role").map(|doubt| format!("; {doubt}")).unwrap_or_default();
            self.without_scope.add(about(person, format!("{} of nothing that is named{doubt}", role.name)));
        }
        if managers.clone().any(|role| !role.scopes.is_empty()) {
            self.scoped.push(person.clone());
        }
        Ok(())
    }

    fn end(self: Box<Self>, context: &Context<'_, '_>, found: &mut Assessment) -> Result<(), Error> {
        if !context.has_clockify_roles {
            for rule in RULES {
                not_checked(found, *rule, "the file does not hold the roles of a Clockify workspace");
            }
            return Ok(());
        }
        let Self { enabled, scoped, without_scope } = *self;
        without_scope.end(found, |number| {
            format!("{} covers nothing that is named", count(number, "manager's role", "managers' roles"))
                .replace("roles covers", "roles cover")
        });
        let mut of_all = Case::new(
            Rule::ManagerOfAll,
            "",
            Severity::Medium,
            "A role that is meant for a part and covers all is administrative access by another name, without being counted as such.",
            "Narrow it to what the person really manages, or make it an administrator's role and review it as one.",
        );
        let stats = context.snapshot.view().stats()?;
        let total = |kind: &str| stats.resources_by_resource_type.get(kind).copied().unwrap_or(0);
        let (groups, projects) = (total("group"), total("project"));
        let mut measure = Measure { context, enabled, groups: HashMap::new() };
        let mut unmeasured = false;
        for person in scoped {
            for role in &person.roles {
                let covered = |kind: &str| ids(role, kind).len() as u64;
                let mut parts = Vec::new();
                if nearly_all(covered("group"), groups) {
                    parts.push(format!("{} of {groups} groups", covered("group")));
                }
                if nearly_all(covered("project"), projects) {
                    parts.push(format!("{} of {projects} projects", covered("project")));
                }
                unmeasured |= projects == 0 && covered("project") > 0;
                if let Some(people) = measure.people(role)? {
                    parts.push(format!("{people} of {enabled} enabled people"));
                }
                if !parts.is_empty() {
                    of_all.add(about(&person, format!("{} of {}", role.name, parts.join(", "))));
                }
            }
        }
        of_all.end(found, |number| {
            format!("{} all, or nearly all, there is", count(number, "manager covers", "managers cover"))
        });
        if unmeasured {
            let reason = "scopes over projects cannot be measured, because projects are not in the file (--sync-projects)";
            not_checked(found, Rule::ManagerOfAll, reason);
        }
        Ok(())
    }
}

/// Nine of ten, where there are some.
fn nearly_all(covered: u64, total: u64) -> bool {
    total >= CROWD && covered * 10 >= total * 9
}

fn ids<'r>(role: &'r HeldRole, kind: &str) -> HashSet<&'r str> {
    role.scopes.iter().filter(|scope| scope.kind == kind).map(|scope| scope.id.as_str()).collect()
}

/// Measures how many people a role covers, through groups and directly.
struct Measure<'c, 'a, 'f> {
    context: &'c Context<'a, 'f>,
    enabled: u64,
    /// How many memberships a group has, so that only who may cover nearly all is measured exactly.
    groups: HashMap<String, u64>,
}

impl Measure<'_, '_, '_> {
    /// How many enabled people a role covers, if that is nearly all.
    fn people(&mut self, role: &HeldRole) -> Result<Option<u64>, Error> {
        let (users, groups) = (ids(role, "user"), ids(role, "group"));
        let mut most = users.len() as u64;
        for group in &groups {
            if !self.groups.contains_key(*group) {
                let members = self.members(group, |_| {})?;
                self.groups.insert((*group).to_owned(), members);
            }
            most += self.groups[*group];
        }
        if !nearly_all(most, self.enabled) {
            return Ok(None);
        }
        let mut covered = HashSet::new();
        for user in users {
            let id = ResourceId::new(ResourceTypeId::from_static("user"), user);
            if self.is_enabled(&id)? {
                covered.insert(id);
            }
        }
        for group in groups {
            self.members(group, |id| {
                covered.insert(id.clone());
            })?;
        }
        let covered = covered.len() as u64;
        Ok(nearly_all(covered, self.enabled).then_some(covered))
    }

    /// Shows the enabled members of a group, and counts them.
    fn members(&self, group: &str, mut show: impl FnMut(&ResourceId)) -> Result<u64, Error> {
        let resource = Some(ResourceId::new(ResourceTypeId::from_static("group"), group));
        let filter = GrantFilter { resource, ..GrantFilter::default() };
        let mut members = 0;
        for grant in self.context.snapshot.view().grants(&filter) {
            let grant = grant?.value;
            let names = &self.context.snapshot.names;
            let slug = &names.entitlement(self.context.snapshot.view(), &grant.entitlement)?.slug;
            if slug == "member" && self.is_enabled(&grant.principal)? {
                show(&grant.principal);
                members += 1;
            }
        }
        Ok(members)
    }

    fn is_enabled(&self, id: &ResourceId) -> Result<bool, Error> {
        let called = self.context.snapshot.names.resource(self.context.snapshot.view(), id)?;
        Ok(called.state == Some(State::Enabled))
    }
}
