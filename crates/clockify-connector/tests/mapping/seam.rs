//! Reads a connector to its end, as an engine would: plan, pages, resolve, stand-ins.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use clockify_api::{ApiKey, BaseUrl, Client, Pace, RetryPolicy};
use clockify_connector::{ClockifyConnector, Settings};
use governance_model::{
    Baseline, Connector, ConnectorError, Cursor, Entitlement, Facts, Grant, GrantId, Known, KnownError,
    Missing, Page, Resource, ResourceId, Scope,
};

/// The workspace of every test.
pub(crate) const WORKSPACE: &str = "66b0c1d2e4f5a6978812aa00";
/// The key of every test; it may be in no error.
pub(crate) const KEY: &str = "dGVzdC1rZXktMDAw";

/// A connector that reads from `url`, without retries and without a pace.
pub(crate) fn connector(url: &str, settings: Settings) -> ClockifyConnector {
    connector_with(KEY, url, settings)
}

/// The same with another key.
pub(crate) fn connector_with(key: &str, url: &str, settings: Settings) -> ClockifyConnector {
    let client = Client::builder(ApiKey::new(key).unwrap())
        .base_url(BaseUrl::parse(url).unwrap())
        .pace(Pace::unlimited())
        .retry(RetryPolicy::none())
        .build()
        .unwrap();
    ClockifyConnector::new(client, WORKSPACE.parse().unwrap(), settings)
}

/// Everything that came out of a workspace, each fact once.
#[derive(Debug)]
pub(crate) struct Read {
    pub(crate) baseline: Baseline,
    pub(crate) resources: BTreeMap<ResourceId, Resource>,
    pub(crate) entitlements: BTreeMap<String, Entitlement>,
    pub(crate) grants: BTreeMap<String, Grant>,
    /// Resources that nobody returned and the connector stood in for.
    pub(crate) stand_ins: BTreeMap<ResourceId, Resource>,
    pub(crate) dropped: BTreeMap<String, u64>,
    pub(crate) doubts: BTreeSet<String>,
    /// How many statements of each series of pages had to wait for the others.
    pub(crate) deferred: BTreeMap<String, usize>,
    /// Grants that came twice and not alike, so that their order decided.
    pub(crate) contradicted: u64,
    pub(crate) cursors: Vec<Cursor>,
}

/// Reads everything in `scope`.
pub(crate) async fn read(connector: &ClockifyConnector, scope: &Scope) -> Result<Read, ConnectorError> {
    let baseline = connector.validate().await?;
    let planned = connector.plan(&baseline, scope);
    let mut read = Read {
        cursors: planned.clone(),
        baseline,
        resources: BTreeMap::new(),
        entitlements: BTreeMap::new(),
        grants: BTreeMap::new(),
        stand_ins: BTreeMap::new(),
        dropped: BTreeMap::new(),
        doubts: BTreeSet::new(),
        deferred: BTreeMap::new(),
        contradicted: 0,
    };
    let mut pending = VecDeque::from(planned);
    let mut waiting = Vec::new();
    while let Some(cursor) = pending.pop_front() {
        let mut page = connector.page(&read.baseline, &cursor).await?;
        pending.extend(page.next.take());
        *read.deferred.entry(cursor.stream).or_default() += page.deferred.len();
        waiting.append(&mut page.deferred);
        read.add(page, scope);
    }
    let page = connector.resolve(&read.baseline, &waiting, &read)?;
    assert!(page.next.is_none() && page.deferred.is_empty(), "resolving is the end: {page:?}");
    read.add(page, scope);
    read.stand_in(connector);
    Ok(read)
}

impl Read {
    /// Keeps a page's facts, less what is outside the scope, which engines leave out.
    fn add(&mut self, page: Page, scope: &Scope) {
        let Facts { resources, entitlements, grants } = page.facts;
        for resource in resources.into_iter().filter(|found| scope.includes(&found.id.resource_type)) {
            self.resources.insert(resource.id.clone(), resource);
        }
        for entitlement in
            entitlements.into_iter().filter(|found| scope.includes(&found.resource.resource_type))
        {
            self.entitlements.insert(entitlement.id.to_string(), entitlement);
        }
        for grant in grants {
            if !scope.includes(&grant.resource.resource_type)
                || !scope.includes(&grant.principal.resource_type)
            {
                continue;
            }
            if let Some(earlier) = self.grants.insert(grant.id().to_string(), grant.clone()) {
                self.contradicted += u64::from(earlier != grant);
            }
        }
        for dropped in page.dropped {
            *self.dropped.entry(dropped.reason).or_default() += dropped.count;
        }
        self.doubts.extend(page.doubts);
    }

    fn stand_in(&mut self, connector: &ClockifyConnector) {
        let mut missing = BTreeMap::new();
        for grant in self.grants.values() {
            missing.insert(grant.principal.clone(), Missing::GrantPrincipal);
        }
        for (id, status) in self.baseline.inventory.iter().flat_map(|list| list.entries.iter()) {
            let id = ResourceId::new(clockify_connector::USER, id.as_str());
            missing.insert(id, Missing::Inventory(status.clone()));
        }
        missing.retain(|id, _| !self.resources.contains_key(id));
        self.stand_ins =
            missing.iter().filter_map(|(id, why)| Some((id.clone(), connector.stand_in(id, why)?))).collect();
    }
}

impl Known for Read {
    fn contains(&self, id: &ResourceId) -> Result<bool, KnownError> {
        Ok(self.resources.contains_key(id))
    }

    fn holds(&self, id: &GrantId) -> Result<bool, KnownError> {
        Ok(self.grants.contains_key(id.as_str()))
    }
}
