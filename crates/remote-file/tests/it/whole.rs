//! Nothing there, something there, something new: the usual way.

use s3_sim::S3;

use crate::{BUCKET, KEY, Local, file, noise, settings, store};

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_made_fetched_and_replaced() {
    let s3 = store().await;
    let file = file(&s3);
    let here = Local::new();
    assert_eq!(file.version().await.unwrap(), None);
    assert_eq!(file.fetch(&here.path()).await.unwrap(), None);
    assert_eq!(here.names().len(), 0);

    // Larger than what is read and sent at a time.
    let first = noise(1, 3_000_000);
    crate::write(here.path(), &first);
    let put = file.put(&here.path(), None).await.unwrap();
    assert_eq!(s3.object(BUCKET, KEY).unwrap(), first);
    assert_eq!(file.version().await.unwrap(), Some(put.clone()));

    let there = Local::new();
    let fetched = file.fetch(&there.path()).await.unwrap();
    assert_eq!(fetched, Some(put));
    assert_eq!(there.content(), first);
    assert_eq!(there.names(), ["here.c1z"]);

    let second = noise(2, 2_000_000);
    crate::write(there.path(), &second);
    file.put(&there.path(), fetched.as_ref()).await.unwrap();
    assert_eq!(s3.object(BUCKET, KEY).unwrap(), second);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_fetched_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let s3 = store().await;
    s3.set(BUCKET, KEY, "content");
    let here = Local::of(b"what stood there, for everybody");
    std::fs::set_permissions(here.path(), std::fs::Permissions::from_mode(0o644)).unwrap();
    file(&s3).fetch(&here.path()).await.unwrap();
    assert_eq!(here.content(), b"content");
    assert_eq!(std::fs::metadata(here.path()).unwrap().permissions().mode() & 0o777, 0o600);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stood_here_is_gone_when_nothing_is_there() {
    let s3 = store().await;
    let here = Local::of(b"old");
    assert_eq!(file(&s3).fetch(&here.path()).await.unwrap(), None);
    assert!(!here.path().exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn checking_shows_nothing_and_leaves_nothing() {
    let s3 = store().await;
    let file = file(&s3);
    file.check().await.unwrap();
    assert!(s3.keys().is_empty());
    assert_eq!(s3.open_uploads(), 0);
    s3.set(BUCKET, KEY, "content");
    file.check().await.unwrap();
    assert_eq!(s3.object(BUCKET, KEY).unwrap(), "content");
    assert_eq!(s3.keys(), [KEY]);
    assert_eq!(s3.open_uploads(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn temporary_credentials_and_odd_names_are_signed_as_s3_reads_them() {
    let s3 = S3::builder().bucket(BUCKET).session_token("a/token+with=signs").start().await.unwrap();
    let mut variables = s3.variables();
    variables.push(("AWS_SESSION_TOKEN".to_owned(), "a/token+with=signs".to_owned()));
    let settings = remote_file::Settings::new(variables);
    let key = "folder name/sync (1)+é%20&=.c1z";
    let address = remote_file::Address::parse(&format!("s3://{BUCKET}/{key}")).unwrap();
    let file = remote_file::RemoteFile::new(address, &settings).unwrap();
    file.check().await.unwrap();
    file.put(&Local::of(b"content").path(), None).await.unwrap();
    assert_eq!(s3.object(BUCKET, key).unwrap(), "content");
    let here = Local::new();
    file.fetch(&here.path()).await.unwrap().unwrap();
    assert_eq!(here.content(), b"content");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_secret_is_in_what_is_printed() {
    let s3 = store().await;
    let printed = format!("{:?} {:?}", settings(&s3), file(&s3));
    assert!(!printed.contains(s3.secret()), "{printed}");
}
