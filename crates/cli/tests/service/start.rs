//! The first words: who the connector says it is, what it puts up with, and what ends it.

use std::collections::BTreeSet;

use c1_sim::{Action, Endpoint, Fault, TaskScript};

use crate::parts::{Running, c1, calls, clockify, done, service};

#[tokio::test(flavor = "multi_thread")]
async fn it_says_honestly_what_it_is() {
    let (clockify, c1) = (clockify([]).await, c1().await);
    c1.script(TaskScript::sync());
    let program = service(&clockify, &c1);
    let running = Running::start(&program);
    done(&c1).await;
    running.end();
    let seen = c1.seen();
    for request in &seen.requests {
        assert!(request.user_agent.contains("baton-clockify"), "{request:?}");
        assert!(!request.user_agent.contains("baton-sdk"), "{request:?}");
        assert!(["1.2", "1.3"].contains(&&*request.tls), "{request:?}");
    }
    let hosts: BTreeSet<_> = seen
        .requests
        .iter()
        .filter(|request| request.endpoint != Endpoint::Token)
        .map(|r| &*r.host)
        .collect();
    assert_eq!(hosts, BTreeSet::from(["replica-1"]));
    let hello = &seen.hellos[0].message;
    let build = hello.build_info.as_ref().unwrap();
    assert_eq!((&*build.package, &*build.package_version), ("baton-clockify", env!("CARGO_PKG_VERSION")));
    let metadata = hello.connector_metadata.as_ref().unwrap();
    let capabilities = metadata.capabilities.as_ref().unwrap();
    let kinds: BTreeSet<_> = capabilities
        .resource_type_capabilities
        .iter()
        .map(|capability| &*capability.resource_type.as_ref().unwrap().id)
        .collect();
    assert!(kinds.is_superset(&BTreeSet::from(["group", "role", "user"])), "{kinds:?}");
    // 2 is "sync".
    assert!(capabilities.connector_capabilities.contains(&2));
    assert_eq!(c1.violations(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_greeting_is_tried_again_while_there_is_hope() {
    let (clockify, c1) = (clockify([]).await, c1().await);
    c1.fault(Fault::once(Endpoint::Hello, 1, Action::grpc(14, "away")));
    c1.fault(Fault::once(Endpoint::Hello, 1, Action::Reset));
    c1.script(TaskScript::sync());
    let program = service(&clockify, &c1);
    let running = Running::start(&program);
    done(&c1).await;
    running.end();
    assert_eq!((calls(&c1, Endpoint::Hello), c1.unfired(), c1.violations()), (3, vec![], vec![]));
}

#[tokio::test(flavor = "multi_thread")]
async fn some_answers_to_a_greeting_end_the_program_with_their_number() {
    let (clockify, c1) = (clockify([]).await, c1().await);
    let program = service(&clockify, &c1);
    for code in [3, 5, 7, 9, 12] {
        c1.clear_faults();
        c1.fault(Fault::on(Endpoint::Hello, Action::grpc(code, "no")));
        let before = calls(&c1, Endpoint::Hello);
        let ran = program.run(&[]);
        assert_eq!(ran.code, Some(code), "{}", ran.stderr);
        assert_eq!(calls(&c1, Endpoint::Hello) - before, 1, "it is given up at once");
    }
    assert_eq!(clockify.requests().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_credentials_end_it_with_16_and_a_hint() {
    let (clockify, c1) = (clockify([]).await, c1().await);
    let wrong = c1.wrong_credentials();
    let ran = service(&clockify, &c1).set("BATON_CLIENT_SECRET", &wrong.client_secret).run(&[]);
    assert_eq!(ran.code, Some(16), "{}", ran.stderr);
    assert!(ran.stderr.contains("hint: ") && ran.stderr.contains("BATON_CLIENT_SECRET"), "{}", ran.stderr);
    let secret = wrong.client_secret.rsplit(':').next().unwrap();
    assert!(!ran.stderr.contains(secret) && !ran.stdout.contains(secret));
    assert_eq!((calls(&c1, Endpoint::Hello), clockify.requests().len(), c1.violations()), (0, 0, vec![]));
}
