//! Whether a [`Connector`] keeps the promises that the engine builds on; for the tests of whoever writes one.
//!
//! The suite reads the connector the way a sync does, from several fresh instances over the same content, and says what is
//! wrong. It needs no file, no network of its own and no clock. What it reads should hold at least one of everything that
//! the connector can say: a kind of fact that never comes is a kind that was not checked.
//!
//! ```
//! use governance_model::*;
//! use std::collections::{BTreeMap, BTreeSet};
//!
//! /// A source that holds one account.
//! struct One;
//!
//! const USER: ResourceTypeId = ResourceTypeId::from_static("user");
//!
//! impl Connector for One {
//!     fn descriptor(&self) -> Descriptor {
//!         Descriptor { display_name: "One".into(), description: String::new(), fingerprint: "one".into() }
//!     }
//!     fn resource_types(&self) -> Vec<ResourceType> {
//!         vec![ResourceType {
//!             id: USER,
//!             display_name: "User".into(),
//!             description: String::new(),
//!             traits: vec![TraitKind::User],
//!             skip_entitlements_and_grants: true,
//!             annotations: Vec::new(),
//!         }]
//!     }
//!     async fn validate(&self) -> Result<Baseline, ConnectorError> {
//!         Ok(Baseline {
//!             source_id: "one".into(),
//!             source_name: "One".into(),
//!             operator: None,
//!             inventory: None,
//!             inventory_type: USER,
//!             details: BTreeMap::new(),
//!         })
//!     }
//!     fn plan(&self, _: &Baseline, _: &Scope) -> Vec<Cursor> {
//!         vec![Cursor { stream: "users".into(), position: "0".into() }]
//!     }
//!     async fn page(&self, _: &Baseline, _: &Cursor) -> Result<Page, ConnectorError> {
//!         let mut user = Resource::new(ResourceId::new(USER, "u1"), "Uma Example");
//!         user.traits.push(ResourceTrait::User(Box::default()));
//!         Ok(Page { facts: Facts { resources: vec![user], ..Facts::default() }, ..Page::default() })
//!     }
//!     fn resolve(&self, _: &Baseline, _: &[Deferred], _: &dyn Known) -> Result<Page, ConnectorError> {
//!         Ok(Page::default())
//!     }
//!     fn stand_in(&self, _: &ResourceId, _: &Missing) -> Option<Resource> {
//!         None
//!     }
//!     fn locate(&self, _: &Baseline, _: &BTreeSet<&str>, _: &Inventory) -> Vec<Cursor> {
//!         Vec::new()
//!     }
//!     fn departed(&self, resource: Resource) -> Resource {
//!         resource
//!     }
//!     fn why_none(&self, _: &Baseline, _: &ResourceTypeId) -> Option<String> {
//!         None
//!     }
//!     async fn inventory(&self, _: &Baseline) -> Result<Option<Inventory>, ConnectorError> {
//!         Ok(None)
//!     }
//!     fn usage(&self) -> Usage {
//!         Usage::default()
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! sync_engine::conformance::assert_conforms(|| One).await;
//! # }
//! ```

mod cursors;
mod declared;
mod expansion;
mod ids;
mod principals;
mod reading;
mod references;
mod rule;

use std::collections::BTreeSet;

use governance_model::{Connector, ResourceTypeId};

pub use rule::{Rule, Violation};

use reading::Whole;
use rule::Violations;

/// How to check.
#[derive(Clone, Debug)]
pub struct Suite {
    max_pages: usize,
    may_lack: BTreeSet<ResourceTypeId>,
}

impl Default for Suite {
    fn default() -> Self {
        Self { max_pages: 10_000, may_lack: BTreeSet::new() }
    }
}

impl Suite {
    /// Reading that takes more pages than this does not end; 10,000 if nothing is said.
    #[must_use]
    pub fn max_pages(mut self, pages: usize) -> Self {
        self.max_pages = pages;
        self
    }

    /// The content holds no resource of this type, although the connector declares it.
    #[must_use]
    pub fn may_lack(mut self, of: ResourceTypeId) -> Self {
        self.may_lack.insert(of);
        self
    }

    /// Checks every rule and gives back what is broken, without repetitions, in the order of the rules. `make` makes a
    /// connector over content that is the same each time and does not change meanwhile; it is called for every page, because
    /// a page may have to be read by a process that has read no other.
    pub async fn check<C: Connector>(&self, make: impl Fn() -> C) -> Vec<Violation> {
        let mut found = Violations::default();
        let connector = make();
        declared::descriptor(&connector, &make(), &mut found);
        let Some(whole) = Whole::read(&connector, self.max_pages, &mut found).await else {
            return found.sorted();
        };
        declared::types(&connector, &whole, &self.may_lack, &mut found);
        declared::traits(&connector, &whole, &mut found);
        ids::check(&connector, &whole, &mut found);
        references::check(&connector, &whole, &mut found);
        expansion::check(&whole, &mut found);
        // A read that did not come to its end, or that comes out differently each time, says nothing of the rest.
        if whole.ended && cursors::same_again(&make(), &whole, self.max_pages, &mut found).await {
            cursors::replay(&make, &whole, &mut found).await;
            cursors::deferred(&make(), &whole, &mut found);
            cursors::scopes(&make, &whole, self.max_pages, &mut found).await;
            principals::check(&make(), &whole, &mut found).await;
        }
        found.sorted()
    }

    /// As [`Suite::check`], for a test.
    ///
    /// # Panics
    /// With every violation, when there is one.
    pub async fn assert<C: Connector>(&self, make: impl Fn() -> C) {
        let found = self.check(make).await;
        let lines: Vec<String> = found.iter().map(Violation::to_string).collect();
        assert!(lines.is_empty(), "the connector breaks {} rules:\n{}", lines.len(), lines.join("\n"));
    }
}

/// Checks a connector by every rule, with nothing made easier for it.
///
/// # Panics
/// With every violation, when there is one.
pub async fn assert_conforms<C: Connector>(make: impl Fn() -> C) {
    Suite::default().assert(make).await;
}
