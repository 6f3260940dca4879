//! Pages that show other rows than they should: moved, repeated, short, or counted in another size.

use clockify_sim::{Action, Endpoint, Fault, PageSizePolicy, Simulator};
use governance_model::ErrorClass;

use super::{completes, fails, trial, trial_with_an_output, without_groups};
use crate::crew::{self, crew};
use crate::trial::{Setup, Trial, served};

/// How often each of the four pages of users was asked for.
fn pages_of_users(trial: &Trial) -> [usize; 4] {
    [1, 2, 3, 4].map(|page| trial.times(Endpoint::Users, page))
}

#[tokio::test]
async fn users_whom_a_shifted_page_did_not_show_are_read_again() {
    // The shift; how many were missed or came twice; how often each page is asked for.
    let cases = [(1, 2, [1, 2, 2, 1]), (-1, 2, [2, 2, 1, 1]), (3, 6, [1, 2, 2, 1])];
    for concurrency in [1, 4] {
        for (rows, reread, asked) in cases {
            let fault = Fault::on(Endpoint::Users, Action::ShiftPage(rows)).page(2).times(1);
            let trial = trial([fault], concurrency).await;
            let report = completes(&trial).await;
            assert_eq!(report.drift.reread, reread, "shifted by {rows}");
            assert_eq!(pages_of_users(&trial), asked, "shifted by {rows}");
        }
    }
}

#[tokio::test]
async fn a_user_whom_no_page_ever_shows_is_reported_and_kept() {
    let trial = trial([Fault::on(Endpoint::Users, Action::ShiftPage(1)).page(2)], 4).await;
    let report = trial.run().await.unwrap();
    trial.all_fired();
    assert!(!report.completeness.verified);
    assert_eq!(report.completeness.missing, [crew::user(3)]);
    assert_eq!(
        report.completeness.reasons,
        ["1 of 11 listed user resources were not returned by the source"]
    );
    // Everything that others say of them is in the file, and a stand-in for them.
    trial.holds_what_is_served(&report.sync_id);
    assert_eq!(pages_of_users(&trial), [1, 2, 2, 1], "looked for once, where the list says they are");
}

#[tokio::test]
async fn groups_that_a_shifted_page_did_not_show_are_not_in_the_file_and_nothing_else_is_amiss() {
    for (rows, hidden) in [(1, [3].as_slice()), (-1, &[5]), (3, &[3, 4, 5])] {
        let fault = Fault::on(Endpoint::UserGroups, Action::ShiftPage(rows)).page(2).times(1);
        let trial = trial([fault], 4).await;
        let report = trial.run().await.unwrap();
        trial.all_fired();
        trial.holds(&report.sync_id, &without_groups(hidden));
    }
}

#[tokio::test]
async fn users_whom_a_repeated_page_hid_are_read_again() {
    for concurrency in [1, 4] {
        let fault = Fault::on(Endpoint::Users, Action::RepeatPage).page(3).times(1);
        let trial = trial([fault], concurrency).await;
        let report = completes(&trial).await;
        assert_eq!((report.drift.repeated_resources, report.drift.reread), (3, 6));
        assert_eq!(pages_of_users(&trial), [1, 2, 2, 1]);
    }
}

#[tokio::test]
async fn a_repeated_page_of_groups_is_an_error_and_the_next_run_goes_on_there() {
    let fault = Fault::on(Endpoint::UserGroups, Action::RepeatPage).page(2).times(1);
    let trial = trial_with_an_output([fault], 4).await;
    let error = fails(&trial).await;
    assert_eq!(error.class(), ErrorClass::Internal);
    assert_eq!(error.to_string(), "list user groups, page 2: the page repeats the page before it");
    let asked = trial.simulator.requests().len();
    let report = completes(&trial).await;
    assert_eq!(report.runs, 2);
    assert!(!trial.asked(asked).contains(&(Endpoint::UserGroups, 1)), "the first page is stored");
}

