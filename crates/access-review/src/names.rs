//! What resources and entitlements are called, looked up once and kept for a while.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use c1z::SyncView;
use governance_model::{EntitlementId, ResourceId, ResourceTrait, State};

use crate::Error;

/// How many answers are kept; beyond that all are forgotten, so that memory does not grow with the file.
const KEPT: usize = 20_000;

/// A resource, as far as a row about something else shows it.
#[derive(Debug)]
pub(crate) struct Called {
    pub(crate) name: String,
    /// The first e-mail address to write to; empty for what has none.
    pub(crate) email: String,
    pub(crate) state: Option<State>,
    pub(crate) kind: Kind,
    /// Whether the file has it: what a grant names may be missing in files of other tools.
    pub(crate) exists: bool,
}

/// What a resource is, by its traits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    User,
    Group,
    Role,
    Other,
}

impl Kind {
    pub(crate) fn of(traits: &[ResourceTrait]) -> Self {
        traits
            .iter()
            .map(|kind| match kind {
                ResourceTrait::User(_) => Self::User,
                ResourceTrait::Group => Self::Group,
                ResourceTrait::Role => Self::Role,
            })
            .next()
            .unwrap_or(Self::Other)
    }
}

/// An entitlement, as far as a row about a grant shows it.
#[derive(Debug)]
pub(crate) struct Permission {
    pub(crate) name: String,
    pub(crate) slug: String,
    pub(crate) description: String,
    pub(crate) resource: Option<ResourceId>,
}

/// The answers that are kept.
#[derive(Debug, Default)]
pub(crate) struct Names {
    resources: RefCell<HashMap<ResourceId, Rc<Called>>>,
    entitlements: RefCell<HashMap<EntitlementId, Rc<Permission>>>,
}

impl Names {
    pub(crate) fn resource(&self, view: &SyncView<'_>, id: &ResourceId) -> Result<Rc<Called>, Error> {
        if let Some(known) = self.resources.borrow().get(id) {
            return Ok(Rc::clone(known));
        }
        let called = match view.resource(id)? {
            Some(record) => {
                let resource = record.value;
                let email = resource.traits.iter().find_map(|kind| match kind {
                    ResourceTrait::User(user) => Some(super::rows::email(user)),
                    _ => None,
                });
                Called {
                    kind: Kind::of(&resource.traits),
                    name: resource.display_name.to_string(),
                    email: email.unwrap_or_default(),
                    state: resource.status.map(|status| status.state),
                    exists: true,
                }
            }
            None => Called {
                name: String::new(),
                email: String::new(),
                state: None,
                kind: Kind::Other,
                exists: false,
            },
        };
        Ok(keep(&self.resources, id, called))
    }

    pub(crate) fn entitlement(
        &self,
        view: &SyncView<'_>,
        id: &EntitlementId,
    ) -> Result<Rc<Permission>, Error> {
        if let Some(known) = self.entitlements.borrow().get(id) {
            return Ok(Rc::clone(known));
        }
        let permission = match view.entitlement(id)? {
            Some(record) => Permission {
                name: record.value.display_name,
                slug: record.value.slug,
                description: record.value.description,
                resource: Some(record.value.resource),
            },
            None => Permission {
                name: String::new(),
                slug: String::new(),
                description: String::new(),
                resource: None,
            },
        };
        Ok(keep(&self.entitlements, id, permission))
    }
}

fn keep<K: Clone + Eq + std::hash::Hash, V>(kept: &RefCell<HashMap<K, Rc<V>>>, key: &K, value: V) -> Rc<V> {
    let value = Rc::new(value);
    let mut kept = kept.borrow_mut();
    if kept.len() >= KEPT {
        kept.clear();
    }
    kept.insert(key.clone(), Rc::clone(&value));
    value
}
