//! From an address and variables to a store, with the names of variables that each cloud's own tools use.

use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::azure::{AzureConfigKey, MicrosoftAzureBuilder};
use object_store::gcp::{GoogleCloudStorageBuilder, GoogleConfigKey};
use object_store::multipart::MultipartStore;
use object_store::{BackoffConfig, ObjectStore, RetryConfig};

use crate::halves;
use crate::http::Connector;
use crate::seen::Seen;
use crate::{Address, Error, Kind, Settings};

/// A store, by both of its faces.
pub(crate) struct Store {
    pub(crate) objects: Arc<dyn ObjectStore>,
    pub(crate) uploads: Arc<dyn MultipartStore>,
}

/// How often a request is tried again by itself, and how long.
fn retry() -> RetryConfig {
    RetryConfig {
        backoff: BackoffConfig {
            init_backoff: Duration::from_millis(200),
            max_backoff: Duration::from_secs(5),
            base: 2.0,
        },
        max_retries: 4,
        retry_timeout: Duration::from_secs(60),
    }
}

/// Makes the store of an address. Nothing is sent yet.
pub(crate) fn open(address: &Address, settings: &Settings, seen: Seen) -> Result<Store, Error> {
    let kind = address.kind();
    let plain = settings.is_on(&format!("{}_ALLOW_HTTP", prefix(kind)));
    let wrong = |what: String| Error::Settings { address: address.to_string(), what, kind };
    let http = Connector::new(settings, plain, seen).map_err(|error| wrong(error.to_string()))?;
    let half = |(set, missing)| Error::Half { address: address.to_string(), set, missing };
    match kind {
        Kind::S3 => {
            let store = s3(address, settings);
            if let Some(found) = halves::of_aws(&store) {
                return Err(half(found));
            }
            if !has_aws_credentials(settings) && settings.is_on("AWS_EC2_METADATA_DISABLED") {
                return Err(Error::NoCredentials { address: address.to_string(), kind });
            }
            let store = store.with_retry(retry()).with_http_connector(http).build();
            store.map(faces).map_err(|error| wrong(message(&error)))
        }
        Kind::Google => {
            let store = google(address, settings).with_retry(retry()).with_http_connector(http).build();
            store.map(faces).map_err(|error| wrong(message(&error)))
        }
        Kind::Azure => {
            let builder = azure(address, settings).map_err(|what| wrong(what.to_owned()))?;
            if let Some(found) = halves::of_azure(&builder) {
                return Err(half(found));
            }
            let store = builder.with_retry(retry()).with_http_connector(http).build();
            store.map(faces).map_err(|error| wrong(message(&error)))
        }
    }
}

/// What the variables of a cloud begin with.
pub(crate) fn prefix(kind: Kind) -> &'static str {
    match kind {
        Kind::S3 => "AWS",
        Kind::Google => "GOOGLE",
        Kind::Azure => "AZURE",
    }
}

fn faces<S: ObjectStore + MultipartStore>(store: S) -> Store {
    let store = Arc::new(store);
    Store { objects: store.clone(), uploads: store }
}

/// What is wrong with a variable. Builders name variables and files, never the values of secrets.
pub(crate) fn message(error: &object_store::Error) -> String {
    match error {
        object_store::Error::Generic { source, .. } => source.to_string(),
        other => other.to_string(),
    }
}

/// Whether the variables say where credentials come from. Otherwise the machine itself may have a role.
fn has_aws_credentials(settings: &Settings) -> bool {
    [
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_SKIP_SIGNATURE",
    ]
    .iter()
    .any(|name| settings.get(name).is_some())
}

