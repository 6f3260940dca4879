//! Those whom the source's own list names.

use std::collections::{BTreeMap, BTreeSet};

use governance_model::{Connector, Inventory, Missing, ResourceId, Text};

use super::declared;
use super::reading::{Whole, name};
use super::rule::{Rule, Violations};

/// Checks the list against what was read, and what the connector knows of those on it.
pub(super) async fn check<C: Connector>(connector: &C, whole: &Whole, found: &mut Violations) {
    let resources = whole.resources();
    let of = &whole.baseline.inventory_type;
    if let Some(operator) = whole.baseline.operator.as_ref().filter(|id| !resources.contains(id)) {
        found.add(Rule::Inventory, operator, "its credential is used, and it was not read");
    }
    for resource in whole.facts.resources.iter().filter(|resource| resource.id.resource_type == *of) {
        let gone = connector.departed(resource.clone());
        if gone.id != resource.id {
            found.add(Rule::StandIns, &resource.id, format!("once departed, it is called {}", gone.id));
        }
    }
    match connector.inventory(&whole.baseline).await {
        Err(error) => found.add(Rule::Inventory, "inventory", error.to_string()),
        Ok(again) if again != whole.baseline.inventory => {
            found.add(Rule::Inventory, "inventory", "it is not what the validation took");
        }
        Ok(_) => {}
    }
    let types = connector.resource_types();
    let mut stand_in = |id: &ResourceId, why: &Missing| {
        let made = connector.stand_in(id, why);
        if let Some(made) = &made {
            if made.id != *id {
                found.add(Rule::StandIns, id, format!("its stand-in is called {}", made.id));
            }
            declared::of_one(&types, made, found);
        }
        made.is_some()
    };
    // Everybody can be missing from the pages some day.
    for id in resources.iter().filter(|id| id.resource_type == *of) {
        stand_in(id, &Missing::GrantPrincipal);
        stand_in(id, &Missing::Inventory(Text::default()));
    }
    let Some(list) = &whole.baseline.inventory else { return };
    let mut read = BTreeSet::new();
    let mut nowhere = Vec::new();
    for (id, status) in list.entries.iter() {
        let listed = ResourceId::new(of.clone(), id.as_str());
        if resources.contains(&listed) {
            read.insert(id.as_str());
        } else if !stand_in(&listed, &Missing::Inventory(status.clone())) {
            nowhere.push(listed);
        }
    }
    for id in nowhere {
        found.add(Rule::Inventory, id, "it is listed, was not read, and has no stand-in");
    }
    located(connector, whole, list, &read, found).await;
}

/// Each of them is on one of the pages where they are said to be.
async fn located<C: Connector>(
    connector: &C,
    whole: &Whole,
    list: &Inventory,
    read: &BTreeSet<&str>,
    found: &mut Violations,
) {
    let of = &whole.baseline.inventory_type;
    // As in a sync: those who are on no page are always looked for as well.
    let unread: BTreeSet<&str> =
        list.entries.keys().map(Text::as_str).filter(|id| !read.contains(id)).collect();
    let mut pages = BTreeMap::new();
    for id in read {
        let mut is_there = false;
        let wanted = unread.iter().chain([id]).copied().collect();
        for cursor in connector.locate(&whole.baseline, &wanted, list) {
            if !pages.contains_key(&cursor) {
                let people: BTreeSet<ResourceId> = match connector.page(&whole.baseline, &cursor).await {
                    Ok(page) => page.facts.resources.into_iter().map(|resource| resource.id).collect(),
                    Err(error) => {
                        found.add(Rule::Locate, name(&cursor), format!("it cannot be read: {error}"));
                        BTreeSet::new()
                    }
                };
                pages.insert(cursor.clone(), people);
            }
            is_there |= pages[&cursor].contains(&ResourceId::new(of.clone(), *id));
        }
        if !is_there {
            found.add(Rule::Locate, ResourceId::new(of.clone(), *id), "it is not on the pages named for it");
        }
    }
}
