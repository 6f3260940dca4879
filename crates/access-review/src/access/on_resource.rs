//! Everybody who has something on one resource.
//!
//! Rows come as they are read, because a project can have a hundred thousand members; only the grants that pass the resource
//! on to collections, and who manages it through a role, are kept in memory.

use std::collections::{BTreeMap, BTreeSet};

use c1z::GrantFilter;
use governance_model::{EntitlementId, Grant, Resource, ResourceId, ResourceTypeId, TraitKind};

use super::chain::Chains;
use super::forward::Forward;
use super::upstream::{Upstream, held, is_direct};
use super::{AccessRow, Note, notes};
use crate::find::types_of;
use crate::rows::{Principal, Reference, Scope};
use crate::{Error, Snapshot};

/// One resource and who has something on it.
#[derive(Debug)]
pub struct Audience<'s, 'f> {
    snapshot: &'s Snapshot<'f>,
    /// The resource.
    pub resource: Reference,
    /// What is to be known besides.
    pub notes: Vec<Note>,
    id: ResourceId,
    upstream: Upstream,
    /// Roles whose scope covers the resource, by who has them.
    roles: BTreeMap<ResourceId, Vec<AccessRow>>,
}

impl<'s, 'f> Audience<'s, 'f> {
    /// Looks up what every row needs to know about a resource.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn of(snapshot: &'s Snapshot<'f>, resource: &Resource) -> Result<Self, Error> {
        let id = resource.id.clone();
        Ok(Self {
            resource: Reference::find(snapshot, &id)?,
            notes: notes::of_resource(snapshot, resource)?,
            upstream: Upstream::of(snapshot, &id)?,
            roles: roles(snapshot, &id)?,
            snapshot,
            id,
        })
    }

    /// The same for a resource that grants name and the file does not have.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn of_missing(snapshot: &'s Snapshot<'f>, id: &ResourceId) -> Result<Self, Error> {
        let mut found = Self::of(snapshot, &Resource::new(id.clone(), ""))?;
        found.notes.insert(0, Note(notes::MISSING.to_owned()));
        Ok(found)
    }

    /// Everybody who has something on it, by the ids of the grants; then those who inherit it without a grant in the file,
    /// and those of whom only a role tells.
    pub fn rows(&self) -> impl Iterator<Item = Result<AccessRow, Error>> + use<'_, 's, 'f> {
        let of_resource = GrantFilter { resource: Some(self.id.clone()), ..GrantFilter::default() };
        let held = self.snapshot.view().grants(&of_resource).by_id().map(|record| self.row(&record?.value));
        let mut seen = BTreeSet::new();
        let inherited =
            self.upstream.pairs().filter(|_| !self.upstream.is_carried_out()).flat_map(move |(to, from)| {
                let of_source = GrantFilter { entitlement: Some(from.clone()), ..GrantFilter::default() };
                self.snapshot
                    .view()
                    .grants(&of_source)
                    .by_id()
                    .map(move |record| Ok((to, record?.value.principal)))
            });
        let inherited = inherited.filter_map(move |found: Result<_, Error>| {
            let (to, principal) = match found {
                Ok(found) => found,
                Err(error) => return Some(Err(error)),
            };
            if !seen.insert((to.clone(), principal.clone())) {
                return None;
            }
            self.inherited(to, &principal).transpose()
        });
        held.chain(inherited)
            .chain(self.roles.values().flatten().filter_map(|role| self.by_role(role).transpose()))
    }

    /// A row for a grant that the file holds.
    fn row(&self, grant: &Grant) -> Result<AccessRow, Error> {
        let chains = self.follow(grant)?;
        let row = AccessRow::of_grant(self.snapshot, grant)?;
        let mut row = row.with_paths(self.snapshot, &chains, &grant.entitlement)?;
        for role in self.roles.get(&grant.principal).into_iter().flatten() {
            for scope in &role.scopes {
                row.cover(&role.resource, scope);
            }
        }
        Ok(row)
    }

    /// A row for a principal that inherits what the file has no grant for.
    fn inherited(&self, to: &EntitlementId, principal: &ResourceId) -> Result<Option<AccessRow>, Error> {
        if held(self.snapshot, to, principal)?.is_some() {
            return Ok(None);
        }
        let Forward { chains, .. } = Forward::of(self.snapshot, principal)?;
        let Some(grant) = self.upstream.grant(to) else { return Ok(None) };
        if chains.to(to).chains.is_empty() {
            return Ok(None);
        }
        let row = AccessRow::inherited(self.snapshot, grant, Principal::find(self.snapshot, principal)?)?;
        row.with_paths(self.snapshot, &chains, to).map(Some)
    }

    /// A row for somebody of whom only a role tells.
    fn by_role(&self, role: &AccessRow) -> Result<Option<AccessRow>, Error> {
        let Some(scope) = role.scopes.iter().find(|scope| self.is_this(scope)) else { return Ok(None) };
        let principal =
            ResourceId::new(ResourceTypeId::new(role.principal.kind.clone()), role.principal.id.clone());
        let here = GrantFilter {
            resource: Some(self.id.clone()),
            principal: Some(principal),
            ..GrantFilter::default()
        };
        for grant in self.snapshot.view().grants(&here) {
            if AccessRow::of_grant(self.snapshot, &grant?.value)?.cover(&role.resource, scope) {
                return Ok(None);
            }
        }
        Ok(Some(AccessRow::in_scope(role, scope)))
    }

    fn is_this(&self, scope: &Scope) -> bool {
        scope.kind == self.id.resource_type.as_str() && scope.id == self.id.resource
    }

    /// Follows how the holder of a grant came to it, by the sources that were recorded.
    fn follow(&self, grant: &Grant) -> Result<Chains, Error> {
        if !self.upstream.is_carried_out() {
            return Ok(Forward::of(self.snapshot, &grant.principal)?.chains);
        }
        let mut chains = Chains::default();
        let mut waiting = vec![grant.clone()];
        // Sources that no expandable grant in the file explains.
        let mut unexplained = BTreeSet::new();
        loop {
            while let Some(grant) = waiting.pop() {
                let to = &grant.entitlement;
                chains.hold(to, is_direct(&grant));
                for source in grant.details().sources.keys().filter(|source| *source != to) {
                    if self.upstream.leads(source, to) {
                        chains.lead(source, to, self.upstream.is_shallow(source, to));
                        self.fetch(&mut chains, source, &grant.principal, &mut waiting)?;
                    } else {
                        unexplained.insert((to.clone(), source.clone()));
                    }
                }
            }
            let Some((to, source)) = unexplained.pop_first() else { return Ok(chains) };
            if !chains.explain(&source, &to) {
                self.fetch(&mut chains, &source, &grant.principal, &mut waiting)?;
                chains.lead(&source, &to, false);
            }
        }
    }

    /// Looks up how a principal holds an entitlement, unless that is known.
    fn fetch(
        &self,
        chains: &mut Chains,
        entitlement: &EntitlementId,
        principal: &ResourceId,
        waiting: &mut Vec<Grant>,
    ) -> Result<(), Error> {
        if chains.knows(entitlement) {
            return Ok(());
        }
        match held(self.snapshot, entitlement, principal)? {
            Some(grant) => {
                chains.hold(entitlement, is_direct(&grant));
                waiting.push(grant);
            }
            None => chains.hold(entitlement, true),
        }
        Ok(())
    }
}

/// The roles whose scope covers a resource, by who has them.
fn roles(snapshot: &Snapshot<'_>, id: &ResourceId) -> Result<BTreeMap<ResourceId, Vec<AccessRow>>, Error> {
    let mut roles: BTreeMap<ResourceId, Vec<AccessRow>> = BTreeMap::new();
    for resource_type in types_of(snapshot, TraitKind::Role, "role")? {
        let of_type = GrantFilter { resource_type: Some(resource_type), ..GrantFilter::default() };
        for grant in snapshot.view().grants(&of_type).by_id() {
            let grant = grant?.value;
            if Scope::any_is(&grant.details().metadata, id) {
                let row = AccessRow::of_grant(snapshot, &grant)?;
                roles.entry(grant.principal).or_default().push(row);
            }
        }
    }
    Ok(roles)
}
