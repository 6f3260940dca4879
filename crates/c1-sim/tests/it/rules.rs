//! The rules of the messages, each at its edge: the last value that is accepted and the first that is not.

use std::fmt::Debug;

use baton_proto::c1::connector::v2::{
    AssetRef, ConnectorCapabilities, ConnectorMetadata, CredentialDetailsCredentialIssue,
    CredentialIssueOptionDescriptor, KeyGenerationProfile, ResourceType, ResourceTypeCapability,
    key_generation_profile::Parameters,
};
use baton_proto::c1::connectorapi::baton::v1::{BatonServiceHelloRequest, StartDebuggingRequest};
use c1_sim::{C1Sim, TaskScript};
use tonic::{Code, Status};

use crate::client::{Stub, ready, refused, start, with};
use crate::messages::{HOST, error, get_task, get_tasks, heartbeat, hello, success};

/// A text of a greeting.
type Field = fn(&mut BatonServiceHelloRequest) -> &mut String;
/// Something that breaks a rule.
type Spoil = fn(&mut ConnectorMetadata);

/// Asserts that a call was refused for a field, and that the breach was taken down.
fn broke<T: Debug>(sim: &C1Sim, result: Result<T, Status>, field: &str) {
    let (code, message) = refused(result);
    assert_eq!(code, Code::InvalidArgument, "{message}");
    assert!(message.starts_with(&format!("{field}: ")), "{field}: {message}");
    let last = sim.violations().last().cloned().expect("a violation");
    assert_eq!((last.what, last.refused), (message, true));
}

async fn say(
    stub: &mut Stub,
    token: &str,
    change: impl FnOnce(&mut BatonServiceHelloRequest),
) -> Result<(), Status> {
    let mut request = hello("");
    change(&mut request);
    stub.hello(with(token, request)).await.map(drop)
}

async fn introduce(
    stub: &mut Stub,
    token: &str,
    change: impl FnOnce(&mut ConnectorMetadata),
) -> Result<(), Status> {
    say(stub, token, |request| change(request.connector_metadata.as_mut().unwrap())).await
}

fn kind(id: &str) -> ResourceType {
    ResourceType { id: id.to_owned(), ..ResourceType::default() }
}

fn capable(kind: ResourceType) -> ConnectorCapabilities {
    let capability =
        ResourceTypeCapability { resource_type: Some(kind), ..ResourceTypeCapability::default() };
    ConnectorCapabilities { resource_type_capabilities: vec![capability], ..ConnectorCapabilities::default() }
}

#[tokio::test]
async fn hello_keeps_to_the_lengths() {
    let sim = start().await;
    let (mut stub, token) = ready(&sim).await;
    say(&mut stub, &token, |_| ()).await.unwrap();
    // Characters, not bytes.
    let (long, longer) = ("ä".repeat(256), "ä".repeat(257));
    say(&mut stub, &token, |request| {
        request.host_id.clone_from(&long);
        request.build_info.as_mut().unwrap().package.clone_from(&long);
        request.os_info.as_mut().unwrap().kernel_arch.clone_from(&long);
        request.annotations = vec![prost_types::Any::default(); 16];
    })
    .await
    .unwrap();
    assert_eq!(sim.violations(), []);

    broke(&sim, say(&mut stub, &token, |request| request.host_id.clear()).await, "host_id");
    broke(&sim, say(&mut stub, &token, |request| request.host_id.clone_from(&longer)).await, "host_id");
    broke(&sim, say(&mut stub, &token, |request| "x".clone_into(&mut request.task_id)).await, "task_id");
    let many = vec![prost_types::Any::default(); 17];
    broke(&sim, say(&mut stub, &token, |request| request.annotations = many).await, "annotations");
    broke(
        &sim,
        say(&mut stub, &token, |request| request.connector_metadata = None).await,
        "connector_metadata",
    );

    let fields: [(&str, Field); 11] = [
        ("build_info.lang_version", |request| &mut request.build_info.as_mut().unwrap().lang_version),
        ("build_info.package", |request| &mut request.build_info.as_mut().unwrap().package),
        ("build_info.package_version", |request| &mut request.build_info.as_mut().unwrap().package_version),
        ("os_info.hostname", |request| &mut request.os_info.as_mut().unwrap().hostname),
        ("os_info.os", |request| &mut request.os_info.as_mut().unwrap().os),
        ("os_info.platform", |request| &mut request.os_info.as_mut().unwrap().platform),
        ("os_info.platform_version", |request| &mut request.os_info.as_mut().unwrap().platform_version),
        ("os_info.platform_family", |request| &mut request.os_info.as_mut().unwrap().platform_family),
        ("os_info.kernel_version", |request| &mut request.os_info.as_mut().unwrap().kernel_version),
        ("os_info.kernel_arch", |request| &mut request.os_info.as_mut().unwrap().kernel_arch),
        ("os_info.virtualization_system", |request| {
            &mut request.os_info.as_mut().unwrap().virtualization_system
        }),
    ];
    for (name, field) in fields {
        let result = say(&mut stub, &token, |request| field(request).clone_from(&longer)).await;
        broke(&sim, result, name);
        // No rule forbids an empty one, but no connector sends it.
        let before = sim.violations().len();
        say(&mut stub, &token, |request| field(request).clear()).await.unwrap();
        let after = sim.violations();
        assert_eq!((after.len(), &*after[before].what), (before + 1, &*format!("{name}: it is empty")));
        assert!(!after[before].refused);
    }
}