#[tokio::test]
async fn a_short_page_of_users_is_not_the_last_one_and_hides_nobody() {
    for concurrency in [1, 4] {
        // Two rows instead of three, and one of them was on the page before.
        let fault = Fault::on(Endpoint::Users, Action::ClampPageSize(2)).page(2).times(1);
        let trial = trial([fault], concurrency).await;
        let report = completes(&trial).await;
        assert_eq!(report.drift.reread, 3);
        assert_eq!(pages_of_users(&trial), [2, 2, 1, 1]);
    }
}

#[tokio::test]
async fn a_short_page_of_groups_is_not_the_last_one() {
    let fault = Fault::on(Endpoint::UserGroups, Action::ClampPageSize(2)).page(2).times(1);
    let trial = trial([fault], 4).await;
    let report = trial.run().await.unwrap();
    trial.all_fired();
    assert_eq!(trial.times(Endpoint::UserGroups, 3), 1);
    trial.holds(&report.sync_id, &without_groups(&[4, 5]));
}

#[tokio::test]
async fn a_last_page_of_users_that_is_empty_by_now_ends_the_list() {
    for concurrency in [1, 4] {
        let shrink = Action::edit(|workspace| workspace.users.truncate(9));
        let trial = trial([Fault::on(Endpoint::Users, shrink).page(4).times(1)], concurrency).await;
        let report = completes(&trial).await;
        assert_eq!((report.completeness.left, report.completeness.read), (2, 9));
        assert_eq!(pages_of_users(&trial), [1, 1, 1, 1]);
    }
}

#[tokio::test]
async fn a_last_page_of_groups_that_is_empty_by_now_ends_the_list() {
    let shrink = Action::edit(|workspace| workspace.groups.truncate(6));
    let trial = trial([Fault::on(Endpoint::UserGroups, shrink).page(3).times(1)], 4).await;
    completes(&trial).await;
    assert_eq!(trial.times(Endpoint::UserGroups, 4), 0);
}

#[tokio::test]
async fn smaller_pages_than_asked_for_are_followed_to_the_end() {
    for concurrency in [1, 4] {
        let lists = [Endpoint::Users, Endpoint::UserGroups, Endpoint::Projects];
        let trial = trial(lists.map(|list| Fault::on(list, Action::ClampPageSize(2))), concurrency).await;
        let report = completes(&trial).await;
        assert_eq!(report.drift, sync_engine::Drift::default());
        // Eleven, eight and seven rows, two to a page.
        assert_eq!(lists.map(|list| pages_of(&trial, list)), [6, 4, 4]);
    }
}

#[tokio::test]
async fn a_service_that_never_serves_large_pages_is_read_to_the_end() {
    let builder = Simulator::builder(crew()).page_size_limit(Some(2), PageSizePolicy::Clamp);
    let trial = Trial::start(builder, Setup { page_size: 200, ..Setup::default() }).await;
    completes(&trial).await;
    assert_eq!(pages_of(&trial, Endpoint::Users), 6);
}

/// Where somebody is now is worked out from the size of the pages; when that is another one, they are not found.
#[tokio::test]
async fn a_user_who_is_not_found_because_pages_are_smaller_is_reported_and_kept() {
    let leaves = Fault::on(Endpoint::Users, Action::RemoveUser(crew::user(8))).page(6).times(1);
    let trial = trial([leaves, Fault::on(Endpoint::Users, Action::ClampPageSize(2))], 1).await;
    let report = trial.run().await.unwrap();
    trial.all_fired();
    assert!(!report.completeness.verified);
    assert_eq!(report.completeness.missing, [crew::user(10)]);
    let mut expected = served(&trial.simulator);
    expected.resources.insert(format!("user:{}", crew::user(8)));
    trial.holds(&report.sync_id, &expected);
}

/// How many pages of a list were asked for, if each was asked for once.
fn pages_of(trial: &Trial, list: Endpoint) -> usize {
    let mut pages: Vec<_> = trial.asked(0).into_iter().filter(|asked| asked.0 == list).collect();
    let requests = pages.len();
    pages.sort_unstable();
    pages.dedup();
    assert_eq!(pages.len(), requests, "a page of {list:?} was asked for twice");
    requests
}
