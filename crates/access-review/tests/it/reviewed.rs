//! Workbooks that come back, in every state in which people hand them in.

use std::path::{Path, PathBuf};

use access_review::export::{self, Options};
use access_review::reviewed::{Checked, Closure, Outcome, Refusal, Workbook, check};
use access_review::{Error, Selection, Snapshot};
use calamine::{Data, Reader, Xlsx, open_workbook};
use governance_model::{State, Value};

use crate::workspace::{Content, File, at, entitlement, grant, id, newest};

/// Columns of the sheet `Review`.
const STATUS: usize = 2;
const DECISION: usize = 8;
const RATIONALE: usize = 9;
const REVIEWER: usize = 10;
const DATE: usize = 11;
const ID: usize = 15;

const ANN: &str = "group:g1:member:user:ann";
const BOB: &str = "group:g1:member:user:bob";
const OWNER: &str = "role:owner:assigned:user:ann";
const VAULT: &str = "vault:v1:open:group:g1";
const NOBODY: &str = "vault:v1:open:user:nobody";

type Rows = Vec<Vec<Data>>;

fn text(cell: &str) -> Data {
    Data::String(cell.to_owned())
}

/// Writes a workbook of a file's newest sync, has it edited, and saves it as another program might: sheets in another
/// order, nothing of the looks kept.
fn returned(file: &File, edit: impl FnOnce(&mut Rows, &mut Rows)) -> PathBuf {
    let path = file.path("given.xlsx");
    let opened = file.open();
    let options = Options {
        at: at("2026-03-02T12:00:00Z"),
        tool: "tool".to_owned(),
        assessment: None,
        temporary: None,
    };
    export::xlsx(std::fs::File::create(&path).unwrap(), &newest(&opened), &options).unwrap();
    let mut book: Xlsx<_> = open_workbook(&path).unwrap();
    let mut read =
        |name: &str| -> Rows { book.worksheet_range(name).unwrap().rows().map(<[Data]>::to_vec).collect() };
    let (mut review, mut about) = (read("Review"), read("About"));
    edit(&mut review, &mut about);
    let mut saved = rust_xlsxwriter::Workbook::new();
    let moment = rust_xlsxwriter::Format::new().set_num_format("dd.mm.yy hh:mm:ss");
    for (name, rows) in [("Something else", Vec::new()), ("Review", review), ("About", about)] {
        let sheet = saved.add_worksheet().set_name(name).unwrap();
        for (row, cells) in (0..).zip(rows) {
            for (column, cell) in (0..).zip(cells) {
                let written = match cell {
                    Data::String(text) => sheet.write_string(row, column, text).map(drop),
                    Data::Float(number) => sheet.write_number(row, column, number).map(drop),
                    Data::DateTime(day) => {
                        sheet.write_number_with_format(row, column, day.as_f64(), &moment).map(drop)
                    }
                    Data::Empty => Ok(()),
                    other => panic!("{other:?} was not written by us"),
                };
                written.unwrap();
            }
        }
    }
    let path = file.path("reviewed.xlsx");
    saved.save(&path).unwrap();
    path
}

/// Keeps everything, as a careful reviewer writes it down.
fn keep_all(review: &mut Rows) {
    for row in &mut review[1..] {
        for (column, answer) in
            [(DECISION, "keep"), (RATIONALE, "needed"), (REVIEWER, "Rita"), (DATE, "2026-03-03")]
        {
            row[column] = text(answer);
        }
    }
}

fn row<'r>(review: &'r mut Rows, wanted: &str) -> &'r mut Vec<Data> {
    review.iter_mut().find(|row| row[ID] == text(wanted)).unwrap()
}

/// Reviews one sync and checks against another in a file of its own, without the first at hand.
fn checked(before: &Content, after: &Content, edit: impl FnOnce(&mut Rows, &mut Rows)) -> Closure {
    let reviewed = File::with(before, 5);
    let path = returned(&reviewed, edit);
    let later = File::with(after, 10);
    let opened = later.open();
    check(&Workbook::read(&path).unwrap(), None, &newest(&opened)).unwrap()
}

/// The same with both syncs in one file, so that the reviewed one is at hand.
fn checked_with_original(
    before: &Content,
    after: &Content,
    edit: impl FnOnce(&mut Rows, &mut Rows),
) -> Closure {
    let file = File::with(before, 5);
    let path = returned(&file, edit);
    file.add(after, 10);
    let opened = file.open();
    let workbook = Workbook::read(&path).unwrap();
    let selection = Selection { sync: Some(workbook.sync_id.clone()), include_unfinished: false };
    let original = Snapshot::open(&opened, &selection).unwrap();
    check(&workbook, Some(&original), &newest(&opened)).unwrap()
}

