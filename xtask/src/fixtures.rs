//! `cargo xtask fixtures`: reduces Clockify's OpenAPI file to the facts that tests hold answers against.
//!
//! What remains is names, types, enumerations and shapes of the operations this project uses. Everything that somebody wrote
//! for people to read is left out: descriptions, examples, summaries, titles. The result is the same for the same input,
//! byte for byte.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use serde_json::{Map, Value, json};

/// The operations this project uses, by method and path. The reads come first.
const OPERATIONS: &[(&str, &str)] = &[
    ("get", "/v1/user"),
    ("get", "/v1/workspaces"),
    ("get", "/v1/workspaces/{workspaceId}"),
    ("get", "/v1/workspaces/{workspaceId}/users"),
    ("get", "/v1/workspaces/{workspaceId}/user-groups"),
    ("get", "/v1/workspaces/{workspaceId}/projects"),
    ("post", "/v1/workspaces/{workspaceId}/users"),
    ("put", "/v1/workspaces/{workspaceId}/users/{userId}"),
    ("post", "/v1/workspaces/{workspaceId}/users/info"),
    ("post", "/v1/workspaces/{workspaceId}/users/{userId}/roles"),
    ("delete", "/v1/workspaces/{workspaceId}/users/{userId}/roles"),
    ("post", "/v1/workspaces/{workspaceId}/user-groups"),
    ("put", "/v1/workspaces/{workspaceId}/user-groups/{id}"),
    ("delete", "/v1/workspaces/{workspaceId}/user-groups/{id}"),
    ("post", "/v1/workspaces/{workspaceId}/user-groups/{userGroupId}/users"),
    ("delete", "/v1/workspaces/{workspaceId}/user-groups/{userGroupId}/users/{userId}"),
    ("post", "/v1/workspaces/{workspaceId}/projects/{projectId}/memberships"),
];

/// Keywords of a schema that only explain.
const PROSE: &[&str] = &[
    "description",
    "example",
    "examples",
    "title",
    "summary",
    "externalDocs",
    "xml",
    "deprecated",
    "discriminator",
];

/// Where shared schemas stand in the OpenAPI file, and where they stand in the result.
const COMPONENTS: &str = "#/components/schemas/";
const DEFINITIONS: &str = "#/$defs/";

/// The options of `cargo xtask fixtures`.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Clockify's OpenAPI file, as YAML.
    #[arg(long, value_name = "FILE")]
    openapi: PathBuf,
}

/// Writes `fixtures/contract/clockify.json`.
pub(crate) fn run(options: &Options) -> Result<()> {
    let path = &options.openapi;
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let document: Value =
        serde_saphyr::from_str(&text).with_context(|| format!("{} is not YAML", path.display()))?;
    let contract = reduce(&document).with_context(|| format!("cannot reduce {}", path.display()))?;
    let mut text = serde_json::to_string_pretty(&contract).context("cannot write the contract as JSON")?;
    text.push('\n');
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/contract");
    replace(&folder, "clockify.json", text.as_bytes())
}

/// Writes a file so that it appears whole or not at all.
fn replace(folder: &Path, name: &str, content: &[u8]) -> Result<()> {
    let (temporary, target) = (folder.join(format!("{name}.new")), folder.join(name));
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let mut file =
        fs::File::create(&temporary).with_context(|| format!("cannot create {}", temporary.display()))?;
    file.write_all(content).with_context(|| format!("cannot write {}", temporary.display()))?;
    file.sync_all().with_context(|| format!("cannot write {}", temporary.display()))?;
    fs::rename(&temporary, &target).with_context(|| format!("cannot write {}", target.display()))
}

/// Reduces a whole OpenAPI document.
fn reduce(document: &Value) -> Result<Value> {
    let operations = OPERATIONS
        .iter()
        .map(|&(method, path)| operation(document, method, path))
        .collect::<Result<Vec<_>>>()?;
    let mut wanted = BTreeSet::new();
    for operation in &operations {
        references(operation, &mut wanted);
    }
    let mut definitions = Map::new();
    while let Some(name) = wanted.pop_first() {
        if definitions.contains_key(&name) {
            continue;
        }
        let schema = &document["components"]["schemas"][&name];
        if schema.is_null() {
            bail!("the schema {name} is missing");
        }
        let schema = reduce_schema(schema, &format!("{DEFINITIONS}{name}"));
        references(&schema, &mut wanted);
        definitions.insert(name, schema);
    }
    Ok(sorted(json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$defs": definitions,
        "operations": operations,
    })))
}

/// Reduces one operation: what it takes, and what it answers when it succeeds.
fn operation(document: &Value, method: &str, path: &str) -> Result<Value> {
    let source = &document["paths"][path][method];
    if source.is_null() {
        bail!("there is no operation {method} {path}");
    }
    let parameters: Vec<Value> = source["parameters"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|parameter| {
            json!({
                "name": parameter["name"],
                "in": parameter["in"],
                "required": parameter["required"].as_bool().unwrap_or(false),
                "schema": reduce_schema(&parameter["schema"], ""),
            })
        })
        .collect();
    let responses = source["responses"].as_object().into_iter().flatten();
    let success = responses.into_iter().find(|(status, _)| status.starts_with('2'));
    let (status, response) = success.with_context(|| format!("{method} {path} has no successful answer"))?;
    let status: u16 = status.parse().with_context(|| format!("{method} {path} answers {status}"))?;
    Ok(json!({
        "method": method.to_uppercase(),
        "path": path,
        "parameters": parameters,
        "body": content_schema(&source["requestBody"]),
        "status": status,
        "response": content_schema(response),
    }))
}