fn s3(address: &Address, settings: &Settings) -> AmazonS3Builder {
    let variables = settings.beginning("AWS_").filter_map(|(name, value)| {
        let key = name.to_ascii_lowercase().parse::<AmazonS3ConfigKey>().ok()?;
        // How to connect is decided here, and the bucket is the address's.
        let ours = matches!(key, AmazonS3ConfigKey::Client(_) | AmazonS3ConfigKey::Bucket);
        (!ours).then_some((key, value))
    });
    variables
        .fold(AmazonS3Builder::new(), |builder, (key, value)| builder.with_config(key, value))
        .with_bucket_name(address.bucket())
}

fn google(address: &Address, settings: &Settings) -> GoogleCloudStorageBuilder {
    let variables = settings.beginning("GOOGLE_").filter_map(|(name, value)| {
        let key = name.to_ascii_lowercase().parse::<GoogleConfigKey>().ok()?;
        let ours = matches!(key, GoogleConfigKey::Client(_) | GoogleConfigKey::Bucket);
        (!ours).then_some((key, value))
    });
    let builder = variables
        .fold(GoogleCloudStorageBuilder::new(), |builder, (key, value)| builder.with_config(key, value));
    let builder = builder.with_bucket_name(address.bucket());
    // Google's own libraries speak to an emulator there, without credentials.
    match settings.get("STORAGE_EMULATOR_HOST") {
        Some(host) => {
            let url = if host.contains("://") { host.to_owned() } else { format!("http://{host}") };
            builder.with_base_url(url.trim_end_matches('/')).with_bearer_token("").with_skip_signature(true)
        }
        None => builder,
    }
}

/// What Azure's command line calls differently from `object_store`.
const AZURE_CLI: [(&str, AzureConfigKey); 2] = [
    ("AZURE_STORAGE_ACCOUNT", AzureConfigKey::AccountName),
    ("AZURE_STORAGE_KEY", AzureConfigKey::AccessKey),
];

fn azure(address: &Address, settings: &Settings) -> Result<MicrosoftAzureBuilder, &'static str> {
    let mut builder = MicrosoftAzureBuilder::new();
    if let Some(text) = settings.get("AZURE_STORAGE_CONNECTION_STRING") {
        builder = connection_string(builder, text)?;
    }
    for (name, value) in settings.beginning("AZURE_") {
        let known = AZURE_CLI.iter().find(|(known, _)| *known == name).map(|(_, key)| *key);
        let Some(key) = known.or_else(|| name.to_ascii_lowercase().parse().ok()) else { continue };
        if !matches!(key, AzureConfigKey::Client(_) | AzureConfigKey::ContainerName) {
            builder = builder.with_config(key, value);
        }
    }
    Ok(builder.with_container_name(address.bucket()))
}

/// `AccountName=…;AccountKey=…;BlobEndpoint=…` and so on.
fn connection_string(
    mut builder: MicrosoftAzureBuilder,
    text: &str,
) -> Result<MicrosoftAzureBuilder, &'static str> {
    const WRONG: &str = "AZURE_STORAGE_CONNECTION_STRING is not NAME=VALUE;NAME=VALUE;…";
    let (mut account, mut endpoint, mut suffix, mut protocol) = (None, None, None, "https");
    for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').ok_or(WRONG)?;
        match name {
            "AccountName" => account = Some(value),
            "AccountKey" => builder = builder.with_config(AzureConfigKey::AccessKey, value),
            "SharedAccessSignature" => builder = builder.with_config(AzureConfigKey::SasKey, value),
            "BlobEndpoint" => endpoint = Some(value.to_owned()),
            "EndpointSuffix" => suffix = Some(value),
            "DefaultEndpointsProtocol" => protocol = value,
            _ => {}
        }
    }
    if let Some(account) = account {
        builder = builder.with_config(AzureConfigKey::AccountName, account);
    }
    if let (None, Some(account), Some(suffix)) = (&endpoint, account, suffix) {
        endpoint = Some(format!("{protocol}://{account}.blob.{suffix}"));
    }
    Ok(match endpoint {
        Some(endpoint) => builder.with_config(AzureConfigKey::Endpoint, endpoint),
        None => builder,
    })
}