#[tokio::test]
async fn a_hello_without_build_or_system_is_accepted_and_taken_down() {
    let sim = start().await;
    let (mut stub, token) = ready(&sim).await;
    say(&mut stub, &token, |request| {
        request.build_info = None;
        request.os_info = None;
    })
    .await
    .unwrap();
    let what: Vec<String> = sim.violations().into_iter().map(|violation| violation.what).collect();
    assert_eq!(what, ["build_info: it is not there", "os_info: it is not there"]);
}

#[tokio::test]
async fn the_connectors_own_words_keep_to_their_lengths() {
    let sim = start().await;
    let (mut stub, token) = ready(&sim).await;
    introduce(&mut stub, &token, |metadata| {
        metadata.display_name = "x".repeat(1024);
        metadata.help_url = format!("https://example.com/{}", "x".repeat(1004));
        metadata.description = "x".repeat(4096);
        metadata.icon = Some(AssetRef { id: "x".repeat(1024) });
        metadata.capabilities = Some(capable(ResourceType {
            display_name: "x".repeat(1024),
            description: "x".repeat(4096),
            traits: vec![1, 12],
            ..kind(&"x".repeat(1024))
        }));
    })
    .await
    .unwrap();
    assert_eq!(sim.violations(), []);

    let spoils: [(&str, Spoil); 16] = [
        ("connector_metadata.display_name", |metadata| metadata.display_name.clear()),
        // Bytes, not characters.
        ("connector_metadata.display_name", |metadata| metadata.display_name = "ä".repeat(513)),
        ("connector_metadata.help_url", |metadata| "http://example.com".clone_into(&mut metadata.help_url)),
        ("connector_metadata.help_url", |metadata| "https://".clone_into(&mut metadata.help_url)),
        ("connector_metadata.help_url", |metadata| {
            metadata.help_url = format!("https://example.com/{}", "x".repeat(1005));
        }),
        ("connector_metadata.icon.id", |metadata| metadata.icon = Some(AssetRef::default())),
        ("connector_metadata.logo.id", |metadata| metadata.logo = Some(AssetRef { id: "x".repeat(1025) })),
        ("connector_metadata.description", |metadata| metadata.description = "x".repeat(4097)),
        ("connector_metadata.capabilities.resource_type.id", |metadata| {
            metadata.capabilities = Some(capable(kind("")));
        }),
        ("connector_metadata.capabilities.resource_type.display_name", |metadata| {
            metadata.capabilities =
                Some(capable(ResourceType { display_name: "x".repeat(1025), ..kind("user") }));
        }),
        ("connector_metadata.capabilities.resource_type.description", |metadata| {
            metadata.capabilities =
                Some(capable(ResourceType { description: "x".repeat(4097), ..kind("user") }));
        }),
        ("connector_metadata.capabilities.resource_type.traits", |metadata| {
            metadata.capabilities = Some(capable(ResourceType { traits: vec![13], ..kind("user") }));
        }),
        ("connector_metadata.capabilities.resource_type.traits", |metadata| {
            metadata.capabilities = Some(capable(ResourceType { traits: vec![1, 1], ..kind("user") }));
        }),
        ("connector_metadata.capabilities.credential_issue.options.key_profiles.kty", |metadata| {
            metadata.capabilities = Some(issuing("secret", KeyGenerationProfile::default()));
        }),
        ("connector_metadata.capabilities.credential_issue.options.key_profiles.crv", |metadata| {
            let parameters = Some(Parameters::Crv("x".repeat(65)));
            metadata.capabilities =
                Some(issuing("secret", KeyGenerationProfile { kty: "EC".to_owned(), parameters }));
        }),
        ("connector_metadata.capabilities.credential_issue.options.secret_resource_type_id", |metadata| {
            metadata.capabilities =
                Some(issuing("", KeyGenerationProfile { kty: "EC".to_owned(), parameters: None }));
        }),
    ];
    for (field, spoil) in spoils {
        broke(&sim, introduce(&mut stub, &token, spoil).await, field);
    }
}

