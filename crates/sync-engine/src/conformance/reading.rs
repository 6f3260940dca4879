//! Reads a connector from its validation to its last deferred statement, one page after the other.

use std::collections::BTreeSet;

use governance_model::{
    Baseline, Connector, Cursor, Deferred, Facts, GrantId, Known, KnownError, Page, ResourceId, Scope,
};

use super::rule::{Rule, Violations};

/// Everything that one instance said.
pub(super) struct Whole {
    pub(super) baseline: Baseline,
    /// Each page with the cursor that it was asked by, in the order of asking.
    pub(super) pages: Vec<(Cursor, Page)>,
    /// What became of the deferred statements; `None` when there were none, or they could not be resolved.
    pub(super) resolved: Option<Page>,
    /// The facts of all pages and of the deferred statements.
    pub(super) facts: Facts,
    /// Whether every series of pages was read to its end.
    pub(super) ended: bool,
}

impl Whole {
    /// Reads all that there is; `None` when the source cannot even be validated.
    pub(super) async fn read<C: Connector>(
        connector: &C,
        max_pages: usize,
        found: &mut Violations,
    ) -> Option<Self> {
        let baseline = match connector.validate().await {
            Ok(baseline) => baseline,
            Err(error) => {
                found.add(Rule::Validation, "validate", error.to_string());
                return None;
            }
        };
        if baseline.source_id.is_empty() {
            found.add(Rule::Validation, "baseline", "it has no source id");
        }
        let starts = connector.plan(&baseline, &Scope::default());
        let (pages, ended) = pages(connector, &baseline, starts, max_pages, found).await;
        let mut facts = Facts::default();
        for (_, page) in &pages {
            add(&mut facts, &page.facts);
        }
        let mut whole = Self { baseline, pages, resolved: None, facts, ended };
        whole.resolved = whole.resolve(connector, &whole.deferred(), found);
        if let Some(page) = &whole.resolved {
            add(&mut whole.facts, &page.facts);
        }
        Some(whole)
    }

    /// The statements that had to wait, in the order in which they came.
    pub(super) fn deferred(&self) -> Vec<Deferred> {
        self.pages.iter().flat_map(|(_, page)| page.deferred.iter().cloned()).collect()
    }

    /// Resolves statements against what the pages held.
    pub(super) fn resolve<C: Connector>(
        &self,
        connector: &C,
        deferred: &[Deferred],
        found: &mut Violations,
    ) -> Option<Page> {
        if deferred.is_empty() {
            return None;
        }
        let facts = self.pages.iter().map(|(_, page)| &page.facts);
        let held = Held {
            resources: facts.clone().flat_map(|facts| &facts.resources).map(|held| &held.id).collect(),
            grants: facts.flat_map(|facts| &facts.grants).map(governance_model::Grant::id).collect(),
        };
        match connector.resolve(&self.baseline, deferred, &held) {
            Ok(page) => Some(page),
            Err(error) => {
                found.add(Rule::Deferred, "resolve", error.to_string());
                None
            }
        }
    }

    /// The ids of the resources that were read.
    pub(super) fn resources(&self) -> BTreeSet<&ResourceId> {
        self.facts.resources.iter().map(|resource| &resource.id).collect()
    }
}

/// Follows each cursor to the end of its series. Says as well whether all of them came to it.
pub(super) async fn pages<C: Connector>(
    connector: &C,
    baseline: &Baseline,
    starts: Vec<Cursor>,
    max_pages: usize,
    found: &mut Violations,
) -> (Vec<(Cursor, Page)>, bool) {
    let mut read = Vec::new();
    let mut seen = BTreeSet::new();
    let mut ended = true;
    for start in starts {
        let mut at = Some(start);
        while let Some(cursor) = at.take() {
            if !seen.insert(cursor.clone()) {
                found.add(Rule::Paging, name(&cursor), "it was read before");
                ended = false;
                break;
            }
            if read.len() == max_pages {
                found.add(Rule::Paging, &cursor.stream, format!("there is no end after {max_pages} pages"));
                return (read, false);
            }
            let page = match connector.page(baseline, &cursor).await {
                Ok(page) => page,
                Err(error) => {
                    found.add(Rule::Paging, name(&cursor), format!("it cannot be read: {error}"));
                    ended = false;
                    break;
                }
            };
            text(&cursor, found);
            at.clone_from(&page.next);
            if let Some(next) = at.as_ref().filter(|next| next.stream != cursor.stream) {
                found.add(Rule::Cursors, name(&cursor), format!("it goes on in {}", next.stream));
            }
            read.push((cursor, page));
        }
    }
    (read, ended)
}

/// A store keeps a cursor under its series and position; what people see of it is the name of the series.
fn text(cursor: &Cursor, found: &mut Violations) {
    if cursor.stream.is_empty() || cursor.stream.contains(|c: char| c == '/' || c.is_control()) {
        found.add(Rule::Cursors, name(cursor), "a series has a name without slashes and control characters");
    }
    if cursor.position.contains(char::is_control) {
        found.add(Rule::Cursors, name(cursor), "a position has no control characters");
    }
}

/// How a cursor is told.
pub(super) fn name(cursor: &Cursor) -> String {
    format!("{:?} {:?}", cursor.stream, cursor.position)
}

fn add(facts: &mut Facts, more: &Facts) {
    facts.resources.extend_from_slice(&more.resources);
    facts.entitlements.extend_from_slice(&more.entitlements);
    facts.grants.extend_from_slice(&more.grants);
}

/// What the pages held.
struct Held<'a> {
    resources: BTreeSet<&'a ResourceId>,
    grants: BTreeSet<GrantId>,
}

impl Known for Held<'_> {
    fn contains(&self, id: &ResourceId) -> Result<bool, KnownError> {
        Ok(self.resources.contains(id))
    }

    fn holds(&self, id: &GrantId) -> Result<bool, KnownError> {
        Ok(self.grants.contains(id))
    }
}
