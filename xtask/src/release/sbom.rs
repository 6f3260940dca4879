//! The bill of materials, as JSON of CycloneDX 1.5. It is made of what cargo resolved and of the program itself, and of nothing
//! that differs from one run to the next: its time is that of the commit, its serial number comes from what it says.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::hex;
use super::packages::{Id, Package};

/// Writes it.
pub(super) fn of(packages: &[Package], target: &str, program: &[u8], time: u64) -> Result<String> {
    let (top, others) = packages.split_first().context("the program is made of nothing")?;
    let time = jiff::Timestamp::from_second(i64::try_from(time)?).context("the commit is of no time")?;
    let mut component = component(top);
    component["type"] = json!("application");
    component["hashes"] = json!([{ "alg": "SHA-256", "content": hex(&Sha256::digest(program)) }]);
    component["properties"] = json!([{ "name": "baton-clockify:target", "value": target }]);
    let mut bom = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "timestamp": time.to_string(),
            "tools": { "components": [{ "type": "application", "name": "cargo xtask release", "version": top.id.1 }] },
            "component": component,
        },
        "components": others.iter().map(self::component).collect::<Vec<_>>(),
        "dependencies": packages.iter().map(dependencies).collect::<Vec<_>>(),
    });
    bom["serialNumber"] = json!(serial_number(&bom));
    let mut text = serde_json::to_string_pretty(&bom).context("cannot write JSON")?;
    text.push('\n');
    Ok(text)
}

fn component(package: &Package) -> Value {
    let (name, version) = &package.id;
    let mut component = json!({
        "type": "library",
        "bom-ref": reference(&package.id),
        "name": name,
        "version": version,
        // What only takes part in building is no part of the program.
        "scope": if package.is_linked { "required" } else { "excluded" },
    });
    if let Some(licence) = &package.licence {
        let is_expression = licence.contains([' ', '(']);
        component["licenses"] = if is_expression {
            json!([{ "expression": licence }])
        } else {
            json!([{ "license": { "id": licence } }])
        };
    }
    if let Some(checksum) = &package.checksum {
        component["purl"] = json!(format!("pkg:cargo/{name}@{}", version.replace('+', "%2B")));
        component["hashes"] = json!([{ "alg": "SHA-256", "content": checksum }]);
    }
    if let Some(repository) = &package.repository {
        component["externalReferences"] = json!([{ "type": "vcs", "url": repository }]);
    }
    component
}

fn dependencies(package: &Package) -> Value {
    let on: Vec<String> = package.depends_on.iter().map(reference).collect();
    json!({ "ref": reference(&package.id), "dependsOn": on })
}

fn reference((name, version): &Id) -> String {
    format!("{name}@{version}")
}

/// A UUID of version 8 (RFC 9562, 5.8), made of the rest.
fn serial_number(bom: &Value) -> String {
    let digest = Sha256::digest(bom.to_string().as_bytes());
    let mut bytes = digest[..16].to_vec();
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = hex(&bytes);
    format!("urn:uuid:{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::files::root;
    use crate::release::packages;
    use crate::release::stage::Stage;
    use crate::release::targets::host;

    /// The program of this working tree.
    fn real() -> (String, String) {
        let nothing = || root().join("target");
        let stage = Stage {
            folder: nothing(),
            source: root(),
            built: nothing(),
            revision: String::new(),
            time: 1_772_582_400,
        };
        let target = host().unwrap();
        let packages = packages::of(&stage, &target).unwrap();
        (
            of(&packages, &target, b"program", stage.time).unwrap(),
            of(&packages, &target, b"program", stage.time).unwrap(),
        )
    }

    fn errors(bom: &Value) -> Vec<String> {
        let schema = std::fs::read_to_string(root().join("fixtures/contract/cyclonedx-1.5.json")).unwrap();
        let validator = jsonschema::draft7::new(&serde_json::from_str(&schema).unwrap()).unwrap();
        validator.iter_errors(bom).map(|error| format!("{}: {error}", error.instance_path())).collect()
    }

    #[test]
    fn it_is_what_cyclonedx_says_and_the_same_each_time() {
        let (text, again) = real();
        assert_eq!(text, again);
        let bom: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(errors(&bom), [""; 0]);
        // The schema can fail.
        let mut broken = bom.clone();
        broken["components"][0]["scope"] = json!("sometimes");
        broken["components"][1].as_object_mut().unwrap().remove("name");
        broken["metadata"]["component"]["type"] = json!("thing");
        assert_eq!(errors(&broken).len(), 3, "{:?}", errors(&broken));
    }

    #[test]
    fn it_tells_what_is_in_the_program_from_what_builds_it() {
        let (text, _) = real();
        let bom: Value = serde_json::from_str(&text).unwrap();
        let components = bom["components"].as_array().unwrap();
        let scope = |name: &str| {
            let found = components.iter().find(|component| component["name"] == name);
            found.unwrap_or_else(|| panic!("{name} is not in it"))["scope"].clone()
        };
        for linked in ["rusqlite", "tokio", "c1z", "rustls"] {
            assert_eq!(scope(linked), "required", "{linked}");
        }
        for builds in ["clap_derive", "serde_derive", "cc"] {
            assert_eq!(scope(builds), "excluded", "{builds}");
        }
        // What only tests need is no part of it.
        for absent in ["proptest", "insta", "c1-sim"] {
            assert!(components.iter().all(|component| component["name"] != absent), "{absent}");
        }
        assert_eq!(bom["metadata"]["timestamp"], "2026-03-04T00:00:00Z");
        let references: BTreeSet<&str> = components
            .iter()
            .chain([&bom["metadata"]["component"]])
            .map(|component| component["bom-ref"].as_str().unwrap())
            .collect();
        assert_eq!(references.len(), components.len() + 1);
        for dependency in bom["dependencies"].as_array().unwrap() {
            let named = dependency["dependsOn"].as_array().unwrap().iter().chain([&dependency["ref"]]);
            for name in named {
                assert!(references.contains(name.as_str().unwrap()), "{name}");
            }
        }
        assert!(!text.contains(root().to_str().unwrap()));
    }
}
