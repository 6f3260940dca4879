//! A source whose every answer is written down, and which counts what it was asked.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use governance_model::{
    Baseline, Connector, ConnectorError, Cursor, Deferred, Descriptor, Entitlement, EntitlementId,
    ErrorClass, Expandable, Facts, Grant, Inventory, Known, Missing, Page, Purpose, Resource, ResourceId,
    ResourceTrait, ResourceType, ResourceTypeId, Scope, State, Status, TraitKind, Usage,
};

pub(crate) const USER: ResourceTypeId = ResourceTypeId::from_static("user");
pub(crate) const GROUP: ResourceTypeId = ResourceTypeId::from_static("group");

/// So many answers, then none for a while, again and again.
#[derive(Clone, Debug)]
pub(crate) struct Quota {
    pub(crate) answers: u64,
    pub(crate) pause: Duration,
    /// Whether a refusal says how long the pause is.
    pub(crate) says_how_long: bool,
}

/// A source. Its fields are what it will answer.
pub(crate) struct Scripted {
    pub(crate) id: String,
    pub(crate) fingerprint: String,
    pub(crate) starts: Vec<Cursor>,
    pub(crate) pages: BTreeMap<Cursor, Page>,
    pub(crate) before: Option<Inventory>,
    pub(crate) after: Option<Inventory>,
    pub(crate) operator: Option<ResourceId>,
    /// The answer with this number, counted from 0 over everything asked, is a failure.
    pub(crate) fail_at: Option<u64>,
    pub(crate) delay: Duration,
    pub(crate) quota: Option<Quota>,
    /// Answers left until the next pause, and when the present one ends.
    spent: Mutex<(u64, Option<Instant>)>,
    pub(crate) asked: Mutex<Vec<String>>,
    answers: AtomicU64,
    now: AtomicUsize,
    pub(crate) most_at_once: AtomicUsize,
}

impl Scripted {
    pub(crate) fn empty() -> Self {
        Self {
            id: "s1".to_owned(),
            fingerprint: "scripted".to_owned(),
            starts: Vec::new(),
            pages: BTreeMap::new(),
            before: None,
            after: None,
            operator: None,
            fail_at: None,
            delay: Duration::ZERO,
            quota: None,
            spent: Mutex::new((0, None)),
            asked: Mutex::new(Vec::new()),
            answers: AtomicU64::new(0),
            now: AtomicUsize::new(0),
            most_at_once: AtomicUsize::new(0),
        }
    }

    /// `users` people on pages of three, planned side by side, and two groups on a chain of two pages: g0 holds
    /// everybody and is itself a member of g1, whose membership expands.
    pub(crate) fn workspace(users: usize) -> Self {
        let mut source = Self::empty();
        let ids: Vec<String> = (0..users).map(|n| format!("u{n:03}")).collect();
        for (n, ids) in ids.chunks(3).enumerate() {
            let page = Page {
                facts: Facts { resources: ids.iter().map(|id| person(id)).collect(), ..Facts::default() },
                ..Page::default()
            };
            source.starts.push(cursor("users", n));
            source.pages.insert(cursor("users", n), page);
        }
        source.starts.push(cursor("groups", 0));
        let mut first = group_page("g0", &ids);
        first.next = Some(cursor("groups", 1));
        source.pages.insert(cursor("groups", 0), first);
        let mut second = group_page("g1", &[]);
        second.facts.grants.push(nested("g1", "g0"));
        second.deferred.push(Deferred { note: "g1 u000".to_owned() });
        source.pages.insert(cursor("groups", 1), second);
        let inventory = inventory(&ids.iter().map(String::as_str).collect::<Vec<_>>());
        source.before = Some(inventory.clone());
        source.after = Some(inventory);
        source.operator = Some(ResourceId::new(USER, "u000"));
        source
    }

