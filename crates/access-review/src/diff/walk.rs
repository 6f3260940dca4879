//! The tables of two syncs, walked side by side.

use std::cell::RefCell;
use std::collections::HashMap;
use std::iter;

use c1z::{EntitlementFilter, GrantFilter, Record, Records, ResourceFilter};
use governance_model::{ResourceType, ResourceTypeId};

use super::join::{Join, Pair};
use super::{Action, Change, ChangeKind, Section, Thing};
use crate::rows::Reference;
use crate::{Error, Snapshot};

/// How many answers about resource types are kept.
const KEPT_TYPES: usize = 1_000;

/// Two syncs.
#[derive(Debug)]
pub(super) struct Differ<'s> {
    pub(super) old: &'s Snapshot<'s>,
    pub(super) new: &'s Snapshot<'s>,
    /// Whether entitlements and grants are compared.
    pub(super) grants: bool,
    /// Whether each side says that it has read a resource type.
    declared: RefCell<HashMap<ResourceTypeId, (bool, bool)>>,
}

/// A table, in the order in which they are walked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Table {
    Types,
    Resources,
    Entitlements,
    Grants,
}

impl Table {
    /// Where a thing is found.
    pub(super) fn of(thing: Thing) -> Self {
        match thing {
            Thing::ResourceType => Self::Types,
            Thing::User | Thing::Role | Thing::Group | Thing::Project | Thing::Resource => Self::Resources,
            Thing::Entitlement => Self::Entitlements,
            Thing::Grant => Self::Grants,
        }
    }
}

/// Changes as they are found.
pub(super) type Walk<'a> = Box<dyn Iterator<Item = Result<Change, Error>> + 'a>;

impl<'s> Differ<'s> {
    pub(super) fn new(old: &'s Snapshot<'s>, new: &'s Snapshot<'s>, grants: bool) -> Self {
        Self { old, new, grants, declared: RefCell::default() }
    }

    /// All changes, table by table, each table in the order of its ids.
    pub(super) fn all(&self) -> Walk<'_> {
        let tables = [self.types(), self.resources(), self.entitlements(), self.grants()];
        Box::new(tables.into_iter().flatten())
    }

    /// The changes of one section in these tables, in the same order.
    pub(super) fn section(&self, section: Section, tables: &[Table]) -> Walk<'_> {
        let walks: Vec<_> = tables
            .iter()
            .map(|table| match table {
                Table::Types => self.types(),
                Table::Resources => self.resources(),
                Table::Entitlements => self.entitlements(),
                Table::Grants => self.grants(),
            })
            .collect();
        let here = move |change: &Result<Change, Error>| {
            change.as_ref().map_or(true, |change| change.section == section)
        };
        Box::new(walks.into_iter().flatten().filter(here))
    }

    fn types(&self) -> Walk<'_> {
        let rows = |snapshot: &'s Snapshot<'s>| snapshot.view().resource_types();
        self.changed(rows, |id, old: Option<&ResourceType>, new| {
            Ok(match (old, new) {
                (Some(gone), None) => Some(resource_type(id, gone, Action::Removed)),
                (None, Some(came)) => Some(resource_type(id, came, Action::Added)),
                // What a type is called and described as is the program's own text, and no news about access.
                _ => None,
            })
        })
    }

    fn resources(&self) -> Walk<'_> {
        let rows = |snapshot: &'s Snapshot<'s>| snapshot.view().resources(&ResourceFilter::default());
        self.changed(rows, |id, old, new| self.resource(id, old, new))
    }

    fn entitlements(&self) -> Walk<'_> {
        if !self.grants {
            return Box::new(iter::empty());
        }
        let rows = |snapshot: &'s Snapshot<'s>| snapshot.view().entitlements(&EntitlementFilter::default());
        self.changed(rows, |id, old, new| self.entitlement(id, old, new))
    }

    fn grants(&self) -> Walk<'_> {
        if !self.grants {
            return Box::new(iter::empty());
        }
        let rows = |snapshot: &'s Snapshot<'s>| snapshot.view().grants(&GrantFilter::default());
        self.changed(rows, |id, old, new| self.grant(id, old, new))
    }

    /// What `change` makes of the rows that are not the same in both.
    fn changed<'a, T: PartialEq + 'a>(
        &'a self,
        rows: impl Fn(&'s Snapshot<'s>) -> Records<'s, T>,
        change: impl Fn(String, Option<&T>, Option<&T>) -> Result<Option<Change>, Error> + 'a,
    ) -> Walk<'a>
    where
        Records<'s, T>: Iterator<Item = Result<Record<T>, c1z::Error>>,
        's: 'a,
    {
        let join = Join::new((self.old, rows(self.old)), (self.new, rows(self.new)));
        Box::new(join.filter_map(move |pair| {
            let found = pair.and_then(|pair| match pair {
                Pair::Old(old) => change(old.external_id, Some(&old.value), None),
                Pair::New(new) => change(new.external_id, None, Some(&new.value)),
                Pair::Both(old, new) if old.value == new.value => Ok(None),
                Pair::Both(old, new) => change(new.external_id, Some(&old.value), Some(&new.value)),
            });
            found.transpose()
        }))
    }

    /// Whether something that is on one side only can be compared at all: what the other side did not read is not gone.
    pub(super) fn is_compared(&self, of: &ResourceTypeId, action: Action) -> Result<bool, Error> {
        let (old, new) = self.declared(of)?;
        Ok(match action {
            Action::Added => old || !new,
            Action::Removed => new || !old,
            Action::Changed => true,
        })
    }

    fn declared(&self, of: &ResourceTypeId) -> Result<(bool, bool), Error> {
        if let Some(known) = self.declared.borrow().get(of) {
            return Ok(*known);
        }
        let declares = |snapshot: &Snapshot<'_>| -> Result<bool, Error> {
            Ok(snapshot.view().resource_type(of)?.is_some())
        };
        let found = (declares(self.old)?, declares(self.new)?);
        let mut known = self.declared.borrow_mut();
        if known.len() >= KEPT_TYPES {
            known.clear();
        }
        known.insert(of.clone(), found);
        Ok(found)
    }
}

/// What happened to a thing, and its newest state.
pub(super) fn action<'a, T>(old: Option<&'a T>, new: Option<&'a T>) -> Option<(Action, &'a T)> {
    match (old, new) {
        (Some(_), Some(new)) => Some((Action::Changed, new)),
        (Some(old), None) => Some((Action::Removed, old)),
        (None, Some(new)) => Some((Action::Added, new)),
        (None, None) => None,
    }
}

fn resource_type(id: String, of: &ResourceType, action: Action) -> Change {
    Change {
        kind: ChangeKind { thing: Thing::ResourceType, action },
        section: Section::Scope,
        administrative: false,
        principal: None,
        resource: Some(Reference {
            kind: Thing::ResourceType.as_str().to_owned(),
            id: id.clone(),
            name: of.display_name.clone(),
        }),
        entitlement: None,
        fields: Vec::new(),
        consequence_of: None,
        notes: Vec::new(),
        id,
    }
}
