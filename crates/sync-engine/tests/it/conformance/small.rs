//! A source that keeps every rule, and can be told to break one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};

use governance_model::{
    Baseline, Connector, ConnectorError, Cursor, Deferred, Descriptor, Entitlement, EntitlementId,
    ErrorClass, Expandable, Facts, Grant, Inventory, Known, Missing, Page, Purpose, Resource, ResourceId,
    ResourceTrait, ResourceType, ResourceTypeId, Scope, TraitKind, Usage,
};

pub(super) const USER: ResourceTypeId = ResourceTypeId::from_static("user");
pub(super) const GROUP: ResourceTypeId = ResourceTypeId::from_static("group");

/// What it does wrong beside what its fields say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quirk {
    None,
    RefusesToValidate,
    SecondReadFails,
    NeverEnds,
    PageWithoutItsPredecessor,
    ResolveFails,
    ResolveLeavesSomethingOpen,
    ResolveNeedsPages,
    GroupsAreNotPlannedAlone,
    GroupsFailAlone,
    NoStandInForTheListed,
    StandInForTheListedIsAnother,
    StandInForAPrincipalIsAnother,
    StandInHasNoTrait,
    DepartedIsAnother,
    InventoryFails,
    LocatesNobody,
    LocatesWhereNothingIs,
}

pub(super) struct Small {
    pub(super) name: String,
    pub(super) fingerprint: String,
    pub(super) types: Vec<ResourceType>,
    pub(super) baseline: Baseline,
    pub(super) inventory: Option<Inventory>,
    pub(super) starts: Vec<Cursor>,
    pub(super) pages: BTreeMap<Cursor, Page>,
    pub(super) quirk: Quirk,
    /// Which of the instances over the same content this is.
    pub(super) instance: usize,
    /// Pages this instance has been asked for.
    pub(super) asked: AtomicUsize,
}

pub(super) fn at(stream: &str, position: usize) -> Cursor {
    Cursor { stream: stream.to_owned(), position: position.to_string() }
}

pub(super) fn user(id: &str) -> Resource {
    let mut user = Resource::new(ResourceId::new(USER, id), format!("User {id}"));
    user.traits.push(ResourceTrait::User(Box::default()));
    user
}

pub(super) fn group(id: &str) -> Resource {
    let mut group = Resource::new(ResourceId::new(GROUP, id), format!("Group {id}"));
    group.traits.push(ResourceTrait::Group);
    group
}

pub(super) fn member_of(group: &str) -> EntitlementId {
    EntitlementId::new(&ResourceId::new(GROUP, group), "member")
}

pub(super) fn member(group: &str, principal: ResourceId) -> Grant {
    Grant::new(member_of(group), ResourceId::new(GROUP, group), principal)
}

/// The members of `inner` are members of `outer`.
pub(super) fn nested(outer: &str, inner: &str) -> Grant {
    let mut grant = member(outer, ResourceId::new(GROUP, inner));
    grant.details_mut().expandable =
        Some(Expandable { entitlements: vec![member_of(inner)], shallow: false, resource_types: vec![USER] });
    grant
}

pub(super) fn type_of(id: ResourceTypeId, kind: TraitKind) -> ResourceType {
    ResourceType {
        display_name: id.to_string(),
        id,
        description: String::new(),
        traits: vec![kind],
        skip_entitlements_and_grants: false,
        annotations: Vec::new(),
    }
}

impl Small {
    /// Users u1, u2 and u4 on two pages; the list has u1, u2 and u3, who is on no page. Group g1 holds u1, u9, whom no page
    /// has, and u2 by a deferred statement; g2 holds the members of g1.
    pub(super) fn sound() -> Self {
        let users = Page {
            facts: Facts { resources: vec![user("u1"), user("u2")], ..Facts::default() },
            next: Some(at("users", 2)),
            ..Page::default()
        };
        let more =
            Page { facts: Facts { resources: vec![user("u4")], ..Facts::default() }, ..Page::default() };
        let entitlements = ["g1", "g2"]
            .map(|id| Entitlement::new(ResourceId::new(GROUP, id), "member", Purpose::Assignment));
        let groups = Page {
            facts: Facts {
                resources: vec![group("g1"), group("g2")],
                entitlements: entitlements.into(),
                grants: vec![
                    member("g1", ResourceId::new(USER, "u1")),
                    member("g1", ResourceId::new(USER, "u9")),
                    nested("g2", "g1"),
                ],
            },
            deferred: vec![Deferred { note: "u2".to_owned() }],
            ..Page::default()
        };
        let entries = ["u1", "u2", "u3"].map(|id| (id.into(), "ACTIVE".into()));
        let inventory = Some(Inventory { entries: entries.into_iter().collect() });
        Self {
            name: "Small".to_owned(),
            fingerprint: "small".to_owned(),
            types: vec![type_of(USER, TraitKind::User), type_of(GROUP, TraitKind::Group)],
            baseline: Baseline {
                source_id: "small".to_owned(),
                source_name: "Small".to_owned(),
                operator: Some(ResourceId::new(USER, "u1")),
                inventory: inventory.clone(),
                inventory_type: USER,
                details: BTreeMap::new(),
            },
            inventory,
            starts: vec![at("users", 1), at("groups", 1)],
            pages: BTreeMap::from([
                (at("users", 1), users),
                (at("users", 2), more),
                (at("groups", 1), groups),
            ]),
            quirk: Quirk::None,
            instance: 0,
            asked: AtomicUsize::new(0),
        }
    }

