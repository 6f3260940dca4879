//! What the file lacks, and what no listing has a place for, is shown all the same.

use access_review::access::{Audience, Reach};
use access_review::findings::{self, Rule, evaluate};
use access_review::format::{self, Format, Row, Style};
use access_review::report::{self, Changes};
use access_review::rows::{
    EntitlementRow, GrantQuery, GrantRow, Person, PersonFilter, ResourceRow, ResourceTypeRow,
};
use access_review::stats::Statistics;
use c1z::EntitlementFilter;
use governance_model::{Annotation, Resource, ResourceTrait, ResourceTypeId, Value};

use crate::workspace::{Content, FORMULA, File, at, entitlement, grant, id, newest};

fn written<T: Row>(format: Format, rows: impl Iterator<Item = Result<T, access_review::Error>>) -> String {
    let mut out = Vec::new();
    format::write(&mut out, Style { format, ..Style::default() }, rows).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn resources_of_any_type_are_listed() {
    let file = File::with(&Content::new(), 1);
    let file = file.open();
    let snapshot = newest(&file);
    let all: Vec<_> = ResourceRow::all(&snapshot, None).map(|row| row.unwrap()).collect();
    let ids: Vec<_> = all.iter().map(|row| format!("{}:{}", row.resource_type, row.id)).collect();
    assert_eq!(ids, ["group:g1", "role:owner", "user:ann", "user:bob", "user:cem", "vault:v1"]);
    assert_eq!(all[0].traits, ["group"]);
    assert_eq!(all[5].traits, [] as [&str; 0]);
    let vaults = Some(ResourceTypeId::from_static("vault"));
    assert_eq!(
        ResourceRow::all(&snapshot, vaults).map(|row| row.unwrap().name).collect::<Vec<_>>(),
        ["Vault"]
    );
    let types: Vec<_> =
        ResourceTypeRow::all(&snapshot).map(|row| row.unwrap()).map(|row| (row.id, row.traits)).collect();
    let traits = |name: &str| vec![name.to_owned()];
    assert_eq!(
        types,
        [
            ("group".to_owned(), traits("group")),
            ("role".to_owned(), traits("role")),
            ("user".to_owned(), traits("user")),
            ("vault".to_owned(), Vec::new())
        ]
    );
    let on_vault = EntitlementFilter { resource: Some(id("vault", "v1")), ..EntitlementFilter::default() };
    let entitlements: Vec<_> = EntitlementRow::all(&snapshot, &on_vault).map(|row| row.unwrap()).collect();
    assert_eq!(entitlements.len(), 1);
    assert_eq!(
        (entitlements[0].permission.as_str(), entitlements[0].resource.name.as_str()),
        ("open", "Vault")
    );
}

#[test]
fn a_principal_that_the_file_lacks_is_marked() {
    let file = File::with(&Content::new(), 1);
    let file = file.open();
    let snapshot = newest(&file);
    let of_nobody = GrantQuery { principal: Some(id("user", "nobody")), ..GrantQuery::default() };
    let rows = || GrantRow::all(&snapshot, &of_nobody);
    let json: serde_json::Value = serde_json::from_str(&written(Format::Json, rows())).unwrap();
    assert_eq!(json[0]["principal"]["missing"], true);
    assert_eq!(json[0]["principal"]["id"], "nobody");
    for format in [Format::Csv, Format::Table] {
        let text = written(format, rows());
        let line = text.lines().nth(1).unwrap();
        assert!(line.starts_with("nobody") && line.contains("missing"), "{line}");
    }

    let nobody = Reach::of_missing(&snapshot, &id("user", "nobody")).unwrap();
    assert!(nobody.principal.missing);
    assert_eq!(nobody.rows.len(), 1);
    assert_eq!(nobody.notes[0].0, "The file has no such resource; grants name it all the same.");
}

#[test]
fn a_membership_that_is_not_in_force_says_so() {
    let mut content = Content::new();
    content.grants[0]
        .details_mut()
        .metadata
        .insert("membership_status".into(), Value::String("PENDING".into()));
    let file = File::with(&content, 1);
    let file = file.open();
    let snapshot = newest(&file);
    let of_ann = GrantQuery { principal: Some(id("user", "ann")), ..GrantQuery::default() };
    let text = written(Format::Csv, GrantRow::all(&snapshot, &of_ann));
    assert!(text.contains(",Team,direct; not in force: PENDING,"), "{text}");
    let ann = snapshot.view().resource(&id("user", "ann")).unwrap().unwrap().value;
    let rows = Reach::of(&snapshot, ann).unwrap().rows;
    assert_eq!(rows[1].how(), "direct; not in force: PENDING");
}

#[test]
fn hostile_names_are_defused_where_they_are_written() {
    let file = File::with(&Content::new(), 1);
    let file = file.open();
    let snapshot = newest(&file);
    for (who, table, csv) in [
        ("bob", "=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("cem", "Cem \u{fffd}txt _x0041_", "Cem \u{202e}txt _x0041_"),
    ] {
        let resource = snapshot.view().resource(&id("user", who)).unwrap().unwrap().value;
        let reach = Reach::of(&snapshot, resource).unwrap();
        let written = |format| {
            let mut out = Vec::new();
            reach.write(&mut out, Style { format, ..Style::default() }, &snapshot).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert!(written(Format::Table).starts_with(table), "{}", written(Format::Table));
        if who == "bob" {
            assert!(written(Format::Csv).contains(csv), "{}", written(Format::Csv));
        }
    }
    assert_eq!(FORMULA, "=cmd|' /C calc'!A0");
}

#[test]
fn counts_are_of_the_rows_and_not_of_what_the_file_says() {
    let file = File::with(&Content::new(), 1);
    let file = file.open();
    let snapshot = newest(&file);
    let counted = Statistics::of(&snapshot).unwrap();
    assert_eq!(counted.stored_counts_agree, Some(true));
    assert_eq!((counted.resources, counted.entitlements, counted.grants), (6, 3, 5));
    let vault = counted.by_resource_type.iter().find(|found| found.resource_type == "vault").unwrap();
    assert_eq!((vault.resources, vault.entitlements, vault.grants), (1, 1, 2));
    assert_eq!(counted.completeness, None);
}

/// A role that administers, held by an account, by an account and a robot that the file lacks, and by a group.
fn administered() -> Content {
    let mut content = Content::new();
    let role = id("role", "workspace-admin");
    let mut resource = Resource::new(role.clone(), "Workspace admin");
    resource.traits.push(ResourceTrait::Role);
    content.resources.push(resource);
    content.entitlements.push(entitlement(&role, "assigned"));
    for who in [id("user", "cem"), id("user", "ghost"), id("robot", "r2"), id("group", "g1")] {
        content.grants.push(grant(&role, "assigned", who));
    }
    content
}

fn judged(rules: Vec<Rule>) -> findings::Assessment {
    let file = File::with(&administered(), 1);
    let file = file.open();
    let options = findings::Options { rules, ..findings::Options::new(at("2026-03-02T00:00:00Z")) };
    evaluate(&newest(&file), &options).unwrap()
}

#[test]
fn administrators_that_are_no_accounts_of_the_file_are_found() {
    let told = |rules: Vec<Rule>| -> Vec<String> {
        let fingerprint = |finding: &findings::Finding| {
            finding
                .evidence
                .iter()
                .map(|evidence| format!("{} {}", finding.severity, finding.fingerprint(evidence)))
                .collect::<Vec<_>>()
        };
        judged(rules).findings.iter().flat_map(fingerprint).collect()
    };
    let administrators = [
        "high admin-without-account/missing/robot:r2",
        "high admin-without-account/missing/user:ghost",
        "high admin-without-account/no-account/group:g1",
    ];
    let nobody = "medium unlisted-member/missing/user:nobody";
    assert_eq!(told(vec![Rule::AdminWithoutAccount]), administrators);
    assert_eq!(
        told(vec![Rule::AdminWithoutAccount, Rule::UnlistedMember]),
        [&administrators[..], &[nobody]].concat()
    );
    // With the other rule off, nobody is lost.
    assert_eq!(
        told(vec![Rule::UnlistedMember]),
        ["medium unlisted-member/missing/robot:r2", "medium unlisted-member/missing/user:ghost", nobody]
    );
    let found = judged(vec![Rule::AdminWithoutAccount]);
    assert_eq!(found.findings[0].evidence[1].detail, "user, not in the file; named by role Workspace admin");
}

#[test]
fn accounts_that_the_file_lacks_are_listed_after_those_it_has() {
    let file = File::with(&administered(), 1);
    let file = file.open();
    let snapshot = newest(&file);
    let people = |filter: &PersonFilter| {
        filter.people(&snapshot).unwrap().map(|row| row.unwrap()).collect::<Vec<Person>>()
    };
    let ids = |filter: &PersonFilter| {
        people(filter).into_iter().map(|person| (person.id, person.missing)).collect::<Vec<_>>()
    };
    let all = [("ann", false), ("bob", false), ("cem", false), ("ghost", true), ("nobody", true)]
        .map(|(id, missing)| (id.to_owned(), missing));
    assert_eq!(ids(&PersonFilter::default()), all);
    let admin = PersonFilter { admin: true, ..PersonFilter::default() };
    assert_eq!(ids(&admin), [all[0].clone(), all[2].clone(), all[3].clone()]);
    let unlisted = PersonFilter { unlisted: true, ..PersonFilter::default() };
    assert_eq!(ids(&unlisted), all[3..]);
    assert_eq!(people(&unlisted)[0].roles[0].name, "Workspace admin");
}

#[test]
fn the_report_lists_and_counts_administrators_that_the_file_lacks() {
    let file = File::with(&administered(), 1);
    let file = file.open();
    let mut out = Vec::new();
    let options = report::Options { made_at: at("2026-03-02T00:00:00Z"), tool: "test" };
    report::write(&mut out, &newest(&file), &judged(Vec::new()), Changes::None("none"), options).unwrap();
    let page = String::from_utf8(out).unwrap();
    let start = page.find("<section id=\"administrative\"").unwrap();
    let section = &page[start..start + page[start..].find("</section>").unwrap()];
    assert!(section.contains("<span class=\"count\">5</span>"), "{section}");
    for who in [
        "#person=ghost\"><bdi>ghost</bdi>",
        "#resource=robot:r2\"><bdi>r2</bdi>",
        "#group=g1\"><bdi>Team</bdi>",
    ] {
        assert!(section.contains(who), "{who} in {section}");
    }
    assert_eq!(section.matches("<span class=\"state missing\">missing</span>").count(), 2);
    assert!(page.contains("1 owner, 1 administrator, 3 no account of the file"));
}

#[test]
fn who_has_something_on_what_the_file_lacks_is_told() {
    let mut content = Content::new();
    content.grants.push(grant(&id("vault", "ghost"), "open", id("user", "ann")));
    let file = File::with(&content, 1);
    let file = file.open();
    let snapshot = newest(&file);
    let audience = Audience::of_missing(&snapshot, &id("vault", "ghost")).unwrap();
    assert_eq!(audience.notes[0].0, "The file has no such resource; grants name it all the same.");
    let rows: Vec<_> = audience.rows().map(|row| row.unwrap()).collect();
    assert_eq!(rows.iter().map(|row| row.principal.id.as_str()).collect::<Vec<_>>(), ["ann"]);
}

#[test]
fn annotations_of_other_connectors_are_in_the_rows_for_programs() {
    const POLICY: &str = "type.googleapis.com/acme.v1.Policy";
    let mut content = Content::new();
    let annotations = || {
        let urls = ["type.googleapis.com/c1.connector.v2.ETag", POLICY, POLICY];
        urls.map(|url| Annotation { type_url: url.to_owned(), value: vec![10, 1, 65] }).to_vec()
    };
    content.resource(&id("user", "ann")).annotations = annotations();
    content.entitlements[0].annotations = annotations();
    content.grants[0].details_mut().annotations = annotations();
    let file = File::with(&content, 1);
    let file = file.open();
    let snapshot = newest(&file);
    let marked = |json: String| -> Vec<String> {
        let rows: Vec<serde_json::Value> = serde_json::from_str(&json).unwrap();
        let marked = rows.into_iter().filter(|row| row.get("annotations").is_some());
        marked.map(|row| format!("{} {}", row["id"].as_str().unwrap(), row["annotations"])).collect()
    };
    let expected = |id: &str| vec![format!("{id} [\"{POLICY}\"]")];
    assert_eq!(marked(written(Format::Json, ResourceRow::all(&snapshot, None))), expected("ann"));
    assert_eq!(marked(written(Format::Json, Person::all(&snapshot))), expected("ann"));
    let entitlements = EntitlementRow::all(&snapshot, &EntitlementFilter::default());
    assert_eq!(marked(written(Format::Json, entitlements)), expected("group:g1:member"));
    let grants = GrantRow::all(&snapshot, &GrantQuery::default());
    assert_eq!(marked(written(Format::Json, grants)), expected("group:g1:member:user:ann"));
}
