//! A collector of traces and logs: whether it is sent anything, and that nothing depends on it.

use std::io::Read as _;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use c1_sim::TaskScript;

use crate::parts::{Running, c1, clockify, done, service};
use crate::program::Program;

fn exporting(program: Program, listener: &TcpListener) -> Program {
    let address = listener.local_addr().unwrap().to_string();
    program
        .set("BATON_OTEL_COLLECTOR_ENDPOINT", &address)
        .set("BATON_OTEL_COLLECTOR_ENDPOINT_TLS_INSECURE", "true")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_is_spoken_to_in_http_2() {
    let (clockify, c1) = (clockify([]).await, c1().await);
    c1.script(TaskScript::sync());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let program = exporting(service(&clockify, &c1), &listener);
    let heard = tokio::task::spawn_blocking(move || {
        let mut preface = [0; 14];
        listener.accept().unwrap().0.read_exact(&mut preface).unwrap();
        preface
    });
    let running = Running::start(&program);
    done(&c1).await;
    running.end();
    // RFC 9113, section 3.4.
    assert_eq!(&heard.await.unwrap(), b"PRI * HTTP/2.0");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_is_silent_or_away_hinders_nothing() {
    for is_away in [false, true] {
        let (clockify, c1) = (clockify([]).await, c1().await);
        c1.script(TaskScript::sync());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let program = exporting(service(&clockify, &c1), &listener);
        // One that takes connections and never answers, or none.
        let _silent = (!is_away).then_some(listener);
        let running = Running::start(&program);
        done(&c1).await;
        let begun = Instant::now();
        running.end();
        // It may wait three seconds for what was not sent.
        assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
        assert_eq!(c1.violations(), []);
    }
}
