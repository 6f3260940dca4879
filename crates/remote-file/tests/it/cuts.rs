//! Connections that break in the middle.

use http::Method;
use remote_file::Error;
use s3_sim::{Action, Fault};

use crate::{BUCKET, KEY, Local, file, noise, store};

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_was_cut_off_shows_nothing_and_is_begun_again() {
    let s3 = store().await;
    s3.fault(Fault::on(Method::PUT, Action::CutRequest(100_000)));
    let content = noise(3, 1_000_000);
    file(&s3).put(&Local::of(&content).path(), None).await.unwrap();
    assert_eq!(s3.object(BUCKET, KEY).unwrap(), content);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_is_cut_off_every_time_is_given_up_and_what_was_there_stays() {
    let s3 = store().await;
    s3.set(BUCKET, KEY, "first");
    s3.fault(Fault::on(Method::PUT, Action::CutRequest(100_000)).times(99));
    let file = file(&s3);
    let version = file.version().await.unwrap();
    let here = Local::of(&noise(3, 1_000_000));
    let error = file.put(&here.path(), version.as_ref()).await.unwrap_err();
    assert!(matches!(error, Error::Unavailable { .. }), "{error}");
    assert!(error.passes());
    assert_eq!(s3.object(BUCKET, KEY).unwrap(), "first");
    s3.heal();
    file.put(&here.path(), version.as_ref()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_whose_answer_got_lost_is_no_conflict_with_itself() {
    for there in [None, Some("first")] {
        let s3 = store().await;
        if let Some(content) = there {
            s3.set(BUCKET, KEY, content);
        }
        let file = file(&s3);
        let version = file.version().await.unwrap();
        s3.fault(Fault::on(Method::PUT, Action::CutAnswer));
        let put = file.put(&Local::of(b"mine").path(), version.as_ref()).await.unwrap();
        assert_eq!(s3.object(BUCKET, KEY).unwrap(), "mine");
        assert_eq!(file.version().await.unwrap(), Some(put));
        let puts = s3.asked().into_iter().filter(|asked| asked.method == Method::PUT).count();
        assert_eq!(puts, 1, "looked for, not sent again");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_and_another_writer_is_a_conflict() {
    let s3 = store().await;
    let file = file(&s3);
    s3.fault(Fault::on(Method::PUT, Action::CutAnswer));
    // Of the same length, and different.
    s3.fault(Fault::on(Method::GET, Action::Overtake(b"ours".to_vec())));
    s3.fault(Fault::on(Method::HEAD, Action::Refuse(404, "")));
    s3.fault(Fault::on(Method::HEAD, Action::Overtake(b"ours".to_vec())));
    let error = file.put(&Local::of(b"mine").path(), None).await.unwrap_err();
    assert!(matches!(error, Error::Conflict { .. }), "{error}");
    assert_eq!(s3.object(BUCKET, KEY).unwrap(), "ours");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_that_breaks_off_leaves_no_half_of_a_file() {
    let s3 = store().await;
    let content = noise(4, 1_000_000);
    s3.set(BUCKET, KEY, content.clone());
    s3.fault(Fault::on(Method::GET, Action::CutBody(500_000)).times(99));
    let here = Local::new();
    let error = file(&s3).fetch(&here.path()).await.unwrap_err();
    assert!(matches!(error, Error::Unavailable { .. }), "{error:?}");
    assert_eq!(here.names().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_busy_for_a_moment_is_asked_again() {
    let s3 = store().await;
    for method in [Method::PUT, Method::HEAD, Method::GET, Method::POST] {
        s3.fault(Fault::on(method, Action::Refuse(503, "SlowDown")));
    }
    let file = file(&s3);
    file.check().await.unwrap();
    file.put(&Local::of(b"mine").path(), None).await.unwrap();
    file.fetch(&Local::new().path()).await.unwrap().unwrap();
}
