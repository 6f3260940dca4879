//! A client for `chromedriver`: the few commands of W3C `WebDriver` that the tests need, and those of Chromium that see what a
//! page logs and requests. Plain JSON over HTTP, so it needs no crate that the workspace does not have.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

/// The Escape key, as `WebDriver` spells it.
pub(crate) const ESCAPE: char = '\u{e00c}';
/// The Tab key.
pub(crate) const TAB: char = '\u{e004}';
/// The Enter key.
pub(crate) const ENTER: char = '\u{e007}';

/// How long anything in the page may take to happen.
const PATIENCE: Duration = Duration::from_secs(10);

/// A browser with one window.
pub(crate) struct Browser {
    http: reqwest::Client,
    session: String,
    driver: Child,
    // The driver must not be left with nobody to talk to.
    _output: BufReader<ChildStdout>,
    // The profile is removed after the browser that uses it has gone.
    profile: TempDir,
}

impl Browser {
    /// Starts a browser without a window on the screen. The driver picks a free port and says which.
    pub(crate) async fn start() -> Self {
        let mut driver = Command::new("chromedriver")
            .args(["--port=0", "--log-level=SEVERE"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("chromedriver is installed");
        let mut output = BufReader::new(driver.stdout.take().unwrap());
        let port = (&mut output)
            .lines()
            .map_while(Result::ok)
            .find_map(|line| {
                let (_, port) = line.rsplit_once("started successfully on port ")?;
                port.trim_end_matches('.').parse::<u16>().ok()
            })
            .expect("chromedriver says its port");
        let profile = tempfile::tempdir().unwrap();
        let mut browser = Self {
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
            session: format!("http://127.0.0.1:{port}/session"),
            driver,
            _output: output,
            profile,
        };
        let arguments = [
            "--headless=new".to_owned(),
            "--no-sandbox".to_owned(),
            "--disable-gpu".to_owned(),
            "--disable-quic".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--no-first-run".to_owned(),
            "--disable-background-networking".to_owned(),
            "--disable-component-update".to_owned(),
            "--disable-sync".to_owned(),
            "--lang=en".to_owned(),
            // The driver clicks where an element was before the page had scrolled to it.
            "--force-prefers-reduced-motion".to_owned(),
            format!("--user-data-dir={}", browser.profile.path().display()),
        ];
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome",
            // A dialog that a page opens stays open, and every later command fails because of it.
            "unhandledPromptBehavior": "ignore",
            "goog:chromeOptions": { "args": arguments },
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
        } } });
        let answer = browser.post("", &wanted).await;
        browser.session = format!("{}/{}", browser.session, answer["sessionId"].as_str().unwrap());
        browser.size(1280, 900).await;
        browser
    }

    async fn post(&self, path: &str, body: &Value) -> Value {
        self.try_post(path, body).await.unwrap_or_else(|error| panic!("{path} {body}: {error}"))
    }

    async fn try_post(&self, path: &str, body: &Value) -> Result<Value, String> {
        let request = self.http.post(format!("{}{path}", self.session)).body(body.to_string());
        let answer = request.send().await.map_err(|error| error.to_string())?;
        let is_good = answer.status().is_success();
        let text = answer.text().await.map_err(|error| error.to_string())?;
        let mut answer: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        if is_good { Ok(answer["value"].take()) } else { Err(answer["value"]["message"].to_string()) }
    }

    /// Opens a page and waits until it is loaded.
    pub(crate) async fn open(&self, url: &str) {
        self.post("/url", &json!({ "url": url })).await;
    }

    /// What a function of JavaScript returns.
    pub(crate) async fn js(&self, body: &str) -> Value {
        self.post("/execute/sync", &json!({ "script": body, "args": [] })).await
    }

    /// What an expression is, as text.
    pub(crate) async fn text(&self, expression: &str) -> String {
        let value = self.js(&format!("return String({expression})")).await;
        value.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until an expression is true.
    #[track_caller]
    pub(crate) fn until<'b>(&'b self, expression: &str) -> impl Future<Output = ()> + use<'b> {
        let caller = std::panic::Location::caller();
        let expression = expression.to_owned();
        async move {
            let begun = Instant::now();
            while self.js(&format!("return Boolean({expression})")).await != Value::Bool(true) {
                assert!(begun.elapsed() < PATIENCE, "{caller}: never became true: {expression}");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    }

    /// Clicks as a person does: it must be visible, and nothing may lie over it.
    pub(crate) async fn click(&self, selector: &str) {
        let element = self.element(selector).await;
        self.post(&format!("/element/{element}/click"), &json!({})).await;
    }

    /// Types into a field.
    pub(crate) async fn type_into(&self, selector: &str, text: &str) {
        let element = self.element(selector).await;
        self.post(&format!("/element/{element}/clear"), &json!({})).await;
        self.post(&format!("/element/{element}/value"), &json!({ "text": text })).await;
    }

    async fn element(&self, selector: &str) -> String {
        let found = self.post("/element", &json!({ "using": "css selector", "value": selector })).await;
        let id = found.as_object().and_then(|object| object.values().next()).and_then(Value::as_str);
        id.unwrap_or_default().to_owned()
    }

    /// Presses keys, one after the other, wherever the focus is.
    pub(crate) async fn press(&self, keys: &[char]) {
        let strokes = keys.iter().flat_map(|key| {
            [json!({ "type": "keyDown", "value": key }), json!({ "type": "keyUp", "value": key })]
        });
        let strokes: Vec<_> = strokes.collect();
        let actions = json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": strokes }] });
        self.post("/actions", &actions).await;
    }

    pub(crate) async fn back(&self) {
        self.post("/back", &json!({})).await;
    }

    /// A command of Chromium's own protocol.
    pub(crate) async fn chromium(&self, command: &str, parameters: Value) -> Value {
        self.post("/goog/cdp/execute", &json!({ "cmd": command, "params": parameters })).await
    }

    pub(crate) async fn size(&self, width: u32, height: u32) {
        let metrics =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.chromium("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// What the system of the reader prefers: `light` or `dark`.
    pub(crate) async fn prefer(&self, scheme: &str) {
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.chromium("Emulation.setEmulatedMedia", features).await;
    }

    /// Keeps a picture of what is visible, or of the whole page.
    pub(crate) async fn screenshot(&self, name: &str, whole: bool) {
        let mut parameters = json!({ "format": "png", "captureBeyondViewport": whole });
        if whole {
            let metrics = self.chromium("Page.getLayoutMetrics", json!({})).await;
            let size = &metrics["cssContentSize"];
            parameters["clip"] =
                json!({ "x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1 });
        }
        let picture = self.chromium("Page.captureScreenshot", parameters).await;
        keep(&format!("{name}.png"), &decoded(picture["data"].as_str().unwrap()));
    }

    /// Prints into a PDF, and keeps it.
    pub(crate) async fn print(&self, name: &str) -> Vec<u8> {
        let parameters = json!({ "preferCSSPageSize": true, "printBackground": true });
        let printed = self.chromium("Page.printToPDF", parameters).await;
        let pdf = decoded(printed["data"].as_str().unwrap());
        keep(&format!("{name}.pdf"), &pdf);
        pdf
    }

    /// Everything the page said on its console since it was last asked; a policy that is broken is said there, too.
    pub(crate) async fn console(&self) -> Vec<String> {
        let entries = self.log("browser").await;
        entries.iter().map(|entry| entry["message"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// The addresses of everything that was requested since it was last asked.
    pub(crate) async fn requested(&self) -> Vec<String> {
        let entries = self.log("performance").await;
        let messages = entries.iter().filter_map(|entry| {
            serde_json::from_str::<Value>(entry["message"].as_str().unwrap_or_default()).ok()
        });
        messages
            .map(|mut message| message["message"].take())
            .filter(|message| message["method"] == "Network.requestWillBeSent")
            .map(|message| message["params"]["request"]["url"].as_str().unwrap_or_default().to_owned())
            .collect()
    }

    async fn log(&self, of: &str) -> Vec<Value> {
        let entries = self.post("/se/log", &json!({ "type": of })).await;
        entries.as_array().cloned().unwrap_or_default()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The browser goes with its driver.
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// Where pictures are kept for whoever looks at a run afterwards.
pub(crate) fn keep(name: &str, content: &[u8]) {
    let folder: PathBuf = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../report-screenshots");
    std::fs::create_dir_all(&folder).unwrap();
    c1z::atomic::write(&folder.join(name), content).unwrap();
}

/// Base64, as Chromium answers it.
fn decoded(text: &str) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(text).unwrap()
}
