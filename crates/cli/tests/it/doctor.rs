//! `doctor`: each thing that can be wrong is found, said with what to do, and hides nothing else.

use clockify_sim::{
    Action, ApiKey, Endpoint, Fault, FixedWorkspace, KeyRights, SeededWorkspace, Simulator, SimulatorBuilder,
};
use insta::{assert_snapshot, with_settings};
use serde_json::Value;

use crate::gateway::{Authority, Front, Proxy};
use crate::program::{KEY, Program, Ran};

fn demo() -> SimulatorBuilder {
    Simulator::builder(SeededWorkspace::demo()).api_key(KEY)
}

/// Examines, and makes sure that nothing is left behind and the key is not shown.
#[track_caller]
fn examine(program: &Program, arguments: &[&str]) -> Ran {
    let before = program.files();
    let ran = program.run(&[&["doctor"], arguments].concat());
    assert!(!said(&ran).contains(KEY) && !ran.stderr.contains(KEY));
    assert_eq!(program.files(), before);
    ran
}

#[track_caller]
fn shows(ran: &Ran, snapshot: &str) {
    let filters = [
        (r"127\.0\.0\.1:\d+", "LOOPBACK"),
        (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "TIME"),
        (r"is \d{4,} s ahead", "is MANY s ahead"),
    ];
    with_settings!({ filters => filters }, {
        assert_snapshot!(snapshot, ran.transcript());
    });
}