fn of<'c>(closure: &'c Closure, wanted: &str) -> &'c Checked {
    let found: Vec<_> = closure.rows.iter().filter(|row| row.id == wanted).collect();
    assert_eq!(found.len(), 1, "{wanted}: {closure:#?}");
    found[0]
}

fn count(closure: &Closure, outcome: Outcome) -> u64 {
    closure.counts().get(&outcome).copied().unwrap_or_default()
}

#[test]
fn the_columns_are_those_that_these_tests_count_on() {
    let file = File::with(&Content::new(), 5);
    returned(&file, |review, _| {
        let names = [0, STATUS, DECISION, RATIONALE, REVIEWER, DATE, ID];
        let names = names.map(|column| review[0][column].to_string());
        assert_eq!(names, ["Principal", "Status", "Decision", "Rationale", "Reviewer", "Date", "Grant ID"]);
    });
}

#[test]
fn everything_kept_and_as_it_was_is_closed() {
    let content = Content::new();
    let closure = checked(&content, &content, |review, _| keep_all(review));
    assert!(closure.is_closed(), "{closure:#?}");
    assert_eq!(closure.rows.len(), 5);
    assert!(closure.rows.iter().all(|row| row.outcome == Outcome::Kept && row.detail.is_empty()));
    assert_eq!(closure.sentence(), "5 rows, 0 open: 5 kept");
}

#[test]
fn revocations_that_happened_are_told_from_those_that_did_not() {
    let before = Content::new();
    // Bob is still there; nobody never was.
    let after = before.clone().without_grant(BOB).without_grant(NOBODY);
    let closure = checked(&before, &after, |review, _| {
        keep_all(review);
        for wanted in [ANN, BOB, NOBODY] {
            row(review, wanted)[DECISION] = text(" Revoke ");
        }
    });
    assert_eq!(of(&closure, ANN).outcome, Outcome::NotRevoked);
    assert_eq!(of(&closure, BOB).outcome, Outcome::Revoked);
    assert_eq!(of(&closure, NOBODY).outcome, Outcome::PrincipalGone);
    assert_eq!(of(&closure, OWNER).outcome, Outcome::Kept);
    let open: Vec<_> = closure.rows.iter().filter(|row| !row.closed).map(|row| row.id.as_str()).collect();
    assert_eq!(open, [ANN]);
    assert_eq!(closure.rows[0].id, ANN, "what is open comes first");
}

#[test]
fn what_was_kept_and_changed_since_is_shown_with_old_and_new() {
    let before = Content::new();
    let mut after = before.clone().without_grant(VAULT);
    after.resource(&id("user", "ann")).status.as_mut().unwrap().state = State::Disabled;
    after.resource(&id("group", "g1")).display_name = "Crew".into();
    let closure = checked(&before, &after, |review, _| {
        keep_all(review);
        row(review, BOB)[DECISION] = text("change");
        row(review, OWNER)[DECISION] = text("CHANGE");
    });
    let ann = of(&closure, ANN);
    assert_eq!((ann.outcome, ann.closed), (Outcome::ChangedSince, false));
    let changes: Vec<_> =
        ann.changes.iter().map(|change| (change.field, &*change.old, &*change.new)).collect();
    assert_eq!(changes, [("Status", "enabled", "disabled"), ("Resource", "Team", "Crew")]);
    // A new name alone is no change of access.
    let bob = of(&closure, BOB);
    assert_eq!((bob.outcome, bob.closed), (Outcome::NotChanged, false));
    assert_eq!(of(&closure, OWNER).outcome, Outcome::Changed);
    let gone = of(&closure, VAULT);
    assert_eq!((gone.outcome, gone.closed), (Outcome::GoneSince, true));
}

#[test]
fn a_new_scope_and_another_way_are_changes_of_what_was_kept() {
    let before = Content::new();
    let mut after = before.clone();
    let owner = after.grants.iter_mut().find(|grant| grant.id().as_str() == OWNER).unwrap();
    let scope = [("type", "group"), ("id", "g1"), ("name", "Team")];
    let scope = scope.into_iter().map(|(key, text)| (key.into(), Value::from(text))).collect();
    owner.details_mut().metadata.insert("scopes".into(), Value::List(vec![Value::Map(scope)]));
    let ann = after.grants.iter_mut().find(|grant| grant.id().as_str() == ANN).unwrap();
    ann.details_mut().sources.insert(entitlement(&id("vault", "v1"), "open").id, true);
    let closure = checked(&before, &after, |review, _| keep_all(review));
    assert_eq!(of(&closure, OWNER).changes[0].field, "Scopes");
    assert_eq!(of(&closure, OWNER).changes[0].new, "group Team");
    assert_eq!(of(&closure, ANN).changes[0].new, "through vault Vault");
    assert_eq!(count(&closure, Outcome::ChangedSince), 2);
}

