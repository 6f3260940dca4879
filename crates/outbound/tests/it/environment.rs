//! What is trusted with which variables, each in a process of its own. For systems that keep their roots in a file.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::process::Command;

/// Where Debian and Alpine have all of them.
const SYSTEM: &str = "/etc/ssl/certs/ca-certificates.crt";

fn certificates(pem: &str) -> BTreeSet<String> {
    let bodies = pem.split("-----BEGIN CERTIFICATE-----").skip(1);
    bodies
        .map(|body| body.split("-----END").next().unwrap_or_default().split_whitespace().collect())
        .collect()
}

fn own() -> (tempfile::NamedTempFile, String) {
    let made = rcgen::generate_simple_self_signed(vec!["a.example".to_owned()]).unwrap();
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(made.cert.pem().as_bytes()).unwrap();
    (file, made.cert.pem())
}

/// Runs the ignored test below with these variables, and gives how many roots it was told to add.
fn added(variables: &[(&str, &str)]) -> usize {
    let mut process = Command::new(std::env::current_exe().unwrap());
    process.args(["--ignored", "--exact", "environment::child", "--nocapture"]);
    process.env_remove("SSL_CERT_FILE").env_remove("SSL_CERT_DIR").envs(variables.iter().copied());
    let output = process.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
    let (_, rest) = text.split_once("added ").unwrap();
    rest.split_whitespace().next().unwrap().parse().unwrap()
}

#[test]
#[ignore = "run by its parent with variables of its own"]
fn child() {
    // For the parent to read.
    println!("\nadded {} roots", outbound::added_roots(b"").unwrap().len());
    outbound::client_config(b"").unwrap();
}

#[test]
fn the_named_file_adds_to_the_systems_roots_and_the_named_folder_takes_their_place() {
    let Ok(system) = fs::read_to_string(SYSTEM) else { return };
    let all = certificates(&system).len();
    let (file, _) = own();
    let folder = tempfile::tempdir().unwrap();
    fs::copy(file.path(), folder.path().join("own.pem")).unwrap();
    let (file, folder) = (file.path().to_str().unwrap(), folder.path().to_str().unwrap());
    // The verifier reads the system's, or else the variables, by itself.
    assert_eq!(added(&[]), 0);
    let with_file = added(&[("SSL_CERT_FILE", file)]);
    assert!(with_file >= all, "{with_file} of {all}");
    assert!(added(&[("SSL_CERT_FILE", "")]) >= all, "as good as not set");
    assert_eq!(added(&[("SSL_CERT_DIR", folder)]), 0);
    assert_eq!(added(&[("SSL_CERT_DIR", folder), ("SSL_CERT_FILE", file)]), 0);
}
