//! The order of fields on the wire, against the recorded bodies.

use std::fmt;

use clockify_sim::{FixedWorkspace, SeededWorkspace};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use crate::support::{EVERYBODY, get, get_in, start};

/// The shape of a JSON text, with the fields of objects in the order in which they stand there.
#[derive(Debug)]
enum Shape {
    Leaf,
    List(Vec<Shape>),
    Object(Vec<(String, Shape)>),
}

impl<'de> Deserialize<'de> for Shape {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ShapeVisitor)
    }
}

struct ShapeVisitor;

impl<'de> Visitor<'de> for ShapeVisitor {
    type Value = Shape;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_unit<E>(self) -> Result<Shape, E> {
        Ok(Shape::Leaf)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Shape, E> {
        Ok(Shape::Leaf)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Shape, E> {
        Ok(Shape::Leaf)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Shape, E> {
        Ok(Shape::Leaf)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Shape, E> {
        Ok(Shape::Leaf)
    }

    fn visit_str<E>(self, _: &str) -> Result<Shape, E> {
        Ok(Shape::Leaf)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Shape, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Shape::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Shape, A::Error> {
        let mut object = Vec::new();
        while let Some(field) = fields.next_entry()? {
            object.push(field);
        }
        Ok(Shape::Object(object))
    }
}

impl Shape {
    fn of(text: &str) -> Self {
        serde_json::from_str(text).expect("JSON")
    }

    /// The field names of every object at a path such as `*.memberships.*`, each sequence once. `*` is every item of a list.
    fn fields(&self, path: &str) -> Vec<Vec<String>> {
        let steps: Vec<&str> = path.split('.').filter(|step| !step.is_empty()).collect();
        let mut found = Vec::new();
        self.collect(&steps, &mut found);
        found.sort();
        found.dedup();
        found
    }

    fn collect(&self, steps: &[&str], found: &mut Vec<Vec<String>>) {
        match (self, steps) {
            (Self::Object(fields), []) => found.push(fields.iter().map(|(name, _)| name.clone()).collect()),
            (Self::List(items), ["*", rest @ ..]) => items.iter().for_each(|item| item.collect(rest, found)),
            (Self::Object(fields), [step, rest @ ..]) => {
                fields
                    .iter()
                    .filter(|(name, _)| name == step)
                    .for_each(|(_, field)| field.collect(rest, found));
            }
            _ => {}
        }
    }
}

fn sample(name: &str) -> String {
    let path = format!("{}/../../fixtures/clockify/{name}.json", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Asserts that both texts have the same field sequences at every path.
fn assert_same_order(ours: &str, recorded: &str, paths: &[&str]) {
    let (ours, recorded) = (Shape::of(ours), Shape::of(recorded));
    for path in paths {
        let expected = recorded.fields(path);
        assert!(!expected.is_empty(), "the sample has nothing at {path}");
        assert_eq!(ours.fields(path), expected, "{path}");
    }
}

#[tokio::test]
async fn users_have_the_fields_of_the_recorded_ones_in_their_order() {
    let simulator = start(SeededWorkspace::demo()).await;
    let me = ["", "settings", "settings.summaryReportSettings"];
    assert_same_order(&get(&simulator, "/user").await.text, &sample("01-user-me"), &me);
    let mine = get(&simulator, "/user?include-memberships=true").await.text;
    assert_same_order(&mine, &sample("02-user-me-include-memberships"), &["memberships.*"]);

    let query = format!("/users?{EVERYBODY}&memberships=WORKSPACE&include-roles=true&page-size=60");
    let users = get_in(&simulator, &query).await.text;
    let paths = [
        "*",
        "*.memberships.*",
        "*.memberships.*.hourlyRate",
        "*.settings",
        "*.customFields.*",
        "*.roles.*",
        "*.roles.*.entities.*",
        "*.roles.*.entities.*.source",
    ];
    assert_same_order(&users, &sample("05-users-page1-roles-workspace-memberships"), &paths);
}

#[tokio::test]
async fn workspaces_groups_and_projects_have_the_recorded_order_too() {
    let simulator = start(SeededWorkspace::demo()).await;
    let workspace = [
        "*",
        "*.hourlyRate",
        "*.memberships.*",
        "*.workspaceSettings",
        "*.workspaceSettings.round",
        "*.workspaceSettings.entityCreationPermissions",
        "*.currencies.*",
        "*.subdomain",
    ];
    assert_same_order(&get(&simulator, "/workspaces").await.text, &sample("03-workspaces-list"), &workspace);
    let one = get_in(&simulator, "").await.text;
    let all = Shape::of(&sample("04-workspace-single-subdomain"));
    assert_eq!(Shape::of(&one).fields(""), all.fields(""));

    let groups = get_in(&simulator, "/user-groups?includeTeamManagers=true").await.text;
    assert_same_order(&groups, &sample("12-user-groups-with-team-managers"), &["*", "*.teamManagers.*"]);
    let projects = get_in(&simulator, "/projects").await.text;
    let paths = ["*", "*.hourlyRate", "*.memberships.*", "*.estimate", "*.timeEstimate"];
    assert_same_order(&projects, &sample("18-projects-list"), &paths);
}

/// Every recorded error that a read can meet occurs word for word.
#[tokio::test]
async fn errors_are_worded_as_recorded() {
    let recorded: Vec<Value> = serde_json::from_str(&sample("20-error-bodies")).unwrap();
    let recorded = |status: u16, code: i64, part: &str| {
        let mut found = recorded.iter().filter(|entry| {
            entry["status"] == status
                && entry["body"]["code"] == code
                && entry["body"]["message"].as_str().unwrap().contains(part)
        });
        let found = found.next().unwrap_or_else(|| panic!("no sample of {status}/{code} {part}"));
        found["body"].clone()
    };
    let mut content = FixedWorkspace::copy_of(&SeededWorkspace::demo());
    // The samples come from a workspace with this id.
    content.workspace.id = "66b0c1d2e4f5a6978812aa00".to_owned();
    let simulator = start(content.clone()).await;
    let url = format!("{}/user", simulator.base_url());
    let bare = crate::support::send(reqwest::Method::GET, &url, &[]).await.unwrap();
    assert_eq!(bare.json(), recorded(401, 1000, "none auth tokens"));
    let unknown = crate::support::send(reqwest::Method::GET, &url, &[("X-Api-Key", "x")]).await.unwrap();
    assert_eq!(unknown.json(), recorded(401, 4003, ""));
    let token = crate::support::send(reqwest::Method::GET, &url, &[("X-Addon-Token", "x")]).await.unwrap();
    assert_eq!(token.json(), recorded(401, 4017, ""));
    assert_eq!(get_in(&simulator, "/policies").await.json(), recorded(404, 3000, "policies"));
    assert_eq!(get_in(&simulator, "/user-groups/x").await.json(), recorded(405, 3000, "GET"));
    let maybe = get_in(&simulator, "/user-groups?includeTeamManagers=maybe").await;
    assert_eq!(maybe.json(), recorded(400, 3000, "maybe"));

    content.workspace.suspended = Some(406);
    let simulator = start(content).await;
    assert_eq!(get_in(&simulator, "/users").await.json(), recorded(406, 406, "suspended"));
}
