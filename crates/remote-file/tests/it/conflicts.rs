//! Two writers: one wins, the other hears of it.

use http::Method;
use remote_file::Error;
use s3_sim::{Action, Fault};

use crate::{BUCKET, KEY, Local, file, store};

#[tokio::test(flavor = "multi_thread")]
async fn who_finds_another_version_does_not_write() {
    let s3 = store().await;
    let file = file(&s3);
    s3.set(BUCKET, KEY, "first");
    let here = Local::new();
    let version = file.fetch(&here.path()).await.unwrap();
    for other in ["second", ""] {
        s3.set(BUCKET, KEY, other);
        let error = file.put(&Local::of(b"mine").path(), version.as_ref()).await.unwrap_err();
        assert!(matches!(error, Error::Conflict { .. }), "{error}");
        assert_eq!(s3.object(BUCKET, KEY).unwrap(), other);
    }
    assert!(s3.asked().iter().all(|asked| asked.method != Method::PUT), "seen before anything was sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_overtaken_while_sending_does_not_write() {
    for expected in [false, true] {
        let s3 = store().await;
        let file = file(&s3);
        let here = Local::new();
        if expected {
            s3.set(BUCKET, KEY, "first");
        }
        let version = file.fetch(&here.path()).await.unwrap();
        s3.fault(Fault::on(Method::PUT, Action::Overtake(b"theirs".to_vec())));
        let error = file.put(&Local::of(b"mine").path(), version.as_ref()).await.unwrap_err();
        assert!(matches!(error, Error::Conflict { .. }), "{error}");
        assert!(error.passes() && error.hint().is_some());
        assert_eq!(s3.object(BUCKET, KEY).unwrap(), "theirs");
        let answers: Vec<_> = s3.asked().into_iter().filter(|asked| asked.method == Method::PUT).collect();
        assert_eq!(answers.len(), 1);
        assert_eq!(answers[0].status, 412, "the store decided, not a look beforehand");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_taken_away_is_not_brought_back() {
    let s3 = store().await;
    let file = file(&s3);
    s3.set(BUCKET, KEY, "first");
    let version = file.fetch(&Local::new().path()).await.unwrap();
    s3.fault(Fault::on(Method::PUT, Action::Vanish));
    let error = file.put(&Local::of(b"mine").path(), version.as_ref()).await.unwrap_err();
    assert!(matches!(error, Error::Conflict { .. }), "{error}");
    assert_eq!(s3.object(BUCKET, KEY), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_writers_at_once_exactly_one_wins() {
    let s3 = store().await;
    let writers = (0..8_u8).map(|number| {
        let file = file(&s3);
        tokio::spawn(async move {
            let here = Local::of(&[number; 1000]);
            file.put(&here.path(), None).await.map(|_| number)
        })
    });
    let writers: Vec<_> = writers.collect();
    let mut won = Vec::new();
    for writer in writers {
        match writer.await.unwrap() {
            Ok(number) => won.push(number),
            Err(Error::Conflict { .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!(won.len(), 1, "{won:?}");
    assert_eq!(s3.object(BUCKET, KEY).unwrap(), [won[0]; 1000].to_vec());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_without_conditions_is_told_apart_and_may_be_allowed() {
    let s3 = store().await;
    s3.fault(Fault::on(Method::PUT, Action::Refuse(501, "NotImplemented")).times(9));
    let error = file(&s3).put(&Local::of(b"mine").path(), None).await.unwrap_err();
    assert!(matches!(error, Error::Unconditional { .. }), "{error}");
    assert!(error.hint().unwrap().contains("AWS_CONDITIONAL_PUT=disabled"));
    s3.heal();
    let mut variables = s3.variables();
    variables.push(("AWS_CONDITIONAL_PUT".to_owned(), "disabled".to_owned()));
    let settings = remote_file::Settings::new(variables);
    let file = remote_file::RemoteFile::new(crate::address(), &settings).unwrap();
    let version = file.put(&Local::of(b"mine").path(), None).await.unwrap();
    // A look beforehand is what is left.
    s3.set(BUCKET, KEY, "theirs");
    let error = file.put(&Local::of(b"again").path(), Some(&version)).await.unwrap_err();
    assert!(matches!(error, Error::Conflict { .. }), "{error}");
}
