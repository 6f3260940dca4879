//! What the program says of itself, compared with what the official tools print and with what it then does.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::program::{Program, Ran};

/// Runs it where nothing is set.
fn say(arguments: &[&str]) -> Ran {
    let output = Program::bare().command(arguments).output().unwrap();
    Ran {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

fn said(arguments: &[&str]) -> String {
    let ran = say(arguments).succeeded();
    assert_eq!(ran.stderr, "");
    ran.stdout
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// What the official tool prints for a Clockify connector of its own kind.
fn official(name: &str) -> String {
    let path = repository().join("fixtures/vectors/official/connector").join(name);
    std::fs::read_to_string(path).unwrap()
}

/// Lines without the comma that says whether another one follows.
fn lines(text: &str) -> Vec<&str> {
    text.lines().map(|line| line.trim_end_matches(',')).collect()
}

/// The first expected line that does not come where it should.
fn missing<'a>(expected: &[&'a str], found: &[&str]) -> Option<&'a str> {
    let mut left = found.iter();
    expected.iter().find(|line| !left.any(|found| found == *line)).copied()
}

#[test]
fn capabilities_are_laid_out_as_the_official_ones() {
    let (ours, official) = (said(&["capabilities"]), official("capabilities.json"));
    // People and groups are what both read; ours has more between and after.
    assert_eq!(missing(&lines(&official), &lines(&ours)), None, "{ours}");
    assert!(ours.ends_with("\n  \"credentialDetails\": {}\n}"), "no line break at the end: {ours}");
}

