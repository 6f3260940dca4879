//! The way out: proxies, and root certificates besides the system's, for Clockify and for C1.

use std::net::SocketAddr;

use c1_sim::{C1Sim, Options, TaskKind, TaskScript};
use clockify_sim::{SeededWorkspace, Simulator};

use crate::gateway::{Authority, Front, Proxy};
use crate::program::{KEY, Program, Ran};

const HOST: &str = "api.clockify.me";
const PLACE: &str = "api.clockify.me:443";

async fn clockify() -> Simulator {
    Simulator::builder(SeededWorkspace::demo()).api_key(KEY).start().await.unwrap()
}

/// Set up as for Clockify's real host.
fn program(simulator: &Simulator) -> Program {
    Program::against(simulator).unset("BATON_CLOCKIFY_BASE_URL")
}

fn proxied(program: Program, proxy: &Proxy) -> Program {
    program.set("HTTPS_PROXY", &format!("http://{}", proxy.address))
}

#[track_caller]
fn hides_the_key(ran: &Ran) {
    assert!(!ran.stdout.contains(KEY) && !ran.stderr.contains(KEY));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_goes_through_a_proxy_which_sees_the_host_and_nothing_of_what_is_said() {
    let (authority, simulator) = (Authority::new(), clockify().await);
    let front = Front::start(&authority, HOST, &simulator).await;
    let proxy = Proxy::start(&[(PLACE, front.address)], Some("jo:open sesame")).await;
    let program = program(&simulator)
        .set("HTTPS_PROXY", &format!("http://jo:open%20sesame@{}", proxy.address))
        .set("BATON_CA_CERT", authority.file());
    let ran = program.run(&["--log-level", "debug"]).succeeded();
    hides_the_key(&ran);
    assert!(!ran.stderr.contains("sesame"), "{}", ran.stderr);
    let asked = proxy.asked();
    assert!(
        !asked.is_empty() && asked.iter().all(|line| line == "CONNECT api.clockify.me:443 HTTP/1.1"),
        "{asked:?}"
    );
    assert!(!proxy.saw(KEY) && !proxy.saw(&simulator.workspace_id()) && !proxy.saw("x-api-key"));
    assert!(simulator.requests().len() > 3);
    assert!(program.output().exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_refuses_is_named_with_what_to_look_at() {
    let (authority, simulator) = (Authority::new(), clockify().await);
    let front = Front::start(&authority, HOST, &simulator).await;
    let proxy = Proxy::start(&[(PLACE, front.address)], Some("jo:right")).await;
    let program = program(&simulator)
        .set("HTTPS_PROXY", &format!("http://jo:wrong@{}", proxy.address))
        .set("BATON_CA_CERT", authority.file());
    let ran = program.run(&[]);
    assert_eq!(ran.code, Some(14), "{}", ran.transcript());
    assert!(ran.stderr.contains("HTTPS_PROXY") && !ran.stderr.contains("wrong"), "{}", ran.stderr);
    assert!(simulator.requests().is_empty());
    hides_the_key(&ran);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authority_that_nobody_named_is_refused_before_the_key_is_sent() {
    let (authority, simulator) = (Authority::new(), clockify().await);
    let front = Front::start(&authority, HOST, &simulator).await;
    let proxy = Proxy::start(&[(PLACE, front.address)], None).await;
    let other = Authority::new();
    for named in [None, Some(other.file())] {
        let program = proxied(program(&simulator), &proxy);
        let program = if let Some(named) = named { program.set("BATON_CA_CERT", named) } else { program };
        let ran = program.run(&[]);
        assert_eq!(ran.code, Some(14), "{}", ran.transcript());
        let said = "the certificate of api.clockify.me is issued by nobody whom this machine trusts";
        assert!(ran.stderr.contains(said) && ran.stderr.contains("--ca-cert"), "{}", ran.stderr);
        assert!(!program.output().exists());
    }
    assert!(simulator.requests().is_empty());
    assert_eq!(proxy.asked().len(), 2, "what a certificate says does not change by asking again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_for_another_host_is_refused() {
    let (authority, simulator) = (Authority::new(), clockify().await);
    let front = Front::start(&authority, "clockify.example", &simulator).await;
    let proxy = Proxy::start(&[(PLACE, front.address)], None).await;
    let program = proxied(program(&simulator), &proxy).set("BATON_CA_CERT", authority.file());
    let ran = program.run(&[]);
    assert_eq!(ran.code, Some(14), "{}", ran.transcript());
    assert!(ran.stderr.contains("is for another host"), "{}", ran.stderr);
    assert!(simulator.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_variable_and_the_flag_add_to_each_other() {
    let simulator = clockify().await;
    let [one, other] = [Authority::new(), Authority::new()];
    for server in [&one, &other] {
        let front = Front::start(server, HOST, &simulator).await;
        let proxy = Proxy::start(&[(PLACE, front.address)], None).await;
        let program = proxied(program(&simulator), &proxy).set("SSL_CERT_FILE", one.file());
        program.run(&["--ca-cert", other.file()]).succeeded();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_variable_that_names_nothing_is_said_to() {
    let (authority, simulator) = (Authority::new(), clockify().await);
    let front = Front::start(&authority, HOST, &simulator).await;
    let proxy = Proxy::start(&[(PLACE, front.address)], None).await;
    let program = proxied(program(&simulator), &proxy)
        .set("SSL_CERT_FILE", "/nonexistent/roots.pem")
        .set("BATON_CA_CERT", authority.file());
    let ran = program.run(&[]).succeeded();
    assert!(
        ran.stderr.contains("SSL_CERT_FILE names /nonexistent/roots.pem, which cannot be read"),
        "{}",
        ran.stderr
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_file_of_the_flag_must_hold_certificates() {
    let simulator = clockify().await;
    let missing = Program::against(&simulator).run(&["--ca-cert", "/nonexistent/roots.pem"]);
    let key = Authority::new();
    std::fs::File::create(key.path()).unwrap();
    let empty = Program::against(&simulator).run(&["schedule", "--every", "1h", "--ca-cert", key.file()]);
    for (ran, said) in [
        (missing, "field ca-cert: cannot read /nonexistent/roots.pem"),
        (empty, "field ca-cert: there is no PEM certificate in "),
    ] {
        assert_eq!(ran.code, Some(3), "{}", ran.transcript());
        assert!(ran.stderr.contains(said), "{}", ran.stderr);
    }
    assert!(simulator.requests().is_empty());
}

/// With every variable that names a proxy set to one.
fn surrounded(program: Program, proxy: &Proxy) -> Program {
    let proxy = format!("http://{}", proxy.address);
    ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY"]
        .into_iter()
        .fold(program, |program, name| program.set(name, &proxy))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_on_this_machine_is_reached_without_a_proxy() {
    let (authority, simulator) = (Authority::new(), clockify().await);
    let front = Front::start(&authority, "localhost", &simulator).await;
    let proxy = Proxy::start(&[], None).await;
    surrounded(Program::against(&simulator), &proxy).run(&[]).succeeded();
    let address = format!("https://localhost:{}/api/v1", front.address.port());
    let program = surrounded(Program::against(&simulator), &proxy)
        .set("BATON_CLOCKIFY_BASE_URL", &address)
        .set("BATON_CA_CERT", authority.file());
    program.run(&[]).succeeded();
    assert_eq!(proxy.asked(), [] as [String; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn hosts_that_are_excepted_are_reached_without_a_proxy() {
    let simulator = clockify().await;
    let proxy = Proxy::start(&[], None).await;
    // A name that leads nowhere, so that nothing can be reached in either way.
    let named = || {
        surrounded(Program::against(&simulator), &proxy)
            .set("BATON_CLOCKIFY_BASE_URL", "https://api.clockify.invalid/api/v1")
            .set("BATON_CLOCKIFY_TRUSTED_HOST", "api.clockify.invalid")
    };
    for excepted in [
        "api.clockify.invalid",
        "clockify.invalid",
        ".clockify.invalid",
        "other.example,clockify.invalid",
        "*",
    ] {
        let ran = named().set("NO_PROXY", excepted).run(&[]);
        assert_eq!(ran.code, Some(14), "{}", ran.transcript());
        assert_eq!(proxy.asked(), [] as [String; 0], "{excepted}");
    }
    named().set("NO_PROXY", "other.example,fy.invalid").run(&[]);
    let asked = proxy.asked();
    assert!(
        !asked.is_empty() && asked.iter().all(|line| line.starts_with("CONNECT api.clockify.invalid:443 "))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn c1_is_reached_in_the_same_way() {
    let simulator = clockify().await;
    let c1 = C1Sim::start(Options::default()).await.unwrap();
    let credentials = c1.credentials();
    // name@host/path
    let host = credentials.client_id.split(['@', '/']).nth(1).unwrap().to_owned();
    assert!(!host.contains(':') && host.contains('.'), "{host}");
    let there: SocketAddr = c1.address().parse().unwrap();
    let proxy = Proxy::start(&[(&format!("{host}:443"), there)], Some("jo:sesame")).await;
    c1.script(TaskScript::new(TaskKind::Hello));
    let program = Program::against(&simulator)
        .set("BATON_CLIENT_ID", &credentials.client_id)
        .set("BATON_CLIENT_SECRET", &credentials.client_secret)
        .set("HTTPS_PROXY", &format!("http://jo:sesame@{}", proxy.address))
        .set("BATON_CA_CERT", c1.ca_file().to_str().unwrap());
    let mut service = program.start(&[]);
    let spoken = c1.wait_until(std::time::Duration::from_secs(60), |c1| !c1.seen().requests.is_empty()).await;
    let _ = service.kill();
    let _ = service.wait();
    assert!(spoken, "{:?}", proxy.asked());
    let expected = format!("CONNECT {host}:443 HTTP/1.1");
    assert!(proxy.asked().iter().all(|line| *line == expected), "{:?}", proxy.asked());
    assert!(!proxy.saw(KEY) && !proxy.saw("client_assertion"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socks_proxy_is_refused_at_the_start() {
    let program = || {
        Program::bare()
            .set("BATON_CLOCKIFY_API_KEY", KEY)
            .set("BATON_CLOCKIFY_WORKSPACE_ID", "66b0c1d2e4f5a6978812aa00")
    };
    let socks = "socks5://jo:sesame@127.0.0.1:9";
    for variable in ["HTTPS_PROXY", "all_proxy"] {
        let ran = program().set(variable, socks).run(&[]);
        let said = format!(
            "error: {variable} names a proxy of the kind socks5, and only HTTP proxies can be used\n"
        );
        assert!(ran.code == Some(3) && ran.stderr.contains(&said), "{}", ran.stderr);
        assert!(!ran.stderr.contains("sesame") && ran.stderr.contains(&format!("hint: set {variable} to")));
    }
    // The workspace is on this machine, and what is not is the object store.
    let simulator = clockify().await;
    let ran = Program::against(&simulator)
        .set("HTTPS_PROXY", socks)
        .set("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
        .set("AWS_SECRET_ACCESS_KEY", "secret")
        .run(&["--file", "s3://bucket/sync.c1z"]);
    let said = "error: s3://bucket/sync.c1z cannot be reached: HTTPS_PROXY names a proxy of the kind socks5";
    assert!(ran.code == Some(3) && ran.stderr.contains(said), "{}", ran.stderr);
    assert!(simulator.requests().is_empty());
    // And C1.
    let c1 = C1Sim::start(Options::default()).await.unwrap();
    let credentials = c1.credentials();
    let ran = Program::against(&simulator)
        .set("BATON_CLIENT_ID", &credentials.client_id)
        .set("BATON_CLIENT_SECRET", &credentials.client_secret)
        .set("HTTPS_PROXY", socks)
        .run(&[]);
    let said = "error: HTTPS_PROXY names a proxy of the kind socks5";
    assert!(ran.code == Some(3) && ran.stderr.contains(said), "{}", ran.stderr);
}
