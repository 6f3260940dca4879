//! Lists whose end is not where it should be.

use clockify_sim::{Action, Endpoint, Fault};
use governance_model::ErrorClass;

use super::{completes, fails, trial, trial_with_an_output, without_groups};
use crate::trial::Trial;

const ALL: [Endpoint; 3] = [Endpoint::Users, Endpoint::UserGroups, Endpoint::Projects];

/// Pages from `first` on show the first two pages in turns, and say that more follow; so does the page before.
fn for_ever(list: Endpoint, first: u32) -> Vec<Fault> {
    let mut faults = vec![Fault::on(list, Action::WrongLastPage(false)).page(first - 1)];
    for page in first..first + 20 {
        let shown = page % 2;
        let rows = i64::from(shown) - i64::from(page - 1);
        faults.push(Fault::on(list, Action::ShiftPage(rows * 3)).page(page));
    }
    faults
}

#[tokio::test]
async fn users_without_end_are_an_error_that_names_them() {
    for concurrency in [1, 4] {
        endless(
            Endpoint::Users,
            5,
            concurrency,
            "the pages of users bring nothing new any more and do not end",
        )
        .await;
    }
}

#[tokio::test]
async fn groups_without_end_are_an_error_that_names_them() {
    for concurrency in [1, 4] {
        let message = "the pages of groups bring nothing new any more and do not end";
        endless(Endpoint::UserGroups, 4, concurrency, message).await;
    }
}

async fn endless(list: Endpoint, first: u32, concurrency: usize, message: &str) {
    let trial = trial_with_an_output(for_ever(list, first), concurrency).await;
    // The second run goes on where the first gave up, and must not go on for ever either.
    for run in 1..=2 {
        let asked = trial.simulator.requests().len();
        let error = fails(&trial).await;
        assert_eq!((error.class(), error.to_string().as_str()), (ErrorClass::Internal, message), "run {run}");
        let asked = trial.asked(asked).into_iter().filter(|asked| asked.0 == list).count();
        assert!(asked < 15, "run {run}: {asked} requests");
    }
    let fired = trial.simulator.faults_fired().into_iter().filter(|(_, times)| *times > 0).count();
    assert!(fired >= 4, "the pages did not go on: {fired}");
}

#[tokio::test]
async fn groups_that_repeat_one_page_for_ever_are_an_error_that_names_the_request() {
    let trial = trial_with_an_output([Fault::on(Endpoint::UserGroups, Action::RepeatPage).page(2)], 4).await;
    for _ in 0..2 {
        let error = fails(&trial).await;
        assert_eq!(error.to_string(), "list user groups, page 2: the page repeats the page before it");
    }
    trial.all_fired();
}

#[tokio::test]
async fn lists_that_never_say_that_they_end_cost_one_empty_page_each() {
    for concurrency in [1, 4] {
        let trial = trial(ALL.map(|list| Fault::on(list, Action::WrongLastPage(false))), concurrency).await;
        completes(&trial).await;
        assert_eq!(pages(&trial), [5, 4, 4]);
    }
}

#[tokio::test]
async fn lists_that_say_nothing_of_their_end_end_with_a_short_page() {
    for concurrency in [1, 4] {
        let trial = trial(ALL.map(|list| Fault::on(list, Action::NoLastPage)), concurrency).await;
        completes(&trial).await;
        assert_eq!(pages(&trial), [4, 3, 3]);
    }
}

#[tokio::test]
async fn users_are_read_to_the_end_whatever_a_page_says() {
    for concurrency in [1, 4] {
        let faults = [1, 2, 3].map(|page| Fault::on(Endpoint::Users, Action::WrongLastPage(true)).page(page));
        let trial = trial(faults, concurrency).await;
        completes(&trial).await;
        assert_eq!(pages(&trial), [4, 3, 3]);
    }
}

#[tokio::test]
async fn groups_end_where_a_page_says_that_it_is_the_last() {
    let fault = Fault::on(Endpoint::UserGroups, Action::WrongLastPage(true)).page(1);
    let trial = trial([fault], 4).await;
    let report = trial.run().await.unwrap();
    trial.all_fired();
    assert_eq!(pages(&trial), [4, 1, 3]);
    trial.holds(&report.sync_id, &without_groups(&[3, 4, 5, 6, 7]));
}

/// How many requests the lists took: users, groups, projects.
fn pages(trial: &Trial) -> [usize; 3] {
    let asked = trial.asked(0);
    ALL.map(|list| asked.iter().filter(|asked| asked.0 == list).count())
}
