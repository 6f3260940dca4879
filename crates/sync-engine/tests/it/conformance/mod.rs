//! The conformance suite: what keeps every rule passes, what breaks one is told so and of no other.

mod defects;
mod small;

use std::sync::atomic::{AtomicUsize, Ordering};

use governance_model::Page;
use sync_engine::conformance::{Rule, Suite, Violation, assert_conforms};

use crate::scripted::{Scripted, cursor};
use small::Small;

/// Checks instances that are numbered from 0, each with the same change.
async fn check(change: impl Fn(&mut Small)) -> Vec<Violation> {
    let instances = AtomicUsize::new(0);
    let make = || {
        let mut source = Small::sound();
        source.instance = instances.fetch_add(1, Ordering::SeqCst);
        change(&mut source);
        source
    };
    Suite::default().max_pages(50).check(make).await
}

#[tokio::test]
async fn a_sound_source_passes() {
    assert_eq!(check(|_| ()).await, []);
}

#[tokio::test]
async fn each_defect_breaks_its_rule_and_no_other() {
    let mut wrong = Vec::new();
    for (name, rule, defect) in defects::ALL {
        let found = check(defect).await;
        if found.is_empty() || found.iter().any(|violation| violation.rule != *rule) {
            let lines: Vec<String> = found.iter().map(ToString::to_string).collect();
            wrong.push(format!("{name}, not {rule}: {lines:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every rule has a defect, so that none is there in name only.
#[test]
fn every_rule_has_a_defect() {
    let broken: std::collections::BTreeSet<Rule> = defects::ALL.iter().map(|(_, rule, _)| *rule).collect();
    // A rule that is added to the suite has to be added here, and to the table.
    let all = [
        Rule::Descriptor,
        Rule::Validation,
        Rule::Paging,
        Rule::Cursors,
        Rule::StableIds,
        Rule::Determinism,
        Rule::Resume,
        Rule::Deferred,
        Rule::Scopes,
        Rule::Ids,
        Rule::Names,
        Rule::Duplicates,
        Rule::Types,
        Rule::Traits,
        Rule::References,
        Rule::Expansion,
        Rule::Cycles,
        Rule::Inventory,
        Rule::Locate,
        Rule::StandIns,
    ];
    assert_eq!(broken, all.into_iter().collect());
}

#[tokio::test]
async fn what_is_wrong_is_said_with_the_rule_and_the_place() {
    let found =
        check(|source| source.page("groups", 1).facts.entitlements[0].slug = "mem:ber".to_owned()).await;
    let lines: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            "ids: group:g1:member: \"mem:ber\" has a `:` in it",
            "ids: group:g1:member: it is not joined from the resource and the slug",
        ]
    );
}

#[tokio::test]
#[should_panic(expected = "the connector breaks 1 rules:\ndescriptor: display name: it is empty")]
async fn a_test_fails_with_what_is_wrong() {
    assert_conforms(|| Small { name: String::new(), ..Small::sound() }).await;
}

#[tokio::test]
async fn a_type_that_the_content_lacks_can_be_excused() {
    let make = || {
        let mut source = Small::sound();
        source.starts.retain(|start| start.stream == "users");
        source
    };
    let found = Suite::default().check(make).await;
    assert_eq!(found.iter().map(|violation| violation.rule).collect::<Vec<_>>(), [Rule::Types]);
    assert_eq!(Suite::default().may_lack(small::GROUP).check(make).await, []);
}

/// The source that the engine's own tests are scripted with. Its people can be located once pages for that are written.
#[tokio::test]
async fn the_scripted_source_passes() {
    assert_conforms(|| {
        let mut source = Scripted::workspace(7);
        let again: Vec<Page> = source.starts.iter().map(|start| source.pages[start].clone()).collect();
        for (place, page) in again.into_iter().enumerate().take(3) {
            source.pages.insert(cursor("again", place), page);
        }
        source
    })
    .await;
}
