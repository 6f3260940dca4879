//! What resources and entitlements are called, looked up once and kept for a while.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use c1z::SyncView;
use governance_model::{EntitlementId, ResourceId, ResourceTrait, State};

use crate::Error;

/// How many answers are kept; beyond that all are forgotten, so that memory does not grow with the file. Grants name
/// people in no order, so they are looked up again and again when there is no room for all: it is made for 100,000, at
/// about 200 bytes each.
const KEPT: usize = 120_000;

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
    resources: RefCell<ByResource<Rc<Called>>>,
    entitlements: RefCell<HashMap<EntitlementId, Rc<Permission>>>,
}

impl Names {
    pub(crate) fn resource(&self, view: &SyncView<'_>, id: &ResourceId) -> Result<Rc<Called>, Error> {
        if let Some(known) = self.resources.borrow().get(id.resource_type.as_str(), &id.resource) {
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
        let called = Rc::new(called);
        self.resources.borrow_mut().keep(id, Rc::clone(&called));
        Ok(called)
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
        let permission = Rc::new(permission);
        let mut kept = self.entitlements.borrow_mut();
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(id.clone(), Rc::clone(&permission));
        Ok(permission)
    }
}

/// Answers about resources. A type is kept once, and nothing is copied to look something up.
#[derive(Debug)]
pub(crate) struct ByResource<T> {
    types: HashMap<String, HashMap<Box<str>, T>>,
    kept: usize,
}

impl<T> Default for ByResource<T> {
    fn default() -> Self {
        Self { types: HashMap::new(), kept: 0 }
    }
}

impl<T> ByResource<T> {
    pub(crate) fn get(&self, resource_type: &str, resource: &str) -> Option<&T> {
        self.types.get(resource_type)?.get(resource)
    }

    pub(crate) fn keep(&mut self, id: &ResourceId, value: T) {
        if self.kept >= KEPT {
            self.types.clear();
            self.kept = 0;
        }
        self.types
            .entry(id.resource_type.as_str().to_owned())
            .or_default()
            .insert(id.resource.as_str().into(), value);
        self.kept += 1;
    }
}
