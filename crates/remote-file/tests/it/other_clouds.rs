//! Google Cloud Storage and Azure Blob Storage, against a double that knows just the requests that are made. Conditions are
//! checked as those services describe them; signatures and tokens are not.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use remote_file::{Address, Error, Kind, RemoteFile, Settings};

use crate::Local;

#[derive(Clone)]
struct Double {
    kind: Kind,
    /// By path: generation and content.
    objects: Arc<Mutex<BTreeMap<String, (u64, Bytes)>>>,
    asked: Arc<Mutex<Vec<String>>>,
    /// Whether everything is denied.
    denied: Arc<Mutex<bool>>,
}

impl Double {
    async fn start(kind: Kind) -> (Self, String) {
        let double = Self { kind, objects: Arc::default(), asked: Arc::default(), denied: Arc::default() };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().fallback(answer).with_state(double.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        (double, format!("http://{address}"))
    }

    fn content(&self) -> Option<Bytes> {
        self.objects.lock().unwrap().values().next().map(|(_, content)| content.clone())
    }

    /// Another writer.
    fn overtake(&self, content: &'static str) {
        for (generation, found) in self.objects.lock().unwrap().values_mut() {
            *generation += 1;
            *found = Bytes::from(content);
        }
    }

    fn refuse(&self, status: u16, google: &str, azure: &str) -> Response {
        let code = if self.kind == Kind::Google { google } else { azure };
        let status = StatusCode::from_u16(status).unwrap();
        (status, format!("<?xml version='1.0'?><Error><Code>{code}</Code><Message>m</Message></Error>"))
            .into_response()
    }

    /// What conditions say: Google's about the generation, Azure's about the tag.
    fn condition(&self, headers: &HeaderMap, there: Option<u64>) -> Option<Response> {
        let header = |name: &str| headers.get(name).map(|value| value.to_str().unwrap().to_owned());
        let (holds, exists) = match self.kind {
            Kind::Google => {
                let wanted = header("x-goog-if-generation-match").expect("every write has a condition");
                (wanted == there.unwrap_or(0).to_string(), false)
            }
            _ => match (header("if-none-match"), header("if-match")) {
                (Some(any), None) => (any == "*" && there.is_none(), true),
                (None, Some(tag)) => (there.is_some_and(|there| tag == format!("\"0x{there}\"")), false),
                _ => panic!("every write has one condition"),
            },
        };
        match (holds, exists) {
            (true, _) => None,
            (false, true) => Some(self.refuse(409, "", "BlobAlreadyExists")),
            (false, false) => Some(self.refuse(412, "PreconditionFailed", "ConditionNotMet")),
        }
    }
}

async fn answer(State(double): State<Double>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 24).await.unwrap();
    let query = parts.uri.query().unwrap_or_default();
    double.asked.lock().unwrap().push(format!("{} {}", parts.method, parts.uri));
    if *double.denied.lock().unwrap() {
        return double.refuse(403, "AccessDenied", "AuthorizationPermissionMismatch");
    }
    let path = parts.uri.path().to_owned();
    if !path.contains("audits") {
        return double.refuse(404, "NoSuchBucket", "ContainerNotFound");
    }
    let there = double.objects.lock().unwrap().get(&path).cloned();
    let tagged = |generation: u64| {
        [
            ("etag", format!("\"0x{generation}\"")),
            ("x-goog-generation", generation.to_string()),
            ("last-modified", "Sun, 29 Nov 2026 00:00:00 GMT".to_owned()),
        ]
    };
    match parts.method {
        Method::POST if query.starts_with("uploads") => {
            "<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>"
                .into_response()
        }
        Method::DELETE if query.contains("uploadId=u1") => StatusCode::NO_CONTENT.into_response(),
        Method::PUT if query.contains("comp=block") => StatusCode::CREATED.into_response(),
        Method::PUT => {
            if let Some(refused) = double.condition(&parts.headers, there.as_ref().map(|(at, _)| *at)) {
                return refused;
            }
            let generation = there.map_or(1_700_000_000_000_000, |(at, _)| at + 1);
            double.objects.lock().unwrap().insert(path, (generation, body));
            (StatusCode::CREATED, tagged(generation)).into_response()
        }
        Method::GET | Method::HEAD => match there {
            Some((generation, content)) => (tagged(generation), content).into_response(),
            None => double.refuse(404, "NoSuchKey", "BlobNotFound"),
        },
        _ => double.refuse(501, "NotImplemented", "NotImplemented"),
    }
}

