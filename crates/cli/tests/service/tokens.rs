//! Tokens that end before their time, and a token endpoint that is not well.

use c1_sim::{Action, Endpoint, Fault, TaskScript};

use crate::parts::{Running, c1, calls, clockify, done, holds, service};

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_ends_in_the_middle_of_an_upload_costs_one_upload() {
    let (clockify, c1) = (clockify([]).await, c1().await);
    let task = c1.script(TaskScript::sync());
    c1.fault(Fault::once(Endpoint::UploadAsset, 1, Action::RevokeAfter { bytes: 10_000 }));
    let program = service(&clockify, &c1);
    let running = Running::start(&program);
    done(&c1).await;
    let asked = clockify.requests().len();
    running.end();

    let seen = c1.seen();
    let complete: Vec<_> = seen.uploads.iter().map(|upload| upload.complete).collect();
    assert_eq!((complete, c1.unfired()), (vec![false, true], vec![]));
    assert_eq!(seen.exchanges.len(), 2, "one token more is enough");
    assert!(seen.finishes.len() == 1 && seen.finishes[0].success);
    holds(&*clockify.content(), &c1.uploads(&task)[0]);
    // Nothing was read again for it: the list, the account, six pages of people, groups, and the list once more.
    assert_eq!(asked, 10);
    assert_eq!(c1.violations(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_revoked_early_is_renewed_at_once_and_once() {
    let (clockify, c1) = (clockify([]).await, c1().await);
    c1.fault(Fault::once(Endpoint::GetTask, 1, Action::RevokeTokens));
    c1.fault(Fault::once(Endpoint::FinishTask, 1, Action::RevokeTokens));
    c1.script(TaskScript::sync());
    let program = service(&clockify, &c1);
    let running = Running::start(&program);
    done(&c1).await;
    running.end();
    let seen = c1.seen();
    assert_eq!((seen.exchanges.len(), c1.unfired()), (3, vec![]));
    assert_eq!(seen.finishes.len(), 1);
    assert_eq!(c1.violations(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_used_until_shortly_before_its_end() {
    let (clockify, c1) = (clockify([]).await, c1().await);
    for _ in 0..5 {
        c1.script(TaskScript::sync());
    }
    let program = service(&clockify, &c1);
    let running = Running::start(&program);
    done(&c1).await;
    running.end();
    assert_eq!((calls(&c1, Endpoint::Token), c1.violations()), (1, vec![]));
}

/// The Go client takes this for wrong credentials and ends.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_endpoint_that_is_busy_or_garbled_is_asked_again() {
    let (clockify, c1) = (clockify([]).await, c1().await);
    c1.fault(Fault::once(Endpoint::Token, 1, Action::http(503, "busy")));
    c1.fault(Fault::once(Endpoint::Token, 1, Action::http(200, "<html>hello</html>")));
    c1.fault(Fault::once(Endpoint::Token, 1, Action::Reset));
    c1.script(TaskScript::sync());
    let program = service(&clockify, &c1);
    let running = Running::start(&program);
    done(&c1).await;
    running.end();
    assert_eq!((c1.unfired(), c1.violations()), (vec![], vec![]));
}