#[test]
fn capabilities_name_every_type_that_can_be_read() {
    let ours = json(&said(&["capabilities"]));
    let types: Vec<_> = ours["resourceTypeCapabilities"].as_array().unwrap().iter().collect();
    let facts: Vec<_> = types
        .iter()
        .map(|kind| (kind["resourceType"]["id"].as_str().unwrap(), kind.get("optInRequired").is_some()))
        .collect();
    assert_eq!(facts, [("group", false), ("project", true), ("role", false), ("user", false)]);
    for kind in types {
        assert_eq!(kind["capabilities"], json(r#"["CAPABILITY_SYNC"]"#));
    }
    assert_eq!(ours["connectorCapabilities"], json(r#"["CAPABILITY_SYNC"]"#));
}

/// Descriptions are each connector's own.
fn without_descriptions(text: &str) -> Vec<String> {
    let mask = |line: &str| match line.split_once("\"description\": ") {
        Some((indent, _)) => format!("{indent}\"description\""),
        None => line.to_owned(),
    };
    lines(text).into_iter().map(mask).collect()
}

#[test]
fn settings_are_laid_out_as_the_official_ones() {
    let (ours, official) = (said(&["config"]), official("config.json"));
    let (ours_masked, official) = (without_descriptions(&ours), without_descriptions(&official));
    // Everything before the first field that is not every connector's.
    let shared = official.iter().position(|line| line.contains("\"api-key\"")).unwrap() - 1;
    assert_eq!(ours_masked[..shared], official[..shared]);
    // The key: the same lines, but its name.
    let key: Vec<_> = official[shared..].iter().take_while(|line| *line != "    }").collect();
    let ours_key: Vec<_> = ours_masked[shared..].iter().take(key.len()).collect();
    let renamed = |line: &String| line.replace("\"api-key\"", "\"clockify-api-key\"");
    assert_eq!(
        ours_key.iter().map(|line| (*line).clone()).collect::<Vec<_>>(),
        key.into_iter().map(renamed).collect::<Vec<_>>()
    );
    let end = &official[official.len() - 4..];
    assert_eq!(ours_masked[ours_masked.len() - 4..], *end);
    assert!(!ours.ends_with('\n'));
}

fn settings() -> Vec<Value> {
    json(&said(&["config"]))["fields"].as_array().unwrap().clone()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[test]
fn the_form_asks_for_what_is_needed_and_explains_it() {
    let fields = settings();
    let own: Vec<_> = fields.iter().filter(|field| field.get("isOps").is_none()).collect();
    let facts: Vec<_> = own
        .iter()
        .map(|field| {
            (
                text(&field["displayName"]),
                text(&field["name"]),
                field["isRequired"] == true,
                field["isSecret"] == true,
            )
        })
        .collect();
    assert_eq!(
        facts[..2],
        [("API key", "clockify-api-key", true, true), ("Workspace ID", "clockify-workspace-id", true, false)]
    );
    assert!(facts[2..].iter().all(|(name, _, required, secret)| !name.is_empty() && !required && !secret));
    for field in &own {
        assert!(text(&field["description"]).len() > 20, "{field}");
        let kind = field.as_object().unwrap().iter().find(|(key, _)| key.ends_with("Field")).unwrap().1;
        assert_eq!(kind["rules"]["isRequired"] == true, field["isRequired"] == true, "{field}");
    }
}

/// Every argument of the program itself, as it says of itself.
fn flags() -> Vec<Value> {
    json(&said(&["_reference"]))["arguments"].as_array().unwrap().clone()
}

#[test]
fn every_field_of_the_form_is_a_flag_with_the_same_default() {
    let flags = flags();
    for field in settings() {
        let name = text(&field["name"]);
        let flag = flags.iter().find(|flag| text(&flag["long"]) == name);
        let flag = flag.unwrap_or_else(|| panic!("no flag is called --{name}"));
        assert_eq!(text(&flag["variable"]), format!("BATON_{}", name.to_uppercase().replace('-', "_")));
        let kind = field.as_object().unwrap().iter().find(|(key, _)| key.ends_with("Field")).unwrap().1;
        let default = text(&kind["defaultValue"]);
        // Some flags say their default in words, because it depends.
        let declared = text(&flag["default"]);
        let in_words = text(&flag["help"]).contains(&format!("[default: {default}"));
        let is_ignored = text(&flag["help"]).ends_with("without effect");
        assert!(
            declared == default || in_words || is_ignored,
            "--{name}: {default:?} in the form, {declared:?} in the program"
        );
    }
}

/// What a field of the form takes, by its own rules.
fn takes(field: &Value, value: &str) -> bool {
    let kind = field.as_object().unwrap().iter().find(|(key, _)| key.ends_with("Field")).unwrap().1;
    let rules = &kind["rules"];
    let number = |rule: &str| rules[rule].as_str().and_then(|text| text.parse::<i64>().ok());
    let in_range = |value: i64| {
        number("gte").is_none_or(|least| value >= least) && number("lte").is_none_or(|most| value <= most)
    };
    rules["pattern"].as_str().is_none_or(|pattern| regex::Regex::new(pattern).unwrap().is_match(value))
        && rules["prefix"].as_str().is_none_or(|prefix| value.starts_with(prefix))
        && value.parse().map_or(true, in_range)
}

#[test]
fn the_rules_of_the_form_are_those_of_the_program() {
    let fields = settings();
    for (name, good, bad) in [
        (
            "clockify-workspace-id",
            &["66b0c1d2e4f5a6978812aa00", "66B0C1D2E4F5A6978812AA00"][..],
            &["66b0c1d2e4f5a6978812aa0", "66b0c1d2e4f5a6978812aa001", "66b0c1d2e4f5a6978812aa0g"][..],
        ),
        (
            "clockify-base-url",
            &["https://euc1.clockify.me/api/v1"],
            &["euc1.clockify.me", "http://api.clockify.me"],
        ),
        (
            "clockify-rate-limit",
            &["10/s", "90/m", "30/h", "unlimited"],
            &["10", "0/s", "10/d", "fast", "-1/s"],
        ),
        ("page-size", &["1", "5000"], &["0", "5001"]),
    ] {
        let field = fields.iter().find(|field| text(&field["name"]) == name).unwrap();
        for (values, good) in [(good, true), (bad, false)] {
            for value in values {
                assert_eq!(takes(field, value), good, "the form and {name}={value}");
                // Nothing but the key is missing when the value is taken.
                let ran = say(&[&format!("--{name}={value}")]);
                let complaint = format!("field {name}: ");
                assert_eq!(
                    !ran.stderr.contains(&complaint),
                    good,
                    "the program and {name}={value}: {}",
                    ran.stderr
                );
            }
        }
    }
}

#[test]
fn the_files_at_the_root_are_what_the_program_says() {
    for (command, file) in [("capabilities", "baton_capabilities.json"), ("config", "config_schema.json")] {
        let committed = std::fs::read_to_string(repository().join(file)).unwrap();
        assert_eq!(json(&committed), json(&said(&[command])), "{file} is stale; run `cargo xtask docs`");
    }
}

#[test]
fn settings_that_are_wrong_do_not_keep_it_from_describing_itself() {
    for command in ["capabilities", "config"] {
        // Would end the program if the collector were looked at.
        let program = Program::bare().set("BATON_OTEL_COLLECTOR_ENDPOINT", "not an address");
        let output = program.command(&[command]).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(program.files(), [""; 0]);
    }
}

#[test]
fn the_version_says_what_it_was_built_from() {
    let long = said(&["--version"]);
    assert_eq!(said(&["-v"]), long);
    assert_eq!(said(&["-V"]), long);
    let commit = Command::new("git")
        .args(["rev-parse", "HEAD"])
        .current_dir(repository())
        .output()
        .ok()
        .filter(|said| said.status.success())
        .map(|said| String::from_utf8(said.stdout).unwrap().trim().to_owned());
    let rest = long.strip_prefix(concat!("baton-clockify ", env!("CARGO_PKG_VERSION"), " (commit ")).unwrap();
    let (said, target) = rest.trim_end().strip_suffix(')').unwrap().split_once(", target ").unwrap();
    if let Some(commit) = commit {
        assert_eq!(said, commit);
    }
    assert!(!said.is_empty());
    assert!(target.split('-').count() >= 3 && target.starts_with(std::env::consts::ARCH), "{target}");
}

#[test]
fn every_shell_gets_a_script() {
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let script = said(&["completion", shell]);
        for word in ["clockify-workspace-id", "health-check", "evidence"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
        assert!(!script.contains("_reference"), "{shell} completes what is hidden");
        assert!(!script.contains("c1-api-host"), "{shell} completes what is hidden");
    }
    let ran = say(&["completion", "csh"]);
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);
}

#[cfg(unix)]
#[test]
fn bash_completes_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("completion");
    c1z::atomic::write(&script, said(&["completion", "bash"]).as_bytes()).unwrap();
    let bash = |command: &str| {
        let output = Command::new("bash")
            .args(["--norc", "--noprofile", "-c", command, "bash"])
            .arg(&script)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    bash("bash -n \"$1\"");
    let complete = |words: &str, current: &str, before: &str| {
        let count = words.split(' ').count();
        let reply = bash(&format!(
            "set -e; source \"$1\"; complete=($(complete -p baton-clockify)); COMP_WORDS=({words} {current}); COMP_CWORD={count}; \
             ${{complete[@]: -2:1}} baton-clockify '{current}' '{before}'; printf '%s\\n' \"${{COMPREPLY[@]}}\""
        ));
        reply.lines().map(str::to_owned).collect::<BTreeSet<_>>()
    };
    let set = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(complete("baton-clockify", "sta", "baton-clockify"), set(&["stats", "status"]));
    assert_eq!(
        complete("baton-clockify schedule", "--clockify-w", "schedule"),
        set(&["--clockify-workspace-id"])
    );
    assert_eq!(complete("baton-clockify completion", "po", "completion"), set(&["powershell"]));
}

#[test]
fn there_is_a_manual_page() {
    let page = said(&["man"]);
    let title = page.lines().find(|line| line.starts_with(".TH")).unwrap();
    assert!(title.contains("baton-clockify") && title.contains(env!("CARGO_PKG_VERSION")), "{title}");
    assert!(page.contains("BATON_CLOCKIFY_API_KEY") && !page.contains("_reference"));
}

#[test]
fn there_is_a_manual_page_for_every_command() {
    let program = Program::bare();
    let run = |arguments: &[&str]| program.command(arguments).output().unwrap();
    let made = run(&["man", "--dir", "pages/man1"]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let names = |value: &Value| -> Vec<String> {
        fn below(command: &Value, names: &mut Vec<String>) {
            if command["hidden"] == false {
                names.push(format!("{}.1", text(&command["name"]).replace(' ', "-")));
                command["commands"].as_array().unwrap().iter().for_each(|inner| below(inner, names));
            }
        }
        let mut names = Vec::new();
        below(value, &mut names);
        names.sort();
        names
    };
    let folder = program.folder().join("pages/man1");
    let mut found: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    found.sort();
    assert_eq!(found, names(&json(&said(&["_reference"]))));
    assert!(found.contains(&"baton-clockify-evidence-create.1".to_owned()), "{found:?}");
    for name in found {
        well_formed(&folder.join(name));
    }
    assert_eq!(run(&["man", "--dir", "pages/man1/baton-clockify.1"]).status.code(), Some(9));
}

/// Asks a reader of manual pages, where there is one that formats.
fn well_formed(page: &Path) {
    let groff = Command::new("groff").args(["-man", "-Tutf8", "-ww", "-z"]).arg(page).output();
    let Ok(said) = groff else { return };
    assert!(said.status.success());
    assert_eq!(String::from_utf8_lossy(&said.stderr), "", "{}", page.display());
}