/// The variables that each cloud's own tools read.
fn settings(kind: Kind, endpoint: &str) -> Settings {
    let variables = match kind {
        Kind::Google => vec![("STORAGE_EMULATOR_HOST", endpoint.to_owned())],
        _ => vec![(
            "AZURE_STORAGE_CONNECTION_STRING",
            // The key is "an invented key" in base64.
            format!("AccountName=invented;AccountKey=YW4gaW52ZW50ZWQga2V5;BlobEndpoint={endpoint}/invented"),
        )],
    };
    Settings::new(variables.into_iter().map(|(name, value)| (name.to_owned(), value)))
}

fn file(kind: Kind, endpoint: &str, bucket: &str) -> RemoteFile {
    let address = Address::parse(&format!("{}://{bucket}/clockify/sync.c1z", kind.scheme())).unwrap();
    RemoteFile::new(address, &settings(kind, endpoint)).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_made_fetched_and_replaced_on_conditions() {
    for kind in [Kind::Google, Kind::Azure] {
        let (double, endpoint) = Double::start(kind).await;
        let file = file(kind, &endpoint, "audits");
        file.check().await.unwrap();
        assert_eq!(double.content(), None, "{kind:?}: a check shows nothing");
        let here = Local::new();
        assert_eq!(file.fetch(&here.path()).await.unwrap(), None);
        file.put(&Local::of(b"first").path(), None).await.unwrap();
        let version = file.fetch(&here.path()).await.unwrap();
        assert_eq!(here.content(), b"first");
        file.put(&Local::of(b"second").path(), version.as_ref()).await.unwrap();
        assert_eq!(double.content().unwrap(), "second");

        let version = file.version().await.unwrap();
        double.overtake("theirs");
        for expected in [None, version.as_ref()] {
            let error = file.put(&Local::of(b"mine").path(), expected).await.unwrap_err();
            assert!(matches!(error, Error::Conflict { .. }), "{kind:?}: {error}");
        }
        assert_eq!(double.content().unwrap(), "theirs");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_bucket_and_missing_rights_are_told_apart() {
    for kind in [Kind::Google, Kind::Azure] {
        let (double, endpoint) = Double::start(kind).await;
        let error = file(kind, &endpoint, "nothing").check().await.unwrap_err();
        assert!(matches!(error, Error::NoBucket { .. }), "{kind:?}: {error}");
        let error = file(kind, &endpoint, "nothing").fetch(&Local::new().path()).await.unwrap_err();
        assert!(matches!(error, Error::NoBucket { .. }), "{kind:?}: {error}");
        *double.denied.lock().unwrap() = true;
        let error = file(kind, &endpoint, "audits").check().await.unwrap_err();
        assert!(matches!(error, Error::Denied { action: "write", .. }), "{kind:?}: {error}");
        assert!(error.hint().unwrap().contains("Storage"));
    }
}

#[test]
fn each_cloud_says_which_variables_it_misses_or_does_not_understand() {
    let with = |address: &str, variables: &[(&str, &str)]| {
        let own = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        RemoteFile::new(Address::parse(address).unwrap(), &Settings::new(own))
    };
    let error = with("az://audits/sync.c1z", &[]).unwrap_err();
    assert!(matches!(error, Error::Settings { .. }), "{error}");
    assert!(error.hint().unwrap().contains("AZURE_STORAGE_ACCOUNT"), "{error}");
    let error = with("az://audits/sync.c1z", &[("AZURE_STORAGE_CONNECTION_STRING", "secret")]).unwrap_err();
    assert!(
        error.to_string().contains("CONNECTION_STRING") && !error.to_string().contains("secret"),
        "{error}"
    );
    with("az://audits/sync.c1z", &[("AZURE_STORAGE_ACCOUNT", "a"), ("AZURE_STORAGE_KEY", "c2VjcmV0")])
        .unwrap();
    let missing = [("GOOGLE_APPLICATION_CREDENTIALS", "/nonexistent/key.json")];
    let error = with("gs://audits/sync.c1z", &missing).unwrap_err();
    assert!(error.to_string().contains("/nonexistent/key.json"), "{error}");
}
