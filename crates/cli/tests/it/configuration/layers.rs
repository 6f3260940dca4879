//! Each layer over each: flag, variable, configuration file, default.

use clockify_sim::{Endpoint, Simulator};

use super::{complete, demo};
use crate::program::Program;

/// The page size that the look-alike was asked for.
fn page_size(simulator: &Simulator) -> String {
    let requests = simulator.requests();
    let users = requests.iter().rfind(|request| request.endpoint == Endpoint::Users).unwrap();
    users.query.iter().find(|(name, _)| name == "page-size").unwrap().1.clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flag_outweighs_a_variable_and_a_variable_the_file() {
    let simulator = demo().await;
    for (flag, variable, file, expected) in [
        (None, None, None, "200"),
        (None, None, Some("103"), "103"),
        (None, Some("102"), None, "102"),
        (None, Some("102"), Some("103"), "102"),
        (None, Some(""), Some("103"), "103"),
        (Some("101"), None, None, "101"),
        (Some("101"), None, Some("103"), "101"),
        (Some("101"), Some("102"), None, "101"),
        (Some("101"), Some("102"), Some("103"), "101"),
    ] {
        let mut program = Program::against(&simulator);
        if let Some(size) = variable {
            program = program.set("BATON_PAGE_SIZE", size);
        }
        if let Some(size) = file {
            program.put(".baton.yaml", format!("page-size: {size}\n"));
        }
        let arguments = flag.map_or(vec![], |size| vec!["--page-size", size]);
        program.run(&arguments).succeeded();
        assert_eq!(page_size(&simulator), expected, "{flag:?} {variable:?} {file:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_file_alone_is_enough() {
    let simulator = demo().await;
    let program = Program::bare();
    let file = format!(
        "# for the nightly job\nclockify-api-key: {}\nclockify-workspace-id: {}\nclockify-base-url: {}\n\
         clockify-rate-limit: unlimited\nfile: out.c1z\nsync-projects: true\nlog-level: warn\n",
        crate::program::KEY,
        simulator.workspace_id(),
        simulator.base_url()
    );
    let path = program.put("there.yml", file);
    let program = program.set("BATON_CONFIG_PATH", path.to_str().unwrap());
    program.run(&[]).succeeded();
    assert_eq!(program.files(), ["out.c1z", "there.yml"]);
    assert!(simulator.requests().iter().any(|request| request.endpoint == Endpoint::Projects));
    // Questions read it as well.
    program.run(&["users"]).succeeded();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_written_in_several_ways() {
    for (file, variable, arguments) in [
        (Some("sync-resource-types: [user, role]\n"), None, vec![]),
        (Some("sync-resource-types:\n  - user\n  - role\n"), None, vec![]),
        (Some("sync-resource-types: user,role\n"), None, vec![]),
        (Some("sync-resource-types: [group]\n"), Some("user, role"), vec![]),
        (None, None, vec!["--sync-resource-types", "user", "--sync-resource-types", "role"]),
        (None, Some("group"), vec!["--sync-resource-types=user,role"]),
    ] {
        let simulator = demo().await;
        let mut program = Program::against(&simulator);
        if let Some(text) = file {
            program.put(".baton.yaml", text);
        }
        if let Some(value) = variable {
            program = program.set("BATON_SYNC_RESOURCE_TYPES", value);
        }
        let printed = program.run(&arguments).succeeded().stdout;
        assert!(
            printed.contains("Groups     not asked for"),
            "{file:?} {variable:?} {arguments:?}: {printed}"
        );
        assert!(printed.contains("owner, 3 workspace-admin"), "{printed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_has_its_own_names_in_the_file() {
    let program = complete();
    program.put(".baton.yaml", "schedule-every: 0s\nschedule-jitter: never\nstatus-max-age: soon\n");
    let ran = program.run(&["schedule"]);
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);
    assert!(ran.stderr.contains("field every: the interval must be between"), "{}", ran.stderr);
    assert!(ran.stderr.contains("field jitter: a time is written like"), "{}", ran.stderr);
    let ran = program.run(&["status"]);
    assert!(ran.stderr.contains("field max-age: a time is written like"), "{}", ran.stderr);
}

/// Somebody else may have set it, in a service's unit or a container's manifest, and the flag may have another name.
#[tokio::test(flavor = "multi_thread")]
async fn of_a_wrong_value_the_variable_or_the_file_is_named() {
    let from = |origin: &str| {
        format!(
            "errors found:\nfield max-age: a time is written like 90s, 15m, 6h, 1d or 1h30m, not \"soon\" (from {origin})"
        )
    };
    complete().set("BATON_STATUS_MAX_AGE", "soon").run(&["status"]).failed(3, &from("BATON_STATUS_MAX_AGE"));
    let program = complete();
    program.put(".baton.yaml", "status-max-age: soon\n");
    program.run(&["status"]).failed(3, &from(".baton.yaml"));
    let ran = complete().set("BATON_SCHEDULE_EVERY", "soon").run(&["schedule"]);
    assert!(ran.error().ends_with("not \"soon\" (from BATON_SCHEDULE_EVERY)"), "{}", ran.stderr);
    // What stands on the command line is before everybody's eyes, and outweighs the variable.
    let ran = complete().set("BATON_PAGE_SIZE", "7").run(&["--page-size", "0"]);
    ran.failed(3, "errors found:\nfield page-size: value must be greater than or equal to 1 but got 0");
}

#[tokio::test(flavor = "multi_thread")]
async fn help_shows_the_programs_own_defaults_and_nothing_of_the_file() {
    let bare = Program::bare().run(&["--help"]).succeeded().stdout;
    let program = Program::bare();
    program.put(".baton.yaml", "page-size: 4321\nclockify-api-key: hush-hush\nbroken: [\n");
    for arguments in [&["--help"][..], &["-h"], &["users", "--help"], &["help", "schedule"], &["-v"]] {
        let printed = program.run(arguments).succeeded();
        assert!(!printed.stdout.contains("4321") && !printed.stdout.contains("hush"), "{}", printed.stdout);
    }
    assert_eq!(program.run(&["--help"]).stdout, bare);
    let secret = Program::bare().set("BATON_CLIENT_SECRET", "hush").set("BATON_CLOCKIFY_API_KEY", "hush");
    assert!(!secret.run(&["--help"]).stdout.contains("hush"));
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_wrong_in_every_layer_is_told_at_once() {
    let program = Program::bare()
        .set("BATON_PAGE_SIZE", "5001")
        .set("BATON_LOG_FORMAT", "xml")
        .set("BATON_SYNC_PROJECTS", "perhaps")
        .set("BATON_HEALTH_CHECK", "true")
        .set("BATON_TICKETING", "true");
    program.put(
        ".baton.yaml",
        "health-check-port: many\nstorage-engine: paper\nmax-wait: soon\nevent-feed-id: x\n",
    );
    let ran =
        program.run(&["--log-level", "x", "--workers", "-2", "--grant-entitlement", "e", "--provisioning"]);
    ran.failed(
        3,
        "required flag(s) \"clockify-api-key\", \"clockify-workspace-id\" not set\n\
         if any flags in the group [grant-entitlement grant-principal] are set they must all be set; missing \
         [grant-principal]\n\
         errors found:\n\
         field sync-projects: value must be true or false but got 'perhaps' (from BATON_SYNC_PROJECTS)\n\
         field log-level: value must be one of [debug info warn error] but got 'x'\n\
         field log-format: value must be one of [console json] but got 'xml' (from BATON_LOG_FORMAT)\n\
         field health-check-port: value must be a number from 1 to 65535 but got 'many' (from .baton.yaml)\n\
         field storage-engine: value must be one of [sqlite pebble] but got 'paper' (from .baton.yaml)\n\
         field page-size: value must be less than or equal to 5000 but got 5001 (from BATON_PAGE_SIZE)\n\
         field workers: value must be greater than or equal to -1 but got -2\n\
         field max-wait: a time is written like 90s, 15m, 6h, 1d or 1h30m, not \"soon\" (from .baton.yaml)\n\
         flag(s) \"provisioning\", \"grant-entitlement\" cannot be used: provisioning is not enabled in this version\n\
         flag(s) \"event-feed-id\" cannot be used: Clockify has no feed of events\n\
         flag(s) \"ticketing\" cannot be used: Clockify has no tickets",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_and_a_service_tell_everything_at_once_too() {
    let program = Program::bare();
    let ran = program.run(&["schedule", "--every", "soon", "--page-size", "0", "--log-level", "x"]);
    ran.failed(
        3,
        "required flag(s) \"clockify-api-key\", \"clockify-workspace-id\" not set\n\
         errors found:\n\
         field log-level: value must be one of [debug info warn error] but got 'x'\n\
         field every: a time is written like 90s, 15m, 6h, 1d or 1h30m, not \"soon\"\n\
         field page-size: value must be greater than or equal to 1 but got 0",
    );
    let program = complete().set("BATON_CLIENT_ID", "nonsense").set("BATON_CLIENT_SECRET", "nonsense");
    let ran = program.run(&[
        "--task-concurrency",
        "101",
        "--page-size",
        "0",
        "--provisioning",
        "--ca-cert",
        "no.pem",
    ]);
    let error = ran.error();
    assert_eq!(ran.code, Some(3));
    for line in [
        "field client-id: invalid client id",
        "field client-secret: invalid client secret",
        "field task-concurrency: value must be less than or equal to 100 but got 101",
        "field ca-cert: cannot read no.pem",
        "field page-size: value must be greater than or equal to 1 but got 0",
        "flag(s) \"provisioning\" cannot be used: provisioning is not enabled in this version",
    ] {
        assert!(error.contains(line), "{line} is not in {error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_value_does_not_reach_a_question() {
    let ran = Program::bare().run(&["users", "--log-level", "x"]);
    ran.failed(3, "errors found:\nfield log-level: value must be one of [debug info warn error] but got 'x'");
}
