//! Identifiers and the rules that join them.
//!
//! The joins are the Go SDK's, byte for byte and without escaping: C1 keeps configuration keyed on these strings, so
//! they are a frozen contract. The join is lossy when a part holds a `:`; nothing may parse an id to get its parts
//! back, which is why every type here keeps the structured fields beside the joined form.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::Text;

/// The longest id that the Baton protocol accepts, in bytes.
pub const MAX_ID_BYTES: usize = 1024;

/// The id of a resource type, such as `user`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ResourceTypeId(Cow<'static, str>);

impl ResourceTypeId {
    /// A type id known at compile time; costs no allocation.
    pub const fn from_static(id: &'static str) -> Self {
        Self(Cow::Borrowed(id))
    }

    /// A type id read from elsewhere.
    pub fn new(id: impl Into<String>) -> Self {
        Self(Cow::Owned(id.into()))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ResourceTypeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The id of a resource: its type and its native id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ResourceId {
    /// The type of the resource.
    pub resource_type: ResourceTypeId,
    /// The id that the source itself gives the resource.
    pub resource: Text,
}

impl ResourceId {
    /// Puts an id together from its two parts.
    pub fn new(resource_type: ResourceTypeId, resource: impl Into<Text>) -> Self {
        Self { resource_type, resource: resource.into() }
    }

    /// The key under which a store keeps the resource: `<type>:<id>`.
    pub fn store_key(&self) -> String {
        join(&[self.resource_type.as_str(), &self.resource])
    }

    /// Whether both parts have the 1 to [`MAX_ID_BYTES`] bytes that the protocol asks for.
    pub fn is_valid(&self) -> bool {
        in_bounds(self.resource_type.as_str()) && in_bounds(&self.resource)
    }
}

impl fmt::Display for ResourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.resource_type, self.resource)
    }
}

/// The id of an entitlement: `<type>:<id>:<slug>`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EntitlementId(Arc<str>);

impl EntitlementId {
    /// Joins the id of an entitlement from the resource it belongs to and its slug.
    pub fn new(resource: &ResourceId, slug: &str) -> Self {
        Self(join(&[resource.resource_type.as_str(), &resource.resource, slug]).into())
    }

    /// Takes an id as somebody else wrote it.
    pub fn from_raw(id: impl AsRef<str>) -> Self {
        Self(id.as_ref().into())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the id has the 1 to [`MAX_ID_BYTES`] bytes that the protocol asks for.
    pub fn is_valid(&self) -> bool {
        in_bounds(&self.0)
    }
}

impl fmt::Display for EntitlementId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The id of a grant: `<entitlement id>:<principal type>:<principal id>`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GrantId(String);

impl GrantId {
    /// Joins the id of a grant from what is granted and who has it.
    pub fn new(entitlement: &EntitlementId, principal: &ResourceId) -> Self {
        Self(join(&[entitlement.as_str(), principal.resource_type.as_str(), &principal.resource]))
    }

    /// Takes an id as somebody else wrote it.
    pub fn from_raw(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// Whether it is the one that [`GrantId::new`] joins from these.
    pub(crate) fn is_of(&self, entitlement: &EntitlementId, principal: &ResourceId) -> bool {
        let mut rest = self.0.as_str();
        for part in [entitlement.as_str(), ":", principal.resource_type.as_str(), ":", &principal.resource] {
            let Some(behind) = rest.strip_prefix(part) else { return false };
            rest = behind;
        }
        rest.is_empty()
    }

    /// Whether the one that [`GrantId::new`] joins from these is within the bounds.
    pub(crate) fn can_be_of(entitlement: &EntitlementId, principal: &ResourceId) -> bool {
        let parts = [entitlement.as_str(), principal.resource_type.as_str(), &principal.resource];
        parts.map(str::len).iter().sum::<usize>() + 2 <= MAX_ID_BYTES
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the id has the 1 to [`MAX_ID_BYTES`] bytes that the protocol asks for.
    pub fn is_valid(&self) -> bool {
        in_bounds(&self.0)
    }
}

impl fmt::Display for GrantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn in_bounds(id: &str) -> bool {
    !id.is_empty() && id.len() <= MAX_ID_BYTES
}

fn join(parts: &[&str]) -> String {
    parts.join(":")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const USER: ResourceTypeId = ResourceTypeId::from_static("user");
    const GROUP: ResourceTypeId = ResourceTypeId::from_static("group");

    /// The examples of the interop reference, section 3.
    #[test]
    fn joins_match_the_reference() {
        let group = ResourceId::new(GROUP, "g1");
        let user = ResourceId::new(USER, "u1");
        let member = EntitlementId::new(&group, "member");
        assert_eq!(group.store_key(), "group:g1");
        assert_eq!(member.as_str(), "group:g1:member");
        assert_eq!(GrantId::new(&member, &user).as_str(), "group:g1:member:user:u1");
    }

    #[test]
    fn nothing_is_escaped() {
        let odd = ResourceId::new(GROUP, r"a:b\c/d");
        assert_eq!(EntitlementId::new(&odd, "m:n").as_str(), r"group:a:b\c/d:m:n");
    }

    #[test]
    fn bounds_count_bytes() {
        assert!(!ResourceId::new(USER, "").is_valid());
        assert!(ResourceId::new(USER, "a".repeat(1024)).is_valid());
        assert!(!ResourceId::new(USER, "é".repeat(513)).is_valid());
        assert!(!ResourceId::new(ResourceTypeId::new(""), "a").is_valid());
    }

    proptest! {
        /// Without a `:` in any part the joined id gives exactly the parts back, so no two facts share an id.
        #[test]
        fn joins_are_injective_without_colons(
            a in "[^:]{1,12}", b in "[^:]{1,12}", slug in "[^:]{1,12}", p in "[^:]{1,12}", q in "[^:]{1,12}",
        ) {
            let resource = ResourceId::new(ResourceTypeId::new(a.clone()), b.clone());
            let principal = ResourceId::new(ResourceTypeId::new(p.clone()), q.clone());
            let id = GrantId::new(&EntitlementId::new(&resource, &slug), &principal);
            let parts: Vec<&str> = id.as_str().split(':').collect();
            prop_assert_eq!(parts, vec![a.as_str(), &b, &slug, &p, &q]);
        }

        /// Whatever the parts hold, each join only appends: prefixes are stable.
        #[test]
        fn joins_only_append(t in ".{1,8}", id in ".{1,8}", slug in ".{1,8}", p in ".{1,8}", q in ".{1,8}") {
            let resource = ResourceId::new(ResourceTypeId::new(t), id);
            let entitlement = EntitlementId::new(&resource, &slug);
            let principal = ResourceId::new(ResourceTypeId::new(p), q);
            let grant = GrantId::new(&entitlement, &principal);
            let expected_entitlement = format!("{}:{slug}", resource.store_key());
            let expected_grant = format!("{entitlement}:{}", principal.store_key());
            prop_assert_eq!(entitlement.as_str(), expected_entitlement);
            prop_assert_eq!(grant.as_str(), expected_grant);
            prop_assert!(grant.is_of(&entitlement, &principal));
            let longer = GrantId::from_raw(format!("{grant}+"));
            let shorter = GrantId::from_raw(&grant.as_str()[..entitlement.as_str().len()]);
            prop_assert!(!longer.is_of(&entitlement, &principal) && !shorter.is_of(&entitlement, &principal));
        }
    }
}