/// The schema of a body, whatever its content type; null when there is no body.
fn content_schema(body: &Value) -> Value {
    let contents = body["content"].as_object();
    let schema = contents.and_then(|contents| contents.values().next()).map(|content| &content["schema"]);
    schema.map_or(Value::Null, |schema| reduce_schema(schema, ""))
}

/// Turns an OpenAPI 3.0 schema into JSON Schema without prose. `own` is the reference under which the schema itself is known.
fn reduce_schema(schema: &Value, own: &str) -> Value {
    let Some(source) = schema.as_object() else { return schema.clone() };
    let mut result = Map::new();
    for (keyword, value) in source {
        if PROSE.contains(&keyword.as_str()) || keyword.starts_with("x-") || keyword == "nullable" {
            continue;
        }
        let reduced = match keyword.as_str() {
            "$ref" => {
                let target = value.as_str().unwrap_or_default();
                json!(target.replace(COMPONENTS, DEFINITIONS))
            }
            // The keys here are names of fields, and a field may well be called `description`.
            "properties" => {
                let constants = constants(source);
                let fields = value.as_object().into_iter().flatten();
                let fields = fields.filter(|(name, _)| !constants.contains(&name.as_str()));
                fields.map(|(name, field)| (name.clone(), reduce_schema(field, own))).collect()
            }
            "oneOf" | "anyOf" | "allOf" => {
                let branches = value.as_array().into_iter().flatten();
                let branches: Vec<Value> = branches.map(|branch| reduce_schema(branch, own)).collect();
                // A schema that is one of itself says nothing, and a validator would follow it for ever.
                if branches.iter().all(|branch| branch["$ref"] == own) {
                    continue;
                }
                branches.into()
            }
            "items" | "additionalProperties" | "not" => reduce_schema(value, own),
            _ => value.clone(),
        };
        result.insert(keyword.clone(), reduced);
    }
    if source.get("nullable") == Some(&Value::Bool(true)) {
        return nullable(result);
    }
    result.into()
}

/// The values of a Java enumeration that is described as an object. Each stands in the `oneOf` beside it and once more as a
/// property, with the whole list repeated: 90 times 90 lines for the largest.
fn constants(schema: &Map<String, Value>) -> Vec<&str> {
    let branches = schema.get("oneOf").and_then(Value::as_array).into_iter().flatten();
    branches.filter_map(|branch| branch["enum"].as_array()).flatten().filter_map(Value::as_str).collect()
}

/// Admits null, as the OpenAPI keyword `nullable` does.
fn nullable(mut schema: Map<String, Value>) -> Value {
    let Some(Value::String(kind)) = schema.get("type").cloned() else {
        return json!({ "anyOf": [schema, { "type": "null" }] });
    };
    schema.insert("type".to_owned(), json!([kind, "null"]));
    if let Some(Value::Array(values)) = schema.get_mut("enum") {
        values.push(Value::Null);
    }
    schema.into()
}

/// Collects the names of the definitions that a value refers to.
fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            if let Some(name) =
                fields.get("$ref").and_then(Value::as_str).and_then(|r| r.strip_prefix(DEFINITIONS))
            {
                found.insert(name.to_owned());
            }
            fields.values().for_each(|field| references(field, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

/// The same value with the keys of every object in order, whichever map `serde_json` was built with.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<(String, Value)> = fields.into_iter().collect();
            fields.sort_by(|(a, _), (b, _)| a.cmp(b));
            fields.into_iter().map(|(name, field)| (name, sorted(field))).collect()
        }
        Value::Array(items) => items.into_iter().map(sorted).collect(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_goes_and_fields_of_that_name_stay() {
        let schema = json!({
            "type": "object", "description": "for people", "title": "T", "example": { "a": 1 }, "x-internal": true,
            "properties": {
                "description": { "type": "string", "example": "text", "minLength": 1 },
                "title": { "type": "array", "items": { "type": "string", "description": "for people" } },
            },
        });
        let expected = json!({
            "type": "object",
            "properties": {
                "description": { "type": "string", "minLength": 1 },
                "title": { "type": "array", "items": { "type": "string" } },
            },
        });
        assert_eq!(reduce_schema(&schema, ""), expected);
    }

    #[test]
    fn nullable_becomes_a_union() {
        let schema = json!({ "type": "string", "nullable": true, "enum": ["A"] });
        assert_eq!(reduce_schema(&schema, ""), json!({ "type": ["string", "null"], "enum": ["A", null] }));
        let schema = json!({ "$ref": "#/components/schemas/Rate", "nullable": true });
        let expected = json!({ "anyOf": [{ "$ref": "#/$defs/Rate" }, { "type": "null" }] });
        assert_eq!(reduce_schema(&schema, ""), expected);
    }

    #[test]
    fn an_enumeration_loses_the_properties_that_repeat_it() {
        let one_of = json!([{ "type": "string", "enum": ["A", "B"] }]);
        let values = json!({ "type": "string", "enum": ["A", "B"] });
        let schema = json!({
            "type": "object", "oneOf": one_of,
            "properties": { "A": values, "B": values, "active": { "type": "boolean" } },
        });
        let expected =
            json!({ "type": "object", "oneOf": one_of, "properties": { "active": { "type": "boolean" } } });
        assert_eq!(reduce_schema(&schema, ""), expected);
    }

    #[test]
    fn a_schema_that_is_one_of_itself_loses_that_clause_only() {
        let schema = json!({ "type": "object", "oneOf": [{ "$ref": "#/components/schemas/Plan" }] });
        assert_eq!(reduce_schema(&schema, "#/$defs/Plan"), json!({ "type": "object" }));
        let kept = json!({ "type": "object", "oneOf": [{ "$ref": "#/$defs/Plan" }] });
        assert_eq!(reduce_schema(&schema, "#/$defs/Other"), kept);
    }
}