fn issuing(secret_type: &str, profile: KeyGenerationProfile) -> ConnectorCapabilities {
    let option = CredentialIssueOptionDescriptor {
        key_profiles: vec![profile],
        secret_resource_type_id: secret_type.to_owned(),
        ..CredentialIssueOptionDescriptor::default()
    };
    let mut capabilities = capable(kind("user"));
    capabilities.resource_type_capabilities[0].credential_issue =
        Some(CredentialDetailsCredentialIssue { options: vec![option], ..Default::default() });
    capabilities
}

#[tokio::test]
async fn asking_for_tasks_keeps_to_the_rules() {
    let sim = start().await;
    let (mut stub, token) = ready(&sim).await;
    stub.get_task(with(&token, get_task("x"))).await.unwrap();
    stub.get_tasks(with(&token, get_tasks(1))).await.unwrap();
    let mut known = get_tasks(100);
    known.known_task_ids = vec!["0123456789ABCDEFGHIJKLMNOPQ".to_owned(); 200];
    stub.get_tasks(with(&token, known.clone())).await.unwrap();
    assert_eq!(sim.violations(), []);

    broke(&sim, stub.get_task(with(&token, get_task(""))).await, "host_id");
    broke(&sim, stub.get_task(with(&token, get_task(&"x".repeat(257)))).await, "host_id");
    broke(&sim, stub.get_tasks(with(&token, get_tasks(0))).await, "page_size");
    broke(&sim, stub.get_tasks(with(&token, get_tasks(101))).await, "page_size");
    known.known_task_ids[199] = "0123456789ABCDEFGHIJKLMNOP_".to_owned();
    broke(&sim, stub.get_tasks(with(&token, known)).await, "known_task_ids");
    let mut many = get_tasks(1);
    many.annotations = vec![prost_types::Any::default(); 17];
    broke(&sim, stub.get_tasks(with(&token, many)).await, "annotations");
}

#[tokio::test]
async fn signs_of_life_and_outcomes_keep_to_the_rules() {
    let sim = start().await;
    let task = sim.script(TaskScript::sync());
    let (mut stub, token) = ready(&sim).await;
    stub.get_task(with(&token, get_task(HOST))).await.unwrap();
    let mut good = heartbeat(HOST, &task);
    good.task_ids = vec![task.clone(); 100];
    stub.heartbeat(with(&token, good.clone())).await.unwrap();
    assert_eq!(sim.violations(), []);

    broke(&sim, stub.heartbeat(with(&token, heartbeat("", &task))).await, "host_id");
    broke(&sim, stub.heartbeat(with(&token, heartbeat(HOST, ""))).await, "task_id");
    broke(&sim, stub.heartbeat(with(&token, heartbeat(HOST, &task[1..]))).await, "task_id");
    broke(&sim, stub.heartbeat(with(&token, heartbeat(HOST, &format!("{task}x")))).await, "task_id");
    good.task_ids.push(task.clone());
    broke(&sim, stub.heartbeat(with(&token, good.clone())).await, "task_ids");
    good.task_ids = vec!["-".to_owned()];
    broke(&sim, stub.heartbeat(with(&token, good)).await, "task_ids");

    broke(&sim, stub.finish_task(with(&token, success("", &task))).await, "host_id");
    broke(&sim, stub.finish_task(with(&token, success(HOST, "no id"))).await, "task_id");
    let mut stateless = success(HOST, &task);
    stateless.final_state = None;
    broke(&sim, stub.finish_task(with(&token, stateless)).await, "final_state");
    stub.finish_task(with(&token, success(HOST, &task))).await.unwrap();
}

/// No rule of the messages forbids it, but nothing good says so.
#[tokio::test]
async fn an_outcome_that_contradicts_itself_is_accepted_and_taken_down() {
    let sim = start().await;
    let tasks = [sim.script(TaskScript::sync()), sim.script(TaskScript::sync())];
    let (mut stub, token) = ready(&sim).await;
    for _ in &tasks {
        stub.get_task(with(&token, get_task(HOST))).await.unwrap();
    }
    stub.finish_task(with(&token, error(HOST, &tasks[0], 0, ""))).await.unwrap();
    let mut odd = success(HOST, &tasks[1]);
    odd.status = error(HOST, &tasks[1], 13, "odd").status;
    stub.finish_task(with(&token, odd)).await.unwrap();
    let what: Vec<String> = sim.violations().into_iter().map(|violation| violation.what).collect();
    assert_eq!(what, ["status: an error has no code", "status: a success has the code of an error"]);
}

#[tokio::test]
async fn a_call_that_no_connector_makes_is_taken_down() {
    let sim = start().await;
    let (mut stub, token) = ready(&sim).await;
    stub.start_debugging(with(&token, StartDebuggingRequest {})).await.unwrap();
    assert_eq!(sim.violations().len(), 1);
}
