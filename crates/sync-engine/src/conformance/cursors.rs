//! The same again: in another instance, from the middle, and for one type only.

use std::collections::BTreeSet;
use std::fmt::Debug;

use governance_model::{Baseline, Connector, Cursor, Deferred, Facts, Page, ResourceTypeId, Scope};

use super::reading::{Whole, name, pages};
use super::rule::{Rule, Violations};

/// Reads everything once more with another instance. Whether it was the same.
pub(super) async fn same_again<C: Connector>(
    connector: &C,
    whole: &Whole,
    max_pages: usize,
    found: &mut Violations,
) -> bool {
    let mut troubles = Violations::default();
    let again = Whole::read(connector, max_pages, &mut troubles).await;
    let Some(again) = again.filter(|again| again.ended) else {
        found.add(Rule::Determinism, "a second read", "it does not come to its end, and the first one did");
        return false;
    };
    if again.baseline != whole.baseline {
        found.add(Rule::Validation, "baseline", "a second validation says something else");
        return false;
    }
    let (first, second) = (ids(&whole.facts), ids(&again.facts));
    if let Some(id) = first.symmetric_difference(&second).next() {
        found.add(Rule::StableIds, id, "only one of two reads brings it");
        return false;
    }
    if again.pages.len() != whole.pages.len() {
        found.add(Rule::Determinism, "pages", "two reads take different numbers of them");
        return false;
    }
    for ((cursor, page), (other, once_more)) in whole.pages.iter().zip(&again.pages) {
        if cursor != other || !same(page, once_more) {
            found.add(
                Rule::Determinism,
                name(cursor),
                "a second read brings something else, or in another order",
            );
            return false;
        }
    }
    true
}

/// Each page on its own, by an instance that has read nothing else, with what a store would have kept.
pub(super) async fn replay<C: Connector>(make: &impl Fn() -> C, whole: &Whole, found: &mut Violations) {
    // The last one first: no instance may count on what came before.
    for (cursor, page) in whole.pages.iter().rev() {
        let Some((baseline, kept)) = stored(&whole.baseline).zip(stored(cursor)) else {
            found.add(Rule::Resume, name(cursor), "it does not survive being stored");
            continue;
        };
        let (baseline, kept): (Baseline, Cursor) = (baseline, kept);
        match make().page(&baseline, &kept).await {
            Ok(again) if same(page, &again) => {}
            Ok(_) => found.add(Rule::Resume, name(cursor), "a fresh instance brings another page"),
            Err(error) => {
                found.add(Rule::Resume, name(cursor), format!("a fresh instance cannot read it: {error}"));
            }
        }
    }
}

/// The deferred statements, by an instance that has read no page.
pub(super) fn deferred<C: Connector>(connector: &C, whole: &Whole, found: &mut Violations) {
    let Some(page) = &whole.resolved else { return };
    if page.next.is_some() || !page.deferred.is_empty() {
        found.add(Rule::Deferred, "resolve", "it leaves something open");
    }
    let kept: Option<Vec<Deferred>> = stored(&whole.deferred());
    let mut troubles = Violations::default();
    let again = kept.and_then(|kept| whole.resolve(connector, &kept, &mut troubles));
    if !again.is_some_and(|again| same(page, &again)) {
        found.add(Rule::Deferred, "resolve", "a fresh instance makes something else of the statements");
    }
}

/// Each type alone: what is read of it is what a read of everything brings.
pub(super) async fn scopes<C: Connector>(
    make: &impl Fn() -> C,
    whole: &Whole,
    max_pages: usize,
    found: &mut Violations,
) {
    let all: Vec<&Page> = whole.pages.iter().map(|(_, page)| page).collect();
    for of in make().resource_types() {
        let connector = make();
        let scope = Scope { resource_types: Some([of.id.clone()].into_iter().collect()) };
        let starts = connector.plan(&whole.baseline, &scope);
        let mut troubles = Violations::default();
        let (read, ended) = pages(&connector, &whole.baseline, starts, max_pages, &mut troubles).await;
        if !ended {
            found.add(Rule::Scopes, &of.id, "its pages cannot be read to their end when it is read alone");
            continue;
        }
        let read: Vec<&Page> = read.iter().map(|(_, page)| page).collect();
        let (expected, read) = (of_type(&all, &of.id), of_type(&read, &of.id));
        if let Some(id) = expected.symmetric_difference(&read).next() {
            let problem = format!("only one of two reads brings it: all types, or {} alone", of.id);
            found.add(Rule::Scopes, id, problem);
        }
    }
}

/// The ids of the resources of one type and of their entitlements.
fn of_type(pages: &[&Page], of: &ResourceTypeId) -> BTreeSet<String> {
    let facts = pages.iter().map(|page| &page.facts);
    let resources = facts.clone().flat_map(|facts| &facts.resources);
    let resources = resources.filter(|found| found.id.resource_type == *of).map(|found| found.id.to_string());
    let entitlements = facts.flat_map(|facts| &facts.entitlements);
    let entitlements = entitlements.filter(|found| found.resource.resource_type == *of);
    resources.chain(entitlements.map(|found| found.id.to_string())).collect()
}

fn ids(facts: &Facts) -> BTreeSet<String> {
    let resources = facts.resources.iter().map(|found| found.id.to_string());
    let entitlements = facts.entitlements.iter().map(|found| found.id.to_string());
    let grants = facts.grants.iter().map(|found| found.id().to_string());
    resources.chain(entitlements).chain(grants).collect()
}

/// Whether two pages are the same to the last byte: equality would take `0.0` for `-0.0`, and no NaN for itself.
fn same(one: &impl Debug, other: &impl Debug) -> bool {
    format!("{one:?}") == format!("{other:?}")
}

/// What is left of a value once it has been written down and read back.
fn stored<T: serde::Serialize + serde::de::DeserializeOwned>(value: &T) -> Option<T> {
    serde_json::from_str(&serde_json::to_string(value).ok()?).ok()
}