/// What is said, wherever the lines end.
fn said(ran: &Ran) -> String {
    ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The states of the checks, as programs read them.
#[track_caller]
fn states(program: &Program, arguments: &[&str]) -> Vec<(String, String)> {
    let ran = examine(program, &[&["-o", "json"], arguments].concat());
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(report["exit_code"].as_i64(), ran.code.map(i64::from));
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let checks = report["checks"].as_array().unwrap();
    checks.iter().map(|check| (text(&check["check"]), text(&check["state"]))).collect()
}

#[track_caller]
fn has(program: &Program, expected: &[(&str, &str)]) {
    let states = states(program, &[]);
    for (check, state) in expected {
        assert!(states.contains(&((*check).to_owned(), (*state).to_owned())), "{check}: {states:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_is_well() {
    let simulator = demo().start().await.unwrap();
    let program = Program::against(&simulator).set("BATON_CLOCKIFY_RATE_LIMIT", "10/s");
    shows(&examine(&program, &[]), "all_is_well");
    assert_eq!(simulator.requests().len(), 3);
    // A program gets the same.
    shows(&examine(&program, &["-o", "json"]), "all_is_well_for_programs");
    // With a sync of this workspace in place.
    program.run(&[]).succeeded();
    let ran = examine(&program, &[]);
    assert!(said(&ran).contains("it holds a sync of this workspace of 20"), "{}", ran.stdout);
    assert_eq!(ran.code, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_but_the_address_is_set() {
    let simulator = demo().start().await.unwrap();
    let program =
        Program::against(&simulator).unset("BATON_CLOCKIFY_API_KEY").unset("BATON_CLOCKIFY_WORKSPACE_ID");
    shows(&examine(&program, &[]), "nothing_but_the_address_is_set");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_workspace_id_is_missing_and_the_key_knows_some() {
    let simulator = demo().start().await.unwrap();
    let ran = examine(&Program::against(&simulator).unset("BATON_CLOCKIFY_WORKSPACE_ID"), &[]);
    shows(&ran, "the_workspace_id_is_missing");
    assert_eq!(ran.code, Some(3));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_is_wrong() {
    let simulator = demo().start().await.unwrap();
    let program = Program::against(&simulator).set("BATON_CLOCKIFY_API_KEY", "another-key");
    let ran = examine(&program, &[]);
    shows(&ran, "the_key_is_wrong");
    assert_eq!(ran.code, Some(16));
    assert_eq!(simulator.requests().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keys_owner_is_nobody_special() {
    let key = ApiKey { key: KEY.to_owned(), user: 20, rights: KeyRights::Regular };
    let simulator = Simulator::builder(SeededWorkspace::demo()).key(key).start().await.unwrap();
    let ran = examine(&Program::against(&simulator), &[]);
    shows(&ran, "the_keys_owner_is_nobody_special");
    assert_eq!(ran.code, Some(7));
    assert_eq!(simulator.requests().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_workspace_is_suspended() {
    let mut content = FixedWorkspace::copy_of(&SeededWorkspace::demo());
    content.workspace.suspended = Some(406);
    let simulator = Simulator::builder(content).api_key(KEY).start().await.unwrap();
    let ran = examine(&Program::against(&simulator), &[]);
    assert_eq!(ran.code, Some(9), "{}", ran.transcript());
    assert!(said(&ran).contains("its owner has to settle that with Clockify"), "{}", ran.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_workspace_is_unknown() {
    let simulator = demo().start().await.unwrap();
    let program = Program::against(&simulator).set("BATON_CLOCKIFY_WORKSPACE_ID", "66b0c1d2e4f5a6978812aaff");
    let ran = examine(&program, &[]);
    shows(&ran, "the_workspace_is_unknown");
    assert_eq!(ran.code, Some(5));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_answers_with_a_web_page() {
    let simulator = demo().fault(Fault::on(Endpoint::CurrentUser, Action::Html)).start().await.unwrap();
    let program = Program::against(&simulator);
    has(&program, &[("tls", "ok"), ("key", "failed"), ("workspace", "skipped"), ("output", "ok")]);
    assert_eq!(examine(&program, &[]).code, Some(3));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_quota_is_used_up() {
    for (endpoint, key) in [(Endpoint::CurrentUser, "skipped"), (Endpoint::Workspace, "ok")] {
        let refusal = Fault::on(endpoint, Action::too_many_requests(Some(1800)));
        let simulator = demo().fault(refusal).start().await.unwrap();
        let program = Program::against(&simulator);
        has(&program, &[("key", key), ("role", "skipped"), ("rate-limit", "failed"), ("clock", "ok")]);
        let asked = simulator.requests().len();
        let ran = examine(&program, &[]);
        assert_eq!(ran.code, Some(14));
        assert!(said(&ran).contains("wait 1800 s, as Clockify asks"), "{}", ran.stdout);
        assert_eq!(simulator.requests().len(), 2 * asked, "a refusal is not tried again");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_workspace_on_the_free_plan_is_warned_of_its_quota() {
    let mut content = FixedWorkspace::copy_of(&SeededWorkspace::new(3).users(600));
    content.workspace.plan = Some("FREE".to_owned());
    content.workspace.features.clear();
    let announced = Action::Header { name: "X-RateLimit-Remaining".to_owned(), value: "17".to_owned() };
    let announced = Fault::on(Endpoint::Workspaces, announced);
    let simulator = Simulator::builder(content).api_key(KEY).fault(announced).start().await.unwrap();
    let program = Program::against(&simulator).set("BATON_PAGE_SIZE", "20");
    let ran = examine(&program, &[]);
    shows(&ran, "a_large_workspace_on_the_free_plan");
    assert_eq!(ran.code, Some(0));
    // At this pace nothing exceeds the quota, and with larger pages a sync fits into it.
    has(&program.set("BATON_CLOCKIFY_RATE_LIMIT", "30/h"), &[("rate-limit", "ok")]);
    has(&Program::against(&simulator).set("BATON_PAGE_SIZE", "200"), &[("rate-limit", "ok")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clocks_are_apart() {
    let date = |value: &str| Action::Header { name: "Date".to_owned(), value: value.to_owned() };
    let long_ago = date("Tue, 03 Nov 2020 08:00:00 GMT");
    let simulator = demo().fault(Fault::on(Endpoint::CurrentUser, long_ago)).start().await.unwrap();
    let ran = examine(&Program::against(&simulator), &[]);
    shows(&ran, "the_clocks_are_apart");
    assert_eq!(ran.code, Some(0), "a sync works all the same");

    let later = date("Wed, 03 Nov 2190 08:00:00 GMT");
    let simulator = demo().fault(Fault::on(Endpoint::CurrentUser, later)).start().await.unwrap();
    let ran = examine(&Program::against(&simulator), &[]);
    assert!(said(&ran).contains(" s behind the"), "{}", ran.stdout);
    assert!(simulator.unfired().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_name_leads_nowhere() {
    let simulator = demo().start().await.unwrap();
    // This top-level domain is kept free for such purposes (RFC 2606).
    let program = Program::against(&simulator)
        .set("BATON_CLOCKIFY_BASE_URL", "https://clockify.invalid/api/v1")
        .set("BATON_CLOCKIFY_TRUSTED_HOST", "clockify.invalid");
    has(&program, &[("configuration", "ok"), ("dns", "failed"), ("tls", "skipped"), ("output", "ok")]);
    let ran = examine(&program, &[]);
    assert_eq!(ran.code, Some(14));
    assert!(said(&ran).contains("no request to Clockify"), "{}", ran.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_listens() {
    let simulator = demo().start().await.unwrap();
    let program = Program::against(&simulator);
    simulator.shutdown().await.unwrap();
    has(
        &program,
        &[("dns", "ok"), ("tls", "failed"), ("key", "skipped"), ("clock", "skipped"), ("output", "ok")],
    );
    let ran = examine(&program, &[]);
    assert_eq!(ran.code, Some(14));
    // It is the connection that is missing, and the key may be right.
    assert!(said(&ran).contains("skipped role there is no connection"), "{}", ran.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_skipped_says_what_stood_in_the_way() {
    for (action, why) in [
        (Action::too_many_requests(Some(1800)), "Clockify answers 429"),
        (Action::Html, "the key's own account cannot be read"),
    ] {
        let simulator = demo().fault(Fault::on(Endpoint::CurrentUser, action)).start().await.unwrap();
        let ran = examine(&Program::against(&simulator), &[]);
        for check in ["workspace", "role", "plan"] {
            assert!(said(&ran).contains(&format!("skipped {check} {why}")), "{}", ran.stdout);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_vouches_for_the_server() {
    let (authority, simulator) = (Authority::new(), demo().start().await.unwrap());
    let front = Front::start(&authority, "localhost", &simulator).await;
    let address = format!("https://localhost:{}/api/v1", front.address.port());
    let program = Program::against(&simulator).set("BATON_CLOCKIFY_BASE_URL", &address);
    let ran = examine(&program, &[]);
    assert_eq!(ran.code, Some(14), "{}", ran.transcript());
    assert!(said(&ran).contains("--ca-cert FILE"), "{}", ran.stdout);
    assert!(simulator.requests().is_empty());
    let ran = examine(&program, &["--ca-cert", authority.file()]);
    assert_eq!(ran.code, Some(0), "{}", ran.transcript());
    let well = "the certificate of localhost is accepted (the system's roots and those of --ca-cert)";
    assert!(said(&ran).contains(well), "{}", ran.stdout);
    let program = program.set("SSL_CERT_FILE", "/nonexistent/roots.pem");
    let ran = examine(&program, &["--ca-cert", authority.file()]);
    assert!(said(&ran).contains("warning tls "), "{}", ran.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn several_things_are_wrong_and_all_are_said() {
    let simulator = demo().start().await.unwrap();
    let program = Program::against(&simulator)
        .set("BATON_CLOCKIFY_API_KEY", "another-key")
        .set("BATON_PAGE_SIZE", "0")
        .set("BATON_FILE", "nowhere/sync.c1z");
    let ran = examine(&program, &[]);
    shows(&ran, "several_things_are_wrong");
    assert_eq!(ran.code, Some(3), "that of the first");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_output_is_of_another_workspace_or_none() {
    let other = Simulator::builder(SeededWorkspace::new(9)).api_key(KEY).start().await.unwrap();
    let simulator = demo().start().await.unwrap();
    let program = Program::against(&other);
    program.run(&[]).succeeded();
    let program = program
        .set("BATON_CLOCKIFY_WORKSPACE_ID", &simulator.workspace_id())
        .set("BATON_CLOCKIFY_BASE_URL", &simulator.base_url());
    let ran = examine(&program, &[]);
    assert_eq!(ran.code, Some(9), "{}", ran.transcript());
    assert!(said(&ran).contains("the output holds syncs of another source"), "{}", ran.stdout);

    #[expect(clippy::disallowed_methods, reason = "a test's own file")]
    std::fs::write(program.output(), "somebody's letter").unwrap();
    let ran = examine(&program, &[]);
    assert_eq!(ran.code, Some(9), "{}", ran.transcript());
    assert!(said(&ran).contains("failed output "), "{}", ran.stdout);
    assert_eq!(std::fs::read(program.output()).unwrap(), b"somebody's letter");
}

const GLOBAL: &str = "api.clockify.me";
const ELSEWHERE: [&str; 4] =
    ["euc1.clockify.me", "use2.clockify.me", "euw2.clockify.me", "apse2.clockify.me"];

/// Clockify's hosts, one of which knows the key, behind one proxy.
struct World {
    authority: Authority,
    knows: Simulator,
    refuses: Simulator,
    fronts: Vec<Front>,
    proxy: Proxy,
}

impl World {
    async fn new(right: &str) -> Self {
        let authority = Authority::new();
        let knows = demo().start().await.unwrap();
        let refuses =
            Simulator::builder(SeededWorkspace::new(9)).api_key("a-key-of-here").start().await.unwrap();
        let mut fronts = Vec::new();
        let mut ways = Vec::new();
        for host in [GLOBAL].iter().chain(&ELSEWHERE).chain(&["acme.clockify.me"]) {
            let behind = if *host == right { &knows } else { &refuses };
            let front = Front::start(&authority, host, behind).await;
            ways.push((format!("{host}:443"), front.address));
            fronts.push(front);
        }
        let ways: Vec<_> = ways.iter().map(|(to, way)| (to.as_str(), *way)).collect();
        let proxy = Proxy::start(&ways, None).await;
        Self { authority, knows, refuses, fronts, proxy }
    }

    fn program(&self) -> Program {
        assert_eq!(self.fronts.len(), 6);
        Program::against(&self.knows)
            .unset("BATON_CLOCKIFY_BASE_URL")
            .set("HTTPS_PROXY", &format!("http://{}", self.proxy.address))
            .set("BATON_CA_CERT", self.authority.file())
    }

    /// The hosts that were connected to, in order.
    fn asked(&self) -> Vec<String> {
        let host = |line: String| line.split([' ', ':']).nth(1).unwrap().to_owned();
        let mut hosts: Vec<_> = self.proxy.asked().into_iter().map(host).collect();
        hosts.dedup();
        hosts
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_stays_with_the_configured_host_unless_asked_for() {
    let world = World::new("use2.clockify.me").await;
    let ran = examine(&world.program(), &[]);
    assert_eq!(ran.code, Some(16), "{}", ran.transcript());
    assert!(said(&ran).contains("--find-base-url"), "{}", ran.stdout);
    assert_eq!(world.asked(), [GLOBAL]);
    assert_eq!((world.refuses.requests().len(), world.knows.requests().len()), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_address_that_takes_the_key_is_found() {
    let world = World::new("use2.clockify.me").await;
    let ran = examine(&world.program(), &["--find-base-url"]);
    let filters = [(r"127\.0\.0\.1:\d+", "LOOPBACK")];
    with_settings!({ filters => filters }, {
        assert_snapshot!("the_address_that_takes_the_key_is_found", ran.transcript());
    });
    assert_eq!(ran.code, Some(16), "with what is configured a sync still fails");
    assert_eq!(world.asked(), [GLOBAL, "euc1.clockify.me", "use2.clockify.me"]);
    assert!(!world.proxy.saw(KEY));
    // Once it is set, all is well.
    let program = world.program().set("BATON_CLOCKIFY_BASE_URL", "https://use2.clockify.me/api/v1");
    assert_eq!(examine(&program, &["--find-base-url"]).code, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_subdomain_that_was_named_is_asked_first() {
    let world = World::new("acme.clockify.me").await;
    for named in ["acme", "https://acme.clockify.me/"] {
        let ran = examine(&world.program(), &["--find-base-url", "--subdomain", named]);
        assert!(
            said(&ran).contains("set --clockify-base-url https://acme.clockify.me/api/v1"),
            "{}",
            ran.stdout
        );
    }
    assert_eq!(world.asked(), [GLOBAL, "acme.clockify.me", GLOBAL, "acme.clockify.me"]);
    for wrong in ["", "acme.example", "a/b", "a@b", "evil.example/#"] {
        let ran = examine(&world.program(), &["--find-base-url", "--subdomain", wrong]);
        assert_eq!(ran.code, Some(3), "{wrong}: {}", ran.transcript());
    }
    assert_eq!(world.asked().len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_address_takes_the_key() {
    let world = World::new("nobody.clockify.me").await;
    let ran = examine(&world.program(), &["--find-base-url"]);
    assert_eq!(ran.code, Some(16), "{}", ran.transcript());
    assert!(said(&ran).contains("no address takes the key"), "{}", ran.stdout);
    assert_eq!(world.asked().len(), 1 + ELSEWHERE.len());
    assert_eq!(world.refuses.requests().len(), 5, "one request each");
}
