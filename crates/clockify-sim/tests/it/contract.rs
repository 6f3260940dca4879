//! Every answer against Clockify's published schema, and every place where the reference says that the schema is wrong.
//!
//! The check is exact: a field that the schema does not have, or has and the answer lacks, is a failure. So each departure
//! of the real service from its own schema must be listed in [`PATCHES`], and a patch that is not needed is a failure too.

use clockify_sim::{FixedWorkspace, GroupScopeShape, SeededWorkspace, Simulator};
use serde_json::{Value, json};

use crate::departures::{PATCHES, apply};
use crate::support::{EVERYBODY, Reply, get, get_in, start};

/// The contract file, made exact: every object has all its fields and no others.
fn contract() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/contract/clockify.json");
    let text = std::fs::read_to_string(path).expect("the contract is part of the repository");
    let mut contract = serde_json::from_str(&text).expect("the contract is JSON");
    make_exact(&mut contract);
    contract
}

fn make_exact(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.values_mut().for_each(make_exact);
            if let Some(Value::Object(properties)) = fields.get("properties") {
                let names: Vec<Value> = properties.keys().map(|name| json!(name)).collect();
                fields.insert("required".to_owned(), names.into());
                fields.insert("additionalProperties".to_owned(), json!(false));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(make_exact),
        _ => {}
    }
}

/// The validation errors of all answers under a patched contract.
fn errors(contract: &Value, answers: &[(&'static str, Value)]) -> Vec<String> {
    let mut found = Vec::new();
    let operations = contract["operations"].as_array().expect("a list");
    for operation in operations {
        let path = operation["path"].as_str().expect("a path");
        let mine: Vec<&Value> = answers
            .iter()
            .filter(|(of, _)| *of == path && operation["method"] == "GET")
            .map(|(_, body)| body)
            .collect();
        if mine.is_empty() {
            continue;
        }
        let mut schema = operation["response"].clone();
        schema["$defs"] = contract["$defs"].clone();
        let validator = jsonschema::draft202012::new(&schema).expect("the contract is a schema");
        for body in mine {
            for error in validator.iter_errors(body) {
                found.push(format!("{path} at {}: {error}", error.instance_path()));
            }
        }
    }
    found
}

fn body(reply: &Reply) -> Value {
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.json()
}

/// One answer of every read operation at its richest, under the path that the contract has for it.
async fn answers() -> Vec<(&'static str, Value)> {
    let mut on_subdomain = FixedWorkspace::copy_of(&SeededWorkspace::demo());
    on_subdomain.workspace.subdomain = Some("marrowstone".to_owned());
    on_subdomain.workspace.plan = None;
    on_subdomain.workspace.admin_only_pages = vec!["TEAM".to_owned(), "REPORTS".to_owned()];
    let mut answers = Vec::new();
    for content in [FixedWorkspace::copy_of(&SeededWorkspace::demo()), on_subdomain] {
        let shape = GroupScopeShape::Group;
        let simulator =
            Simulator::builder(content).group_scope_shape(shape).start().await.expect("a free port");
        answers.extend([
            ("/v1/user", body(&get(&simulator, "/user?include-memberships=true").await)),
            ("/v1/workspaces", body(&get(&simulator, "/workspaces").await)),
            ("/v1/workspaces/{workspaceId}", body(&get_in(&simulator, "").await)),
            (
                "/v1/workspaces/{workspaceId}/user-groups",
                body(&get_in(&simulator, "/user-groups?includeTeamManagers=true").await),
            ),
            ("/v1/workspaces/{workspaceId}/projects", body(&get_in(&simulator, "/projects").await)),
            (
                "/v1/workspaces/{workspaceId}/users",
                body(
                    &get_in(
                        &simulator,
                        &format!("/users?{EVERYBODY}&page-size=100&include-roles=true&memberships=ALL"),
                    )
                    .await,
                ),
            ),
        ]);
    }
    answers
}

/// The contract with every patch but the one at `without`.
fn patched(without: Option<usize>) -> Value {
    let mut contract = contract();
    for (place, patch) in PATCHES.iter().enumerate() {
        if Some(place) != without {
            apply(&mut contract, patch);
        }
    }
    contract
}

#[tokio::test]
async fn every_answer_fits_the_contract_but_for_its_known_errors() {
    let errors = errors(&patched(None), &answers().await);
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}

#[tokio::test]
async fn every_known_error_of_the_contract_is_still_one() {
    let answers = answers().await;
    for (place, patch) in PATCHES.iter().enumerate() {
        let errors = errors(&patched(Some(place)), &answers);
        assert!(!errors.is_empty(), "{}: the patch is not needed ({})", patch.pointer, patch.reason);
    }
}

#[tokio::test]
async fn every_documented_parameter_is_known_with_its_type() {
    let simulator = start(SeededWorkspace::demo()).await;
    let contract = contract();
    let mut checked = 0;
    for operation in contract["operations"].as_array().unwrap() {
        let path = operation["path"].as_str().unwrap();
        if operation["method"] != "GET" {
            continue;
        }
        let path = path.trim_start_matches("/v1").replace("{workspaceId}", &simulator.workspace_id());
        let status =
            async |name: &str, value: &str| get(&simulator, &format!("{path}?{name}={value}")).await.status;
        for parameter in operation["parameters"].as_array().unwrap() {
            let (name, schema) = (parameter["name"].as_str().unwrap(), &parameter["schema"]);
            let (good, bad): (Vec<&str>, Option<&str>) = match (&schema["enum"], schema["type"].as_str()) {
                _ if parameter["in"] != "query" => continue,
                (Value::Array(values), _) => {
                    (values.iter().map(|value| value.as_str().unwrap()).collect(), Some("NONSENSE"))
                }
                (_, Some("boolean")) => (vec!["true", "false"], Some("perhaps")),
                (_, Some("integer")) => (vec!["1", "7"], Some("one")),
                _ => continue,
            };
            for value in good {
                assert_eq!(status(name, value).await, 200, "{path}?{name}={value}");
            }
            if let Some(bad) = bad {
                assert_eq!(status(name, bad).await, 400, "{path}?{name}={bad}");
            }
            checked += 1;
        }
    }
    assert_eq!(checked, 1 + 1 + 6 + 5 + 16, "user, workspaces, users, user-groups, projects");
}
