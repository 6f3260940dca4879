//! Files of other tools, unfinished syncs, large workspaces, and the options themselves.

use access_review::findings::{Options, Rule, Severity, evaluate};
use access_review::{Selection, Snapshot};
use c1z::{C1zFile, Limits};
use clockify_sim::SeededWorkspace;

use crate::office::*;

#[test]
fn files_of_other_tools_are_judged_as_far_as_they_tell() {
    for name in ["tiny-v1.c1z", "two-v1.c1z"] {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/vectors/").to_owned() + name;
        let file = C1zFile::open(path.as_ref(), Limits::default()).unwrap();
        let snapshot = Snapshot::open(&file, &Selection::default()).unwrap();
        let assessment = evaluate(&snapshot, &options()).unwrap();
        let gaps: Vec<_> = assessment.not_checked.iter().map(|gap| gap.rule).collect();
        assert!(gaps.contains(&Rule::OwnerAtRisk) && gaps.contains(&Rule::ManagerOfAll), "{name}: {gaps:?}");
        let found = found(&assessment);
        assert!(found.contains(&"info incomplete-sync/not-known: unknown".to_owned()), "{name}: {found:?}");
        assert!(!found.iter().any(|line| line.contains("owner-at-risk")), "{name}: {found:?}");
    }
}

#[tokio::test]
async fn rules_are_chosen_and_left_out() {
    let mut office = office();
    office.users[0].settings.as_mut().unwrap().multi_factor_enabled = false;
    office.users[1].settings.as_mut().unwrap().multi_factor_enabled = false;
    office.groups[0].user_ids.clear();
    let file = File::of(office).await;
    let keys = |options: &Options| {
        let assessment = file.judged(options);
        let keys: Vec<_> = assessment.findings.iter().map(access_review::findings::Finding::key).collect();
        keys.join(" ")
    };
    assert_eq!(keys(&options()), "owner-at-risk/no-mfa admin-without-mfa empty-group/empty");
    assert_eq!(keys(&only(Rule::EmptyGroup)), "empty-group/empty");
    let two = Options { rules: vec![Rule::EmptyGroup, Rule::OwnerAtRisk], ..options() };
    assert_eq!(keys(&two), "owner-at-risk/no-mfa empty-group/empty");
    let without = Options { skip: vec![Rule::AdminWithoutMfa], ..options() };
    assert_eq!(keys(&without), "owner-at-risk/no-mfa empty-group/empty");
    let nothing = Options { rules: vec![Rule::EmptyGroup], skip: vec![Rule::EmptyGroup], ..options() };
    assert_eq!((keys(&nothing), file.judged(&nothing).not_checked), (String::new(), vec![]));
}

#[test]
fn every_rule_has_an_id_that_is_read_back() {
    let ids: std::collections::BTreeSet<_> = Rule::ALL.iter().map(|rule| rule.id()).collect();
    assert_eq!(ids.len(), Rule::ALL.len());
    for rule in Rule::ALL {
        assert_eq!(rule.id().parse(), Ok(rule));
        assert!(rule.id().chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{rule}");
    }
    assert!("owner".parse::<Rule>().unwrap_err().to_string().contains("owner-at-risk"));
}

/// The document has a line for each rule, with its controls as they are in the program.
#[test]
fn the_document_tells_of_every_rule() {
    let document =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/review.md")).unwrap();
    for rule in Rule::ALL {
        let start = format!("| `{rule}` |");
        let lines: Vec<_> = document.lines().filter(|line| line.starts_with(&start)).collect();
        assert_eq!(lines.len(), 1, "{start}");
        let cells: Vec<_> = lines[0].split('|').map(str::trim).collect();
        let ids: Vec<_> = rule.controls().iter().map(|control| control.id).collect();
        assert_eq!(cells[3], if ids.is_empty() { "none".to_owned() } else { ids.join(", ") }, "{rule}");
    }
}

#[tokio::test]
async fn the_demonstration_shows_much_and_cries_no_wolf() {
    let file = File::of(SeededWorkspace::demo()).await;
    let assessment = file.judged(&options());
    let keys: Vec<_> =
        assessment.findings.iter().map(|finding| format!("{} {}", finding.severity, finding.key())).collect();
    let expected = [
        "high admin-without-mfa",
        "medium unlisted-member",
        "low stale-invite/never-registered",
        "low limited-member",
        "low empty-group/empty",
    ];
    assert_eq!(keys, expected);
    assert_eq!(assessment.worst(), Some(Severity::High));
}
