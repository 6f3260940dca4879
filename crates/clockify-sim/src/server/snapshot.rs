//! One content together with the indexes that some requests need, each built the first time it is needed.
//!
//! A list that is filtered or sorted by anything but the id needs an order over all rows; what groups and projects say about
//! a user needs one pass over them. Everything else is computed from the rows of the page alone.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::content::{
    ApiKey, Content, FixedWorkspace, MembershipStatus, MembershipType, SimMembership, SimProject,
    SimWorkspace, Truth,
};

/// How many orders are kept; a walk uses one.
const KEPT_ORDERS: usize = 8;

pub(super) struct Snapshot {
    pub(super) content: Arc<dyn Content>,
    pub(super) workspace: SimWorkspace,
    /// The simulator's own keys, whose members are indexes of this content.
    pub(super) keys: Vec<ApiKey>,
    orders: Mutex<HashMap<String, Arc<[u32]>>>,
    belongings: OnceLock<HashMap<String, Vec<SimMembership>>>,
}

impl Snapshot {
    pub(super) fn new(content: Arc<dyn Content>, keys: Vec<ApiKey>) -> Self {
        let workspace = content.workspace();
        Self { content, workspace, keys, orders: Mutex::default(), belongings: OnceLock::new() }
    }

    /// What is served after an edit. Keys follow their members; the key of a member who is gone belongs to nobody.
    pub(super) fn edited(&self, edit: impl FnOnce(&mut FixedWorkspace)) -> Self {
        let mut workspace = FixedWorkspace::copy_of(&*self.content);
        edit(&mut workspace);
        let place = |key: &ApiKey| {
            let id = (key.user < self.content.user_count()).then(|| self.content.user_id(key.user))?;
            workspace.user_index(&id)
        };
        let keys = self.keys.iter();
        let keys = keys.map(|key| ApiKey { user: place(key).unwrap_or(usize::MAX), ..key.clone() }).collect();
        Self::new(Arc::new(workspace), keys)
    }

    /// The order that belongs to `key`, built by `build` unless it is there already.
    pub(super) fn order(&self, key: &str, build: impl FnOnce() -> Vec<u32>) -> Arc<[u32]> {
        // Held while building: two requests for one order must not both pay for it.
        let mut orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(order) = orders.get(key) {
            return Arc::clone(order);
        }
        if orders.len() >= KEPT_ORDERS {
            orders.clear();
        }
        let order: Arc<[u32]> = build().into();
        orders.insert(key.to_owned(), Arc::clone(&order));
        order
    }

    /// The membership entries that follow from groups and projects for one user.
    pub(super) fn belongings(&self, user_id: &str) -> &[SimMembership] {
        let all = self.belongings.get_or_init(|| {
            let mut all: HashMap<String, Vec<SimMembership>> = HashMap::new();
            let mut add = |user_id: &str, target_id: &str, kind, status| {
                all.entry(user_id.to_owned()).or_default().push(SimMembership {
                    user_id: user_id.to_owned(),
                    target_id: target_id.to_owned(),
                    kind,
                    status,
                });
            };
            for group in self.content.all_groups() {
                for user in &group.user_ids {
                    add(user, &group.id, MembershipType::UserGroup, MembershipStatus::Active);
                }
            }
            for project in self.content.all_projects() {
                for member in &project.members {
                    add(&member.id, &project.id, MembershipType::Project, member.status.clone());
                }
            }
            all
        });
        all.get(user_id).map_or(&[], Vec::as_slice)
    }

    /// The project with this id.
    pub(super) fn project(&self, id: &str) -> Option<SimProject> {
        self.content.project_index(id).map(|index| self.content.project(index))
    }

    /// The display name of a user, for objects that mention one.
    pub(super) fn user_name(&self, id: &str) -> Option<String> {
        self.content.user_index(id).and_then(|index| self.content.user(index).name)
    }
}

/// An index as the orders store it.
pub(super) fn narrow(index: usize) -> u32 {
    u32::try_from(index).expect("a content has fewer rows than a u32 counts")
}