    pub(crate) fn questions(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    /// The quota's refusal, while a pause lasts.
    fn refusal(&self) -> Option<ConnectorError> {
        let quota = self.quota.as_ref()?;
        let mut spent = self.spent.lock().unwrap();
        let now = Instant::now();
        if spent.1.is_some_and(|until| now >= until) {
            *spent = (0, None);
        }
        if spent.0 == quota.answers {
            let until = *spent.1.get_or_insert(now + quota.pause);
            let mut refusal = ConnectorError::new(ErrorClass::Unavailable, "the quota is used up");
            refusal.rate_limited = true;
            refusal.retry_after = quota.says_how_long.then(|| until - now);
            return Some(refusal);
        }
        spent.0 += 1;
        None
    }

    async fn answer(&self, question: String) -> Result<(), ConnectorError> {
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_at_once.fetch_max(now, Ordering::SeqCst);
        self.asked.lock().unwrap().push(question);
        if let Some(refusal) = self.refusal() {
            self.now.fetch_sub(1, Ordering::SeqCst);
            return Err(refusal);
        }
        tokio::time::sleep(self.delay).await;
        self.now.fetch_sub(1, Ordering::SeqCst);
        if self.fail_at == Some(self.answers.fetch_add(1, Ordering::SeqCst)) {
            return Err(ConnectorError::new(ErrorClass::Unavailable, "the planned failure"));
        }
        Ok(())
    }
}

pub(crate) fn cursor(stream: &str, position: usize) -> Cursor {
    Cursor { stream: stream.to_owned(), position: position.to_string() }
}

pub(crate) fn inventory(ids: &[&str]) -> Inventory {
    Inventory { entries: ids.iter().map(|id| ((*id).into(), "ACTIVE".into())).collect() }
}

pub(crate) fn person(id: &str) -> Resource {
    let mut person = Resource::new(ResourceId::new(USER, id), format!("Person {id}"));
    person.traits.push(ResourceTrait::User(Box::default()));
    person.status = Some(Status { state: State::Enabled, details: String::new() });
    person
}

pub(crate) fn member(group: &str, who: &ResourceId) -> Grant {
    let group = ResourceId::new(GROUP, group);
    Grant::new(EntitlementId::new(&group, "member"), group, who.clone())
}

fn nested(outer: &str, inner: &str) -> Grant {
    let inner = ResourceId::new(GROUP, inner);
    let mut grant = member(outer, &inner);
    grant.details_mut().expandable = Some(Expandable {
        entitlements: vec![EntitlementId::new(&inner, "member")],
        shallow: false,
        resource_types: vec![USER],
    });
    grant
}

pub(crate) fn group_page(id: &str, members: &[String]) -> Page {
    let group = ResourceId::new(GROUP, id);
    let mut resource = Resource::new(group.clone(), format!("Group {id}"));
    resource.traits.push(ResourceTrait::Group);
    Page {
        facts: Facts {
            resources: vec![resource],
            entitlements: vec![Entitlement::new(group, "member", Purpose::Assignment)],
            grants: members.iter().map(|who| member(id, &ResourceId::new(USER, who.as_str()))).collect(),
        },
        ..Page::default()
    }
}

impl Connector for Scripted {
    fn descriptor(&self) -> Descriptor {
        Descriptor {
            display_name: "Scripted".to_owned(),
            description: String::new(),
            fingerprint: self.fingerprint.clone(),
        }
    }

    fn resource_types(&self) -> Vec<ResourceType> {
        [(USER, TraitKind::User), (GROUP, TraitKind::Group)]
            .into_iter()
            .map(|(id, kind)| ResourceType {
                display_name: id.to_string(),
                id,
                description: String::new(),
                traits: vec![kind],
                skip_entitlements_and_grants: false,
                annotations: Vec::new(),
            })
            .collect()
    }

    async fn validate(&self) -> Result<Baseline, ConnectorError> {
        self.answer("validate".to_owned()).await?;
        Ok(Baseline {
            source_id: self.id.clone(),
            source_name: "Source".to_owned(),
            operator: self.operator.clone(),
            inventory: self.before.clone(),
            inventory_type: USER,
            details: BTreeMap::new(),
        })
    }

    fn plan(&self, _baseline: &Baseline, _scope: &Scope) -> Vec<Cursor> {
        self.starts.clone()
    }

    async fn page(&self, _baseline: &Baseline, cursor: &Cursor) -> Result<Page, ConnectorError> {
        self.answer(format!("{} {}", cursor.stream, cursor.position)).await?;
        Ok(self.pages[cursor].clone())
    }

    /// A note says `<group> <id>`: the id is a member, as a group if there is one of that name, else as a person.
    fn resolve(
        &self,
        _: &Baseline,
        deferred: &[Deferred],
        known: &dyn Known,
    ) -> Result<Page, ConnectorError> {
        let mut page = Page::default();
        for statement in deferred {
            let (group, id) = statement.note.split_once(' ').unwrap();
            let as_group = ResourceId::new(GROUP, id);
            let who = if known.contains(&as_group).unwrap() { as_group } else { ResourceId::new(USER, id) };
            page.facts.grants.push(member(group, &who));
        }
        Ok(page)
    }

    fn stand_in(&self, id: &ResourceId, why: &Missing) -> Option<Resource> {
        let mut made = Resource::new(id.clone(), format!("{why:?}"));
        made.traits.push(ResourceTrait::User(Box::default()));
        made.status = Some(Status { state: State::Unspecified, details: String::new() });
        (id.resource_type == USER).then_some(made)
    }

    /// People stand on pages of three, in the order of the list, as far as `again` has them.
    fn locate(&self, _: &Baseline, ids: &BTreeSet<&str>, now: &Inventory) -> Vec<Cursor> {
        let places = now.entries.keys().enumerate().filter(|(_, id)| ids.contains(id.as_str()));
        let pages: BTreeSet<_> = places.map(|(place, _)| place / 3).collect();
        pages
            .into_iter()
            .map(|page| cursor("again", page))
            .filter(|page| self.pages.contains_key(page))
            .collect()
    }

    fn departed(&self, mut resource: Resource) -> Resource {
        resource.status = Some(Status { state: State::Deleted, details: "left".to_owned() });
        resource
    }

    fn why_none(&self, _: &Baseline, of: &ResourceTypeId) -> Option<String> {
        (*of == GROUP).then(|| "groups come and go".to_owned())
    }

    async fn inventory(&self, _: &Baseline) -> Result<Option<Inventory>, ConnectorError> {
        self.answer("inventory".to_owned()).await?;
        Ok(self.after.clone())
    }

    fn usage(&self) -> Usage {
        Usage { requests: self.asked.lock().unwrap().len() as u64, retries: 0, bytes: 0 }
    }
}

/// A set of texts.
pub(crate) fn set<const N: usize>(texts: [&str; N]) -> BTreeSet<String> {
    texts.into_iter().map(str::to_owned).collect()
}
