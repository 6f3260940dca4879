//! What people get wrong: each with its own error, before anything is written, and nothing secret in any of them.

use http::Method;
use remote_file::{Address, Error, RemoteFile, Settings};
use s3_sim::{Action, Fault, Rights, S3};

use crate::{BUCKET, KEY, Local, address, file, store};

fn with(s3: &S3, changes: &[(&str, &str)]) -> Settings {
    let mut variables = s3.variables();
    for (name, value) in changes {
        variables.retain(|(known, _)| known != name);
        variables.push(((*name).to_owned(), (*value).to_owned()));
    }
    Settings::new(variables)
}

/// What checking and looking say, which must be the same.
async fn wrong(s3: &S3, settings: &Settings, address: Address) -> Error {
    let file = RemoteFile::new(address, settings).unwrap();
    let here = Local::of(b"mine");
    let looked = file.version().await.unwrap_err();
    let fetched = file.fetch(&Local::new().path()).await.unwrap_err();
    let checked = file.check().await.unwrap_err();
    let put = file.put(&here.path(), None).await.unwrap_err();
    for error in [&looked, &fetched, &checked, &put] {
        let text = format!("{error:?} {error} {:?}", error.hint());
        assert_eq!(std::mem::discriminant(error), std::mem::discriminant(&checked), "{text}");
        assert!(
            !text.contains(s3.secret()) && !text.contains("AWS4-HMAC") && !text.contains("a-token"),
            "{text}"
        );
    }
    assert!(s3.keys().is_empty());
    checked
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bucket_is_missing() {
    let s3 = store().await;
    let error = wrong(&s3, &with(&s3, &[]), Address::parse("s3://another/sync.c1z").unwrap()).await;
    assert_eq!(error.to_string(), "there is no bucket another");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_is_unknown() {
    let s3 = store().await;
    let error = wrong(&s3, &with(&s3, &[("AWS_ACCESS_KEY_ID", "AKIAUNKNOWN")]), address()).await;
    assert!(matches!(error, Error::Unauthenticated { .. }), "{error}");
    assert!(error.to_string().contains("403 InvalidAccessKeyId"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_secret_is_wrong() {
    let s3 = store().await;
    let settings = with(&s3, &[("AWS_SECRET_ACCESS_KEY", "wrong")]);
    let error = wrong(&s3, &settings, address()).await;
    assert!(error.to_string().ends_with("are not accepted: 403 SignatureDoesNotMatch"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_not_wanted() {
    let s3 = store().await;
    let error = wrong(&s3, &with(&s3, &[("AWS_SESSION_TOKEN", "a-token")]), address()).await;
    assert!(matches!(error, Error::Unauthenticated { .. }), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_region_is_wrong() {
    let s3 = store().await;
    let error = wrong(&s3, &with(&s3, &[("AWS_REGION", "us-west-2")]), address()).await;
    assert_eq!(error.hint().unwrap(), "set AWS_REGION=eu-central-1");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bucket_is_in_another_region() {
    let s3 = S3::builder().bucket_in(BUCKET, "ap-southeast-2").start().await.unwrap();
    let error = wrong(&s3, &with(&s3, &[]), address()).await;
    assert_eq!(error.hint().unwrap(), "set AWS_REGION=ap-southeast-2");
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_is_denied() {
    let s3 = store().await;
    s3.allow(Rights { read: false, ..Rights::ALL });
    let error = file(&s3).fetch(&Local::new().path()).await.unwrap_err();
    assert!(matches!(error, Error::Denied { action: "read", .. }), "{error}");
    assert!(error.to_string().contains("s3:GetObject"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn writing_is_denied() {
    let s3 = store().await;
    s3.set(BUCKET, KEY, "content");
    s3.allow(Rights { write: false, ..Rights::ALL });
    let file = file(&s3);
    let version = file.fetch(&Local::new().path()).await.unwrap();
    let checked = file.check().await.unwrap_err();
    let put = file.put(&Local::of(b"mine").path(), version.as_ref()).await.unwrap_err();
    for error in [checked, put] {
        assert!(matches!(error, Error::Denied { action: "write", .. }), "{error}");
        assert!(error.hint().unwrap().contains("s3:PutObject"));
    }
    assert_eq!(s3.object(BUCKET, KEY).unwrap(), "content");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_right_to_list_a_missing_object_looks_denied_and_the_hint_says_so() {
    let s3 = store().await;
    s3.allow(Rights { list: false, ..Rights::ALL });
    let error = file(&s3).fetch(&Local::new().path()).await.unwrap_err();
    assert!(error.hint().unwrap().contains("s3:ListBucket"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn half_of_a_key_is_told() {
    let s3 = store().await;
    let error = RemoteFile::new(address(), &with(&s3, &[("AWS_SECRET_ACCESS_KEY", "")])).unwrap_err();
    assert!(matches!(error, Error::Half { missing: "AWS_SECRET_ACCESS_KEY", .. }), "{error}");
    assert!(
        error.to_string().ends_with("AWS_ACCESS_KEY_ID is set, and AWS_SECRET_ACCESS_KEY is not"),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn there_are_no_credentials_and_no_machine_that_has_some() {
    let s3 = store().await;
    let nothing = [("AWS_ACCESS_KEY_ID", ""), ("AWS_SECRET_ACCESS_KEY", "")];
    let mut disabled = nothing.to_vec();
    disabled.push(("AWS_EC2_METADATA_DISABLED", "true"));
    let error = RemoteFile::new(address(), &with(&s3, &disabled)).unwrap_err();
    assert!(matches!(error, Error::NoCredentials { .. }), "{error}");
    assert!(error.hint().unwrap().contains("AWS_ACCESS_KEY_ID"));
    assert!(s3.asked().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_listens_at_the_endpoint() {
    let s3 = store().await;
    let settings = with(&s3, &[]);
    drop(s3);
    let s3 = store().await;
    let error = wrong(&s3, &settings, address()).await;
    assert!(matches!(error, Error::Unavailable { .. }), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_elsewhere_is_not_spoken_to_without_encryption() {
    let s3 = store().await;
    // Reserved for documentation: nobody is there, and nobody is asked.
    let settings = with(&s3, &[("AWS_ENDPOINT_URL", "http://192.0.2.1:9000")]);
    let begun = std::time::Instant::now();
    let error = wrong(&s3, &settings, address()).await;
    assert!(error.to_string().contains("is not encrypted"), "{error}");
    assert!(begun.elapsed() < std::time::Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_refusals_keep_their_code() {
    let s3 = store().await;
    s3.fault(Fault::on(Method::POST, Action::Refuse(400, "EntityTooLarge")));
    let error = file(&s3).check().await.unwrap_err();
    assert!(error.to_string().contains("400 EntityTooLarge"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn half_of_the_variables_is_told_with_the_other_half() {
    for (address, set, missing) in [
        ("s3://audits/sync.c1z", &["AWS_ACCESS_KEY_ID"][..], "AWS_SECRET_ACCESS_KEY"),
        ("s3://audits/sync.c1z", &["AWS_SECRET_ACCESS_KEY"], "AWS_ACCESS_KEY_ID"),
        ("s3://audits/sync.c1z", &["AWS_SESSION_TOKEN"], "AWS_ACCESS_KEY_ID"),
        ("s3://audits/sync.c1z", &["AWS_WEB_IDENTITY_TOKEN_FILE"], "AWS_ROLE_ARN"),
        ("az://audits/sync.c1z", &["AZURE_STORAGE_KEY"], "AZURE_STORAGE_ACCOUNT"),
        ("az://audits/sync.c1z", &["AZURE_STORAGE_SAS_TOKEN"], "AZURE_STORAGE_ACCOUNT"),
        (
            "az://audits/sync.c1z",
            &["AZURE_CLIENT_SECRET", "AZURE_STORAGE_ACCOUNT", "AZURE_TENANT_ID"],
            "AZURE_CLIENT_ID",
        ),
        (
            "az://audits/sync.c1z",
            &["AZURE_FEDERATED_TOKEN_FILE", "AZURE_STORAGE_ACCOUNT", "AZURE_CLIENT_ID"],
            "AZURE_TENANT_ID",
        ),
    ] {
        let variables = set.iter().map(|name| ((*name).to_owned(), "c2VjcmV0".to_owned()));
        let made = RemoteFile::new(Address::parse(address).unwrap(), &Settings::new(variables));
        let error = made.err().unwrap_or_else(|| panic!("{set:?}"));
        let told = format!("{address} cannot be used: {} is set, and {missing} is not", set[0]);
        assert_eq!(error.to_string(), told);
        assert!(error.hint().unwrap().starts_with(&format!("set {missing} as well")));
    }
    for (address, set) in [
        ("s3://audits/sync.c1z", &["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"][..]),
        ("s3://audits/sync.c1z", &["AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE"]),
        ("az://audits/sync.c1z", &["AZURE_STORAGE_ACCOUNT", "AZURE_CLIENT_ID"]),
        (
            "az://audits/sync.c1z",
            &["AZURE_STORAGE_ACCOUNT", "AZURE_CLIENT_ID", "AZURE_TENANT_ID", "AZURE_CLIENT_SECRET"],
        ),
    ] {
        let variables = set.iter().map(|name| ((*name).to_owned(), "c2VjcmV0".to_owned()));
        RemoteFile::new(Address::parse(address).unwrap(), &Settings::new(variables)).unwrap();
    }
}