#[test]
fn a_row_without_a_decision_a_rationale_or_a_reviewer_stays_open() {
    let content = Content::new();
    let closure = checked(&content, &content, |review, _| {
        keep_all(review);
        row(review, ANN)[DECISION] = Data::Empty;
        row(review, BOB)[DECISION] = text("maybe");
        row(review, OWNER)[RATIONALE] = text("  ");
        row(review, VAULT)[REVIEWER] = Data::Empty;
        row(review, NOBODY)[DATE] = Data::Empty;
    });
    assert_eq!(of(&closure, ANN).outcome, Outcome::Undecided);
    assert_eq!(of(&closure, BOB).outcome, Outcome::Undecided);
    assert!(of(&closure, BOB).detail.contains("\"maybe\" is no decision"));
    assert_eq!(of(&closure, OWNER).missing, ["rationale"]);
    assert_eq!(of(&closure, VAULT).missing, ["reviewer"]);
    let undated = of(&closure, NOBODY);
    assert_eq!((undated.missing.as_slice(), undated.closed), (["date"].as_slice(), true));
    assert_eq!(closure.rows.iter().filter(|row| !row.closed).count(), 4);
}

#[test]
fn a_grant_made_since_is_not_reviewed() {
    let before = Content::new();
    let mut after = before.clone();
    after.grants.push(grant(&id("role", "owner"), "assigned", id("user", "cem")));
    let closure = checked(&before, &after, |review, _| keep_all(review));
    let new = of(&closure, "role:owner:assigned:user:cem");
    assert_eq!((new.outcome, new.closed), (Outcome::NotReviewed, false));
    assert_eq!(closure.rows.len(), 6);
}

#[test]
fn an_edited_fact_is_noticed_by_its_digest() {
    let content = Content::new();
    let closure = checked(&content, &content, |review, _| {
        keep_all(review);
        row(review, BOB)[STATUS] = text("enabled");
    });
    let bob = of(&closure, BOB);
    assert!(bob.is_altered && !bob.closed, "{bob:#?}");
    assert_eq!(closure.rows.iter().filter(|row| row.is_altered).count(), 1);
    assert!(closure.remarks.iter().any(|remark| remark.contains("digests only")), "{:?}", closure.remarks);
}

#[test]
fn with_the_reviewed_sync_at_hand_a_forged_digest_does_not_help() {
    let content = Content::new();
    // What somebody would do who knows how: the whole row of another file, where the fact is as wanted.
    let mut wanted = content.clone();
    wanted.resource(&id("user", "bob")).status.as_mut().unwrap().state = State::Enabled;
    let other = File::with(&wanted, 5);
    let mut forged = Vec::new();
    returned(&other, |review, _| forged.clone_from(row(review, BOB)));
    let forge = |review: &mut Rows, _: &mut Rows| {
        row(review, BOB).clone_from(&forged);
        keep_all(review);
    };
    let closure = checked(&content, &content, forge);
    assert!(!of(&closure, BOB).is_altered, "its digest fits");
    assert_eq!(count(&closure, Outcome::WorkbookAltered), 1, "and the whole does not");

    let closure = checked_with_original(&content, &content, forge);
    let bob = of(&closure, BOB);
    assert!(bob.is_altered && !bob.closed);
    assert_eq!((&*bob.altered[0].old, &*bob.altered[0].new), ("disabled", "enabled"));
    assert_eq!(closure.rows.len(), 5);
}

#[test]
fn rows_that_are_gone_doubled_or_made_up_are_noticed() {
    let content = Content::new();
    let closure = checked_with_original(&content, &content, |review, _| {
        keep_all(review);
        review.retain(|row| row[ID] != text(OWNER));
        let mut made_up = row(review, ANN).clone();
        made_up[ID] = text("group:g1:member:user:cem");
        review.push(made_up);
        let twice = row(review, BOB).clone();
        review.push(twice);
    });
    assert_eq!(count(&closure, Outcome::RowMissing), 1);
    assert_eq!(count(&closure, Outcome::RowForeign), 2);
    // Nobody decided about the grant whose row is gone.
    assert_eq!(count(&closure, Outcome::NotReviewed), 1);
    assert_eq!(count(&closure, Outcome::Kept), 4);

    let closure = checked(&content, &content, |review, _| {
        keep_all(review);
        review.retain(|row| row[ID] != text(BOB));
    });
    let altered = closure.rows.iter().find(|row| row.outcome == Outcome::WorkbookAltered).unwrap();
    assert_eq!(altered.detail, "5 rows were given out for review, and 4 came back");
}

