//! Secrets in files, and systemd's credentials.

use clockify_sim::Simulator;

use super::{complete, demo};
use crate::program::{KEY, Program};

/// Everything but the key.
fn keyless(simulator: &Simulator) -> Program {
    Program::against(simulator).unset("BATON_CLOCKIFY_API_KEY")
}

fn in_file(program: Program, name: &str, text: &str) -> Program {
    let path = program.put(name, text);
    #[cfg(unix)]
    mode(&path, 0o600);
    program.set("BATON_CLOCKIFY_API_KEY_FILE", path.to_str().unwrap())
}

#[cfg(unix)]
fn mode(path: &std::path::Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

/// What comes through a pipe comes once, also when something else is wrong.
#[cfg(unix)]
#[test]
fn a_secret_from_a_pipe_is_read_once() {
    use std::io::Write as _;
    use std::process::Stdio;

    let program =
        Program::bare().unset("BATON_CLOCKIFY_API_KEY").set("BATON_CLOCKIFY_API_KEY_FILE", "/dev/stdin");
    for wrong in [&["--log-level", "nope"][..], &["doctor", "--log-format", "nope"], &["--nope"]] {
        let mut command = program.command(wrong);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(KEY.as_bytes()).unwrap();
        let ended = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&[ended.stdout, ended.stderr].concat()).into_owned();
        assert!(said.contains("nope") && !said.contains("is empty"), "{wrong:?}: {said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_the_line_is_no_part_of_a_secret() {
    let simulator = demo().await;
    for end in ["", "\n", "\r\n"] {
        let ran = in_file(keyless(&simulator), "key", &format!("{KEY}{end}")).run(&[]).succeeded();
        assert!(!ran.stderr.contains("others can read"), "{}", ran.stderr);
        assert!(!ran.stderr.contains(KEY) && !ran.stdout.contains(KEY));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_value_and_a_file_are_one_too_many() {
    let program = in_file(complete(), "key", KEY);
    program.run(&[]).failed(
        3,
        "errors found:\nfield clockify-api-key: BATON_CLOCKIFY_API_KEY and BATON_CLOCKIFY_API_KEY_FILE are both set; \
         unset one of them",
    );
    // An empty one is none, and a flag outweighs both.
    let simulator = demo().await;
    in_file(keyless(&simulator).set("BATON_CLOCKIFY_API_KEY", ""), "key", KEY).run(&[]).succeeded();
    in_file(Program::against(&simulator), "key", "x").run(&["--clockify-api-key", KEY]).succeeded();
    in_file(keyless(&simulator), "key", KEY)
        .set("BATON_CLOCKIFY_API_KEY_FILE", "")
        .run(&[])
        .failed(3, "required flag(s) \"clockify-api-key\" not set");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_without_a_secret_is_an_error() {
    for (text, says) in [("", "is empty"), ("\n", "is empty"), ("  \r\n", "is empty")] {
        let ran = in_file(complete().unset("BATON_CLOCKIFY_API_KEY"), "key", text).run(&[]);
        assert_eq!(ran.code, Some(3));
        let error = ran.error();
        assert!(
            error.starts_with("errors found:\nfield clockify-api-key: BATON_CLOCKIFY_API_KEY_FILE: "),
            "{error}"
        );
        assert!(error.ends_with(says), "{error}");
    }
    let bare = || complete().unset("BATON_CLOCKIFY_API_KEY");
    let missing = bare().set("BATON_CLOCKIFY_API_KEY_FILE", "no/such/key").run(&[]);
    assert!(
        missing.error().contains("BATON_CLOCKIFY_API_KEY_FILE: cannot read no/such/key: "),
        "{}",
        missing.error()
    );
    let folder = bare().set("BATON_CLOCKIFY_API_KEY_FILE", ".").run(&[]);
    assert!(folder.error().contains("cannot read .: it is a folder"), "{}", folder.error());
    let program = bare();
    let path = program.put("key", vec![b'x'; 100_000]);
    let large = program.set("BATON_CLOCKIFY_API_KEY_FILE", path.to_str().unwrap()).run(&[]);
    assert!(large.error().ends_with("is too large to be a secret"), "{}", large.error());
    let program = bare();
    let path = program.put("key", [0xff, 0xfe, 0x00]);
    let binary = program.set("BATON_CLOCKIFY_API_KEY_FILE", path.to_str().unwrap()).run(&[]);
    assert!(binary.error().ends_with("holds something other than text"), "{}", binary.error());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_secret_has_a_file() {
    let program = complete().set("BATON_CLIENT_ID", "x").set("BATON_CLIENT_SECRET_FILE", "no/such/secret");
    let error = program.run(&[]).error().to_owned();
    assert!(
        error.contains("field client-secret: BATON_CLIENT_SECRET_FILE: cannot read no/such/secret"),
        "{error}"
    );
    assert!(!error.contains("missing [client-secret]"), "{error}");
    // Found in its file, and found wrong there.
    let program = complete().set("BATON_CLIENT_ID", "x");
    let path = program.put("secret", "nonsense\n");
    let error = program.set("BATON_CLIENT_SECRET_FILE", path.to_str().unwrap()).run(&[]).error().to_owned();
    assert!(error.contains("field client-secret: invalid client secret"), "{error}");
    assert!(error.contains("secret)") && !error.contains("nonsense"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_reads_files_only_does_not_look_for_secrets() {
    let simulator = demo().await;
    let program = Program::against(&simulator);
    program.run(&[]).succeeded();
    let program =
        program.set("BATON_CLOCKIFY_API_KEY_FILE", "no/such/key").set("CREDENTIALS_DIRECTORY", "/nowhere");
    program.run(&["users"]).succeeded();
    assert_eq!(program.run(&[]).code, Some(3));
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_others_can_read_is_a_warning() {
    let simulator = demo().await;
    for (permissions, warned) in [(0o600, false), (0o400, false), (0o640, true), (0o604, true), (0o644, true)]
    {
        let program = in_file(keyless(&simulator), "key", KEY);
        mode(&program.folder().join("key"), permissions);
        let stderr = program.run(&[]).succeeded().stderr;
        assert_eq!(stderr.contains("others can read"), warned, "{permissions:o}: {stderr}");

        let program = keyless(&simulator);
        let path = program.put(".baton.yaml", format!("clockify-api-key: {KEY}\n"));
        mode(&path, permissions);
        let stderr = program.run(&[]).succeeded().stderr;
        assert_eq!(stderr.contains("others can read .baton.yaml, which holds a secret"), warned, "{stderr}");
    }
    // Nothing secret, nothing to hide.
    let program = Program::against(&simulator);
    mode(&program.put(".baton.yaml", "page-size: 50\n"), 0o644);
    assert!(!program.run(&[]).succeeded().stderr.contains("others can read"));
}

#[tokio::test(flavor = "multi_thread")]
async fn systemd_hands_over_credentials() {
    let simulator = demo().await;
    for name in ["clockify-api-key", "BATON_CLOCKIFY_API_KEY"] {
        let program = keyless(&simulator);
        let folder = program.folder().join("credentials");
        std::fs::create_dir(&folder).unwrap();
        program.put(&format!("credentials/{name}"), format!("{KEY}\n"));
        let program = program.set("CREDENTIALS_DIRECTORY", folder.to_str().unwrap());
        // Above the configuration file …
        program.put(".baton.yaml", "clockify-api-key: another\n");
        let stderr = program.run(&[]).succeeded().stderr;
        // … and it is systemd that says who may read them.
        assert!(!stderr.contains("others can read /"), "{stderr}");
        // Below everything that is set for this program alone.
        let program = program.set("BATON_CLOCKIFY_API_KEY", "wrong");
        assert_eq!(program.run(&[]).code, Some(16));
        let program = in_file(program.unset("BATON_CLOCKIFY_API_KEY"), "key", "wrong");
        assert_eq!(program.run(&[]).code, Some(16));
        let program = program.unset("BATON_CLOCKIFY_API_KEY_FILE");
        assert_eq!(program.run(&["--clockify-api-key", "wrong"]).code, Some(16));
        program.put(&format!("credentials/{name}"), "\n");
        let ran = program.run(&[]);
        assert!(ran.error().starts_with("errors found:\nfield clockify-api-key: "), "{}", ran.error());
        assert!(ran.error().ends_with(&format!("{name} is empty")), "{}", ran.error());
    }
}
