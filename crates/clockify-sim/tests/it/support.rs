//! A plain HTTP client and the calls that every test makes.

use clockify_sim::{Content, Simulator};
use reqwest::Method;
use serde_json::Value;

/// The query that hides nobody and sorts by id.
pub(crate) const EVERYBODY: &str = "status=ALL&account-statuses=ACTIVE,PENDING_EMAIL_VERIFICATION,NOT_REGISTERED,\
LIMITED,LIMITED_DELETED,DELETED&sort-column=ID&sort-order=ASCENDING";

/// What came back.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub(crate) fn rows(&self) -> Vec<Value> {
        assert_eq!(self.status, 200, "{}", self.text);
        self.json().as_array().expect("lists are bare arrays").clone()
    }

    pub(crate) fn ids(&self) -> Vec<String> {
        self.column("id")
    }

    /// A field of every row; null reads as the empty text.
    pub(crate) fn column(&self, field: &str) -> Vec<String> {
        self.rows().iter().map(|row| row[field].as_str().unwrap_or_default().to_owned()).collect()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("headers are ASCII"))
    }

    /// Asserts an error in Clockify's form.
    pub(crate) fn assert_error(&self, status: u16, code: i64, message: &str) {
        assert_eq!(self.status, status, "{}", self.text);
        assert_eq!(self.json(), serde_json::json!({ "message": message, "code": code }));
        assert_eq!(self.header("content-type"), Some("application/json"));
    }
}

pub(crate) async fn start(content: impl Content) -> Simulator {
    Simulator::builder(content).start().await.expect("a free port")
}

pub(crate) async fn send(
    method: Method,
    url: &str,
    headers: &[(&str, &str)],
) -> Result<Reply, reqwest::Error> {
    let mut request = reqwest::Client::new().request(method, url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = request.send().await?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Ok(Reply { status, headers, text: response.text().await? })
}

/// Reads a path below the base address with the simulator's own key.
pub(crate) async fn try_get(simulator: &Simulator, path: &str) -> Result<Reply, reqwest::Error> {
    let url = format!("{}{path}", simulator.base_url());
    send(Method::GET, &url, &[("X-Api-Key", simulator.api_key())]).await
}

pub(crate) async fn get(simulator: &Simulator, path: &str) -> Reply {
    try_get(simulator, path).await.expect("an answer")
}

/// Reads a path below the simulated workspace.
pub(crate) async fn get_in(simulator: &Simulator, path: &str) -> Reply {
    get(simulator, &in_workspace(simulator, path)).await
}

pub(crate) fn in_workspace(simulator: &Simulator, path: &str) -> String {
    format!("/workspaces/{}{path}", simulator.workspace_id())
}