#[test]
fn sorted_rows_and_a_lost_about_sheet_are_read() {
    let content = Content::new();
    let closure = checked(&content, &content, |review, _| {
        keep_all(review);
        review[1..].reverse();
        review.insert(0, vec![text("Reviewed by the team")]);
    });
    assert!(closure.is_closed(), "{closure:#?}");

    let closure = checked(&content, &content, |review, about| {
        keep_all(review);
        about.clear();
    });
    assert_eq!(count(&closure, Outcome::WorkbookAltered), 1);
}

#[test]
fn dates_are_read_however_they_are_saved() {
    let content = Content::new();
    let closure = checked(&content, &content, |review, _| {
        keep_all(review);
        // 2026-03-03 is day 46084 of Excel's calendar.
        row(review, ANN)[DATE] = Data::Float(46084.0);
        let kind = calamine::ExcelDateTimeType::DateTime;
        row(review, BOB)[DATE] = Data::DateTime(calamine::ExcelDateTime::new(46084.5, kind, false));
        row(review, OWNER)[DATE] = text(" 3 March ");
    });
    assert_eq!(of(&closure, ANN).date, "2026-03-03");
    assert_eq!(of(&closure, BOB).date, "2026-03-03");
    assert_eq!(of(&closure, OWNER).date, "3 March");
}

#[test]
fn what_the_later_sync_did_not_read_is_not_called_revoked() {
    let before = Content::new();
    let mut after = before.clone();
    after.types.retain(|(name, _)| *name != "vault");
    after.resources.retain(|resource| resource.id.resource_type.as_str() != "vault");
    after.grants.retain(|grant| grant.resource.resource_type.as_str() != "vault");
    let closure = checked(&before, &after, |review, _| {
        keep_all(review);
        row(review, VAULT)[DECISION] = text("revoke");
    });
    let vault = of(&closure, VAULT);
    assert_eq!((vault.outcome, vault.closed), (Outcome::NotRead, false));

    // Nor is somebody whom the source lists and says nothing about.
    let mut after = before.clone().without_grant(BOB);
    let report = r#"{"completeness": {"missing": ["bob"], "reasons": ["1 member missing"]}}"#;
    after.report = Some(report.to_owned());
    let closure = checked(&before, &after, |review, _| {
        keep_all(review);
        row(review, BOB)[DECISION] = text("revoke");
    });
    assert_eq!(of(&closure, BOB).outcome, Outcome::NotRead);
    assert!(
        closure.remarks.iter().any(|remark| remark.contains("1 member missing")),
        "{:?}",
        closure.remarks
    );
}

#[test]
fn another_workspace_and_an_older_sync_are_refused() {
    let reviewed = File::with(&Content::new().reported("w1"), 5);
    let path = returned(&reviewed, |review, _| keep_all(review));
    let refusal = |file: &File| {
        let opened = file.open();
        match check(&Workbook::read(&path).unwrap(), None, &newest(&opened)) {
            Err(Error::Reviewed(refusal)) => refusal,
            other => panic!("{other:?}"),
        }
    };
    let other = refusal(&File::with(&Content::new().reported("w2"), 10));
    assert_eq!(other, Refusal::OtherSource { reviewed: "w1".to_owned(), new: "w2".to_owned() });
    let older = refusal(&File::with(&Content::new().reported("w1"), 4));
    let [ended, new] = ["2026-03-01T12:05:00Z", "2026-03-01T12:04:00Z"].map(at);
    assert_eq!(older, Refusal::Older { reviewed: ended, new });

    let opened = reviewed.open();
    let same = check(&Workbook::read(&path).unwrap(), None, &newest(&opened)).unwrap();
    assert!(same.remarks.iter().any(|remark| remark.contains("the very sync")), "{:?}", same.remarks);
}

#[test]
fn what_is_no_review_says_so() {
    let file = File::new();
    let read = |name: &str| Workbook::read(Path::new(&file.path(name)));
    let refused = |name: &str| match read(name) {
        Err(Error::Reviewed(refusal)) => refusal,
        other => panic!("{other:?}"),
    };
    c1z::atomic::write(&file.path("text.xlsx"), b"PK, it begins, and is none").unwrap();
    assert!(matches!(refused("text.xlsx"), Refusal::Unreadable(_)));
    let mut book = rust_xlsxwriter::Workbook::new();
    // A cell in the farthest corner must not make a reader take room for all between.
    book.add_worksheet().write_string(1_048_575, 16_383, "far").unwrap();
    book.save(file.path("far.xlsx")).unwrap();
    assert_eq!(refused("far.xlsx"), Refusal::NoReview);
    let sheet = book.add_worksheet();
    sheet.write_string(0, 0, "Grant ID").unwrap();
    sheet.write_string(0, 1, "Decision").unwrap();
    book.save(file.path("half.xlsx")).unwrap();
    assert!(matches!(refused("half.xlsx"), Refusal::NoColumn { column: "Principal", .. }));
    assert!(matches!(read("none.xlsx"), Err(Error::Input(_))));
}