    pub(super) fn page(&mut self, stream: &str, position: usize) -> &mut Page {
        self.pages.entry(at(stream, position)).or_default()
    }

    fn failure() -> ConnectorError {
        ConnectorError::new(ErrorClass::Unavailable, "the planned failure")
    }
}

impl Connector for Small {
    fn descriptor(&self) -> Descriptor {
        Descriptor {
            display_name: self.name.clone(),
            description: String::new(),
            fingerprint: self.fingerprint.clone(),
        }
    }

    fn resource_types(&self) -> Vec<ResourceType> {
        self.types.clone()
    }

    async fn validate(&self) -> Result<Baseline, ConnectorError> {
        if self.quirk == Quirk::RefusesToValidate { Err(Self::failure()) } else { Ok(self.baseline.clone()) }
    }

    fn plan(&self, _: &Baseline, scope: &Scope) -> Vec<Cursor> {
        let mut starts = self.starts.clone();
        let alone = !scope.includes(&USER);
        starts.retain(|start| start.stream != "groups" || scope.includes(&GROUP));
        if alone && self.quirk == Quirk::GroupsAreNotPlannedAlone {
            starts.clear();
        }
        if alone && self.quirk == Quirk::GroupsFailAlone {
            starts.push(at("nowhere", 1));
        }
        starts
    }

    async fn page(&self, _: &Baseline, cursor: &Cursor) -> Result<Page, ConnectorError> {
        let asked = self.asked.fetch_add(1, Ordering::SeqCst);
        let mut page = self.pages.get(cursor).cloned().unwrap_or_default();
        match self.quirk {
            Quirk::SecondReadFails if self.instance > 0 => return Err(Self::failure()),
            Quirk::NeverEnds if cursor.stream == "users" => page.next = Some(at("users", asked + 3)),
            Quirk::PageWithoutItsPredecessor if *cursor == at("users", 2) && asked == 0 => {
                page.facts = Facts::default();
            }
            _ => {}
        }
        if self.pages.contains_key(cursor) || self.quirk == Quirk::NeverEnds {
            Ok(page)
        } else {
            Err(Self::failure())
        }
    }

    /// A note is a member of g1.
    fn resolve(
        &self,
        _: &Baseline,
        deferred: &[Deferred],
        known: &dyn Known,
    ) -> Result<Page, ConnectorError> {
        let mut page = Page::default();
        for statement in deferred {
            let who = ResourceId::new(USER, statement.note.as_str());
            if known.contains(&who).unwrap() {
                page.facts.grants.push(member("g1", who));
            }
        }
        match self.quirk {
            Quirk::ResolveFails => return Err(Self::failure()),
            Quirk::ResolveLeavesSomethingOpen => page.deferred = deferred.to_vec(),
            Quirk::ResolveNeedsPages if self.asked.load(Ordering::SeqCst) == 0 => page = Page::default(),
            _ => {}
        }
        Ok(page)
    }

    fn stand_in(&self, id: &ResourceId, why: &Missing) -> Option<Resource> {
        let listed = matches!(why, Missing::Inventory(_));
        let mut made = user(&id.resource);
        match self.quirk {
            Quirk::NoStandInForTheListed if listed => return None,
            Quirk::StandInForTheListedIsAnother if listed => made.id.resource.push('x'),
            Quirk::StandInForAPrincipalIsAnother if !listed => made.id.resource.push('x'),
            Quirk::StandInHasNoTrait => made.traits.clear(),
            _ => {}
        }
        (id.resource_type == USER).then_some(made)
    }

    fn locate(&self, _: &Baseline, _: &BTreeSet<&str>, _: &Inventory) -> Vec<Cursor> {
        match self.quirk {
            Quirk::LocatesNobody => Vec::new(),
            Quirk::LocatesWhereNothingIs => vec![at("nowhere", 1), at("users", 1)],
            _ => vec![at("users", 1)],
        }
    }

    fn departed(&self, mut resource: Resource) -> Resource {
        if self.quirk == Quirk::DepartedIsAnother {
            resource.id.resource.push('x');
        }
        resource
    }

    fn why_none(&self, _: &Baseline, _: &ResourceTypeId) -> Option<String> {
        None
    }

    async fn inventory(&self, _: &Baseline) -> Result<Option<Inventory>, ConnectorError> {
        if self.quirk == Quirk::InventoryFails { Err(Self::failure()) } else { Ok(self.inventory.clone()) }
    }

    fn usage(&self) -> Usage {
        Usage::default()
    }
}
