//! The ways by which somebody comes to something.

use governance_model::EntitlementId;
use serde::Serialize;

use crate::rows::{Reference, Scope, Source};
use crate::{Error, Snapshot};

/// One way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Path {
    /// It was granted to the principal itself.
    Direct,
    /// It comes with other entitlements: the principal holds the first, which leads to the next, and the last of them
    /// was granted this.
    Through {
        /// Those entitlements.
        steps: Vec<Step>,
    },
    /// A role that the principal has covers it.
    Role {
        /// The role.
        role: Reference,
        /// The part of the role's scope that covers it.
        scope: Scope,
    },
}

/// An entitlement on the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// The entitlement's id.
    pub entitlement: String,
    /// Its short name, such as `member`.
    pub permission: String,
    /// The thing it is on, such as a group.
    pub resource: Reference,
}

impl Path {
    pub(super) fn through(snapshot: &Snapshot<'_>, chain: &[EntitlementId]) -> Result<Self, Error> {
        let mut steps = Vec::with_capacity(chain.len());
        for entitlement in chain {
            let Source { entitlement, permission, resource, .. } = Source::find(snapshot, entitlement, true)?;
            steps.push(Step { entitlement, permission, resource });
        }
        Ok(Self::Through { steps })
    }

    /// As a person says it: `direct`, `through group A, then group B`, `role Team manager covers it`.
    pub fn as_words(&self) -> String {
        match self {
            Self::Direct => "direct".to_owned(),
            Self::Through { steps } => {
                let steps: Vec<_> = steps.iter().map(Step::as_words).collect();
                format!("through {}", steps.join(", then "))
            }
            Self::Role { role, .. } => format!("{} {} covers it", role.kind, role.label()),
        }
    }
}

impl Step {
    fn as_words(&self) -> String {
        let Reference { kind, .. } = &self.resource;
        let gap = if kind.is_empty() { "" } else { " " };
        // To belong to a group is what one expects; to manage it is worth a word.
        let as_what = match self.permission.as_str() {
            "" | "member" => String::new(),
            other => format!(" ({other})"),
        };
        format!("{kind}{gap}{}{as_what}", self.resource.label())
    }
}
