//! People and groups that come or go between two pages.

use clockify_sim::{Action, Endpoint, Fault, SimGroup};
use sync_trials::{Expected, dump};

use super::{completes, trial, without_groups};
use crate::crew::{self, crew, regular};
use crate::trial::served;

#[tokio::test]
async fn a_user_who_was_added_between_two_pages_is_in_it() {
    for concurrency in [1, 4] {
        // On a page that was read, on the page that is read, on one that will be.
        for place in [0, 4, 10] {
            let added = regular(&crew::after_user(place));
            let fault = Fault::on(Endpoint::Users, Action::AddUser(Box::new(added))).page(2).times(1);
            let trial = trial([fault], concurrency).await;
            let report = completes(&trial).await;
            assert_eq!((report.completeness.joined, report.completeness.left), (1, 0), "behind {place}");
            assert_eq!(report.completeness.listed_after, 12);
        }
    }
}

#[tokio::test]
async fn a_list_of_users_that_has_more_pages_by_now_is_read_to_its_end() {
    for concurrency in [1, 4] {
        let grow = Action::edit(|workspace| {
            workspace.users.extend((20..26).map(|number| regular(&crew::user(number))));
        });
        let trial = trial([Fault::on(Endpoint::Users, grow).page(2).times(1)], concurrency).await;
        let report = completes(&trial).await;
        assert_eq!(report.completeness.joined, 6);
        assert!(report.pages["users"] >= 6);
    }
}

/// Number 8 stands on the third page; when they leave before the fourth is read, number 9 moves to the third.
#[tokio::test]
async fn a_user_who_left_between_two_pages_is_marked_and_hides_nobody() {
    let gone = crew::user(8);
    let fault = Fault::on(Endpoint::Users, Action::RemoveUser(gone.clone())).page(4).times(1);
    let trial = trial([fault], 1).await;
    let report = trial.run().await.unwrap();
    trial.all_fired();
    assert!(report.completeness.verified, "{:?}", report.completeness);
    assert_eq!((report.completeness.left, report.drift.reread), (1, 1));
    assert_eq!(trial.times(Endpoint::Users, 3), 2, "where the one who was hidden is now");
    let mut expected = served(&trial.simulator);
    assert!(expected.resources.insert(format!("user:{gone}")), "nothing else may keep them in the file");
    trial.holds(&report.sync_id, &expected);

    let rows = dump::canonical(&trial.output(), &report.sync_id);
    let marked: Vec<_> = rows.lines().filter(|row| row.contains(&hex("left the workspace"))).collect();
    assert_eq!(marked.len(), 1);
    assert!(marked[0].starts_with(&format!("v1_resources|user|user:{gone}|")), "{}", marked[0]);
}

#[tokio::test]
async fn a_user_who_left_while_pages_were_read_side_by_side_hides_nobody() {
    for page in 1..=4 {
        let gone = crew::user(8);
        let fault = Fault::on(Endpoint::Users, Action::RemoveUser(gone.clone())).page(page).times(1);
        let trial = trial([fault], 4).await;
        let report = trial.run().await.unwrap();
        trial.all_fired();
        assert!(report.completeness.verified, "{:?}", report.completeness);
        let mut expected = served(&trial.simulator);
        // Whether they were read before they left is up to the order in which the pages came.
        if report.completeness.read == 11 {
            expected.resources.insert(format!("user:{gone}"));
        }
        trial.holds(&report.sync_id, &expected);
    }
}

#[tokio::test]
async fn somebody_who_left_keeps_what_was_read_of_them() {
    let gone = crew::user(1);
    let fault = Fault::on(Endpoint::Users, Action::RemoveUser(gone.clone())).page(2).times(1);
    let trial = trial([fault], 1).await;
    let report = trial.run().await.unwrap();
    trial.all_fired();
    let mut expected = served(&trial.simulator);
    expected.grants.insert(format!("role:workspace-admin:assigned:user:{gone}"));
    trial.holds(&report.sync_id, &expected);
    assert!(dump::canonical(&trial.output(), &report.sync_id).contains(&hex("left the workspace")));
}

#[tokio::test]
async fn a_group_that_was_added_behind_the_page_is_in_it() {
    let trial = trial([add_group(6)], 4).await;
    completes(&trial).await;
}

#[tokio::test]
async fn a_group_that_was_added_before_the_page_hides_none_of_the_others() {
    let trial = trial([add_group(0)], 4).await;
    let report = trial.run().await.unwrap();
    trial.all_fired();
    assert_eq!(report.drift.repeated_resources, 1, "the last one of the first page came twice");
    trial.holds(&report.sync_id, &Expected::of(&crew(), true));
}

fn add_group(behind: u32) -> Fault {
    let add = Action::edit(move |workspace| {
        workspace.groups.push(SimGroup::new(crew::after_group(behind), "Added", [crew::user(2)]));
    });
    Fault::on(Endpoint::UserGroups, add).page(2).times(1)
}

/// Nothing tells of the group that moved to a page which was read: it is not in the file.
#[tokio::test]
async fn a_group_that_was_deleted_before_the_page_hides_one_and_nothing_else_is_amiss() {
    let delete = Action::edit(|workspace| workspace.groups.retain(|group| group.id != crew::group(1)));
    let trial = trial([Fault::on(Endpoint::UserGroups, delete).page(2).times(1)], 4).await;
    let report = trial.run().await.unwrap();
    trial.all_fired();
    trial.holds(&report.sync_id, &without_groups(&[3]));
}

/// As SQLite writes it.
fn hex(text: &str) -> String {
    text.bytes().fold(String::new(), |hex, byte| hex + &format!("{byte:02X}"))
}
