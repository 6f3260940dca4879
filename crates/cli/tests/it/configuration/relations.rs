//! How flags belong together: the sentences are the Go SDK's, and it does not matter where a flag is set.

use std::fmt::Write;

use super::complete;

#[tokio::test(flavor = "multi_thread")]
async fn each_relation_has_its_sentence() {
    let together = |group: &str, missing: &str| {
        format!("if any flags in the group [{group}] are set they must all be set; missing [{missing}]")
    };
    let one = "grant-entitlement revoke-grant create-account-login delete-resource rotate-credentials event-feed \
               create-ticket get-ticket list-ticket-schemas bulk-create-ticket";
    let two = "grant-entitlement revoke-grant create-account-email delete-resource-type rotate-credentials-type \
               event-feed diff-syncs compact-syncs list-ticket-schemas";
    let exclusive = |group: &str, set: &str| {
        format!("if any flags in the group [{group}] are set none of the others can be; [{set}] were all set")
    };
    let compaction = "compact-syncs compact-sync-ids compact-file-paths compact-output-path";
    for (arguments, sentence) in [
        (&["--client-id=a"][..], together("client-id client-secret", "client-secret")),
        (&["--client-secret=a"], together("client-id client-secret", "client-id")),
        (&["--grant-entitlement=e"], together("grant-entitlement grant-principal", "grant-principal")),
        (&["--grant-principal=e"], together("grant-entitlement grant-principal", "grant-entitlement")),
        (&["--create-ticket"], together("create-ticket ticket-template-path", "ticket-template-path")),
        (&["--bulk-ticket-template-path=p"], together("bulk-create-ticket bulk-ticket-template-path", "bulk-create-ticket")),
        (&["--get-ticket"], together("get-ticket ticket-id", "ticket-id")),
        (&["--diff-syncs"], together("diff-syncs base-sync-id applied-sync-id", "base-sync-id applied-sync-id")),
        (&["--compact-syncs", "--compact-sync-ids=a,b"], together(compaction, "compact-file-paths compact-output-path")),
        (&["--revoke-grant=g", "--delete-resource=r"], exclusive(one, "revoke-grant delete-resource")),
        (&["--create-account-email=a", "--delete-resource-type=r"], exclusive(two, "create-account-email delete-resource-type")),
        (&["--event-feed", "--list-ticket-schemas"], exclusive(one, "event-feed list-ticket-schemas")),
        (&["--skip-grants"], "set fields ('skip-grants') are dependent on ('sync-resources') being set".to_owned()),
        (&["--health-check-port=9000"], "set fields ('health-check-port') are dependent on ('health-check') being set".to_owned()),
        (
            &["--external-resource-traits=user", "--external-resource-entitlement-id-filter=e"],
            "set fields ('external-resource-entitlement-id-filter', 'external-resource-traits') are dependent on \
             ('external-resource-c1z') being set"
                .to_owned(),
        ),
    ] {
        let by_flag = complete();
        let by_file = complete();
        let mut by_variable = complete();
        let mut file = String::new();
        for argument in arguments {
            let (flag, value) = argument.trim_start_matches('-').split_once('=').unwrap_or((argument.trim_start_matches('-'), "true"));
            by_variable = by_variable.set(&format!("BATON_{}", flag.to_uppercase().replace('-', "_")), value);
            writeln!(file, "{flag}: {value}").unwrap();
        }
        by_file.put(".baton.yaml", &file);
        for ran in [by_flag.run(arguments), by_variable.run(&[]), by_file.run(&[])] {
            assert_eq!(ran.code, Some(3), "{arguments:?}: {}", ran.stderr);
            assert!(ran.error().lines().any(|line| line == sentence), "{arguments:?}: {}", ran.error());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_does_not_matter_which_layer_a_flag_comes_from() {
    let program = complete().set("BATON_GRANT_ENTITLEMENT", "e");
    program.put(".baton.yaml", "grant-principal: p\n");
    let ran = program.run(&["--revoke-grant", "g"]);
    assert_eq!(ran.code, Some(3));
    assert!(!ran.error().contains("missing ["), "{}", ran.error());
    assert!(ran.error().contains("[grant-entitlement revoke-grant] were all set"), "{}", ran.error());
    let ran = complete().set("BATON_SYNC_RESOURCES", "user:1").run(&["--skip-grants"]);
    ran.failed(
        12,
        "flag(s) \"sync-resources\" cannot be used: Clockify has no cheaper way to read single resources, so every sync \
         reads all",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_switch_that_is_off_is_not_set() {
    let ran = complete().run(&["--health-check=false", "--health-check-port", "9000"]);
    ran.failed(3, "set fields ('health-check-port') are dependent on ('health-check') being set");
    let ran = complete().run(&["--metrics", "--health-check-port", "9000"]);
    assert_eq!(ran.code, Some(14), "{}", ran.stderr);
}
