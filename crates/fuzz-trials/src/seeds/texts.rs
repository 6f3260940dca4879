//! Seeds that are text: answers of Clockify, what people type, and checkpoints.

use sync_engine::{NoObserver, Options};

use super::{Seed, fixture};
use crate::checkpoint::{NOW, Shelf, Source, Unfinished, at, cursor, fingerprint, script_of};

/// The sample bodies, each as the answer to the question that it answers.
const BODIES: [(&str, &str); 15] = [
    ("me", "01-user-me"),
    ("me", "02-user-me-include-memberships"),
    ("workspaces", "03-workspaces-list"),
    ("workspace", "04-workspace-single-subdomain"),
    ("users", "05-users-page1-roles-workspace-memberships"),
    ("users", "06-users-page2-nonactive"),
    ("users", "07-users-past-the-end"),
    ("users", "08-users-memberships-all-messy"),
    ("users", "09-users-limited"),
    ("users", "11-users-info-response-admins"),
    ("groups", "12-user-groups-with-team-managers"),
    ("groups", "13-user-group-after-member-added"),
    ("users", "15-user-managers"),
    ("projects", "18-projects-list"),
    ("workspace", "26-deactivate-response-workspace"),
];

/// Headers that decide something, and bodies that are read on a way of their own.
const ANSWERS: [(&str, &str); 17] = [
    ("last-page-true", "users 200\nContent-Type: application/json\nLast-Page: true\n\n[{\"id\":\"a\"}]"),
    ("last-page-false", "groups 200\nContent-Type: application/json\nLast-Page: false\n\n[{\"id\":\"a\"}]"),
    ("last-page-lies", "projects 200\nLast-Page: FALSE\n\n[]"),
    ("unreadable-and-more", "users 200\nLast-Page: false\n\n[null]"),
    ("retry-after-seconds", "users 429\nRetry-After: 12\n\n{\"message\":\"Too many requests\",\"code\":429}"),
    ("retry-after-date", "users 503\nRetry-After: Sun, 01 Mar 2026 00:05:00 GMT\n\n"),
    ("reset-seconds", "groups 429\nX-RateLimit-Reset: 30\n\n"),
    ("reset-moment", "me 429\nX-RateLimit-Reset: 1772323260\n\n"),
    ("reset-millis", "me 429\nX-RateLimit-Reset: 1772323260000\n\n"),
    ("redirect", "users 302\nLocation: https://example.com/api/v1\n\n"),
    ("web-page", "users 200\nContent-Type: text/html\n\n<html></html>"),
    ("no-content", "users 204\n\n"),
    ("surrogate", "users 200\n\n[{\"id\":\"a\",\"name\":\"x\\ud83d y\\ude00\"}]"),
    ("twice", "users 200\n\n[{\"id\":\"a\",\"name\":\"x\",\"name\":\"y\",\"email\":1e999}]"),
    (
        "text-list",
        "groups 200\n\n[{\"id\":\"a\",\"userIds\":\"[\\\"u1\\\",\\\"u2\\\"]\",\"teamManagers\":[{\"id\":\"u3\"},7]}]",
    ),
    (
        "role-shapes",
        "users 200\n\n[{\"id\":\"a\",\"roles\":[\"OWNER\",{\"role\":{\"code\":\"TEAM_MANAGER\",\"id\":\"b\",\
         \"source\":{\"id\":\"g\",\"type\":\"USER_GROUP\"}},\"entityId\":\"c\",\"sourceType\":\"USER_GROUP\"}]}]",
    ),
    (
        "custom-fields",
        "users 200\n\n[{\"id\":\"a\",\"customFields\":[{\"customFieldId\":\"f\",\"customFieldName\":\"Team\",\
         \"customFieldType\":\"NUMBER\",\"value\":12.5}]}]",
    ),
];

pub(super) fn answers() -> Vec<Seed> {
    let bodies = BODIES.iter().map(|(question, name)| {
        let head = format!("{question} 200\nContent-Type: application/json\nLast-Page: true\n\n");
        let body = fixture(&format!("clockify/{name}.json"));
        // Without the white space that people need, so that a fuzzer spends its time on the rest.
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        Seed::new("clockify_answer", *name, [head.into_bytes(), body.to_string().into_bytes()].concat())
    });
    let answers = ANSWERS.iter().map(|(name, text)| Seed::new("clockify_answer", *name, *text));
    bodies.chain(answers).chain(refusals()).collect()
}

/// The sample refusals.
fn refusals() -> Vec<Seed> {
    let samples: serde_json::Value =
        serde_json::from_slice(&fixture("clockify/20-error-bodies.json")).unwrap();
    let seed = |(number, sample): (usize, &serde_json::Value)| {
        let status = sample["status"].as_u64().unwrap_or(400);
        let body = sample.get("body").unwrap_or(sample);
        let text = format!("users {status}\nContent-Type: application/json\n\n{body}");
        Seed::new("clockify_answer", format!("refusal-{number:02}"), text)
    };
    samples.as_array().unwrap().iter().enumerate().map(seed).collect()
}

const SETTINGS: [(&str, &str); 20] = [
    ("duration-short", "duration\n90s"),
    ("duration-words", "duration\n1 day 12 hours"),
    ("duration-mixed", "duration\n1h30m"),
    ("duration-year", "duration\n1y"),
    ("cron-nightly", "cron\nEurope/Berlin\n1772323200\n0 2 * * *"),
    ("cron-gap", "cron\nAmerica/New_York\n1772323200\n30 2 8 3 *"),
    ("cron-steps", "cron\nPacific/Chatham\n0\n*/7 1-5 L * MON#2"),
    ("cron-name", "cron\nUTC\n1772323200\n@monthly"),
    ("cron-end", "cron\nUTC\n253402207200\n@monthly"),
    ("cron-never", "cron\nUTC\n0\n0 0 30 2 *"),
    ("url-global", "url\nhttps://api.clockify.me/api/v1/"),
    ("url-regional", "url\nhttps://euc1.clockify.me/api"),
    ("url-loopback", "url\nhttp://[::1]:8080"),
    ("url-foreign", "url\nhttps://clockify.me.example.com:443/v1"),
    ("id", "id\n66B0c1d2e4f5a6978812aa00"),
    ("key", "key\n ZnV6ei1rZXktMDA3 "),
    (
        "status-new",
        r#"status
{"format":1,"version":"0.1.0","pid":7,"started_at":"2026-03-01T00:00:00Z","schedule":"every 6h","last_success":null,"last_failure":null,"consecutive_failures":0,"next_run":null,"progress":null,"stopped_at":null}"#,
    ),
    (
        "status-running",
        r#"status
{"format":1,"version":"0.1.0","pid":7,"started_at":"2026-03-01T00:00:00Z","schedule":"every 6h","last_success":{"at":"2026-03-01T00:00:00Z","sync_id":"s","counts":{"user":3},"verified":true},"last_failure":null,"consecutive_failures":0,"next_run":null,"progress":{"since":"2026-03-01T00:00:00Z","updated_at":"2026-03-01T00:00:01Z","phase":"read","pages":2},"stopped_at":null}"#,
    ),
    (
        "status-failing",
        r#"status
{"format":1,"version":"0.1.0","pid":7,"started_at":"2026-03-01T00:00:00Z","schedule":"every 6h","last_success":null,"last_failure":{"at":"2026-03-01T00:00:00Z","class":"unavailable","transient":true,"reason":"no answer","hint":"wait"},"consecutive_failures":4,"next_run":"2026-03-01T06:00:00Z","progress":null,"stopped_at":null}"#,
    ),
    ("status-other-format", "status\n{\"format\":2}"),
];

pub(super) fn settings() -> Vec<Seed> {
    SETTINGS.iter().map(|(name, text)| Seed::new("settings", *name, *text)).collect()
}

/// What runs leave behind that fail at each of the source's pages, and one that was ended and could not be sealed.
pub(super) fn checkpoints() -> Vec<Seed> {
    let own = fingerprint(&Source::default());
    let pages = [("users", "1"), ("users", "2"), ("groups", "1"), ("groups", "2")];
    let mut seeds: Vec<Seed> = pages
        .into_iter()
        .map(|(stream, position)| {
            let source = Source { broken: Some(cursor(stream, position)) };
            let left = left_behind(&source);
            Seed::new("checkpoint", format!("cut-at-{stream}-{position}"), script_of(&left, &own))
        })
        .collect();
    let whole = left_behind(&Source::default());
    seeds.push(Seed::new("checkpoint", "ended", script_of(&whole, &own)));
    seeds
}

/// The unfinished sync after a run that failed; after one that did not, the sync as it was sealed.
fn left_behind(source: &Source) -> Unfinished {
    let shelf = Shelf::new(None);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let options = Options { concurrency: 1, ..Options::default() };
    let ended = runtime.block_on(sync_engine::sync(source, &shelf, &at(NOW), &options, &NoObserver));
    if ended.is_err() {
        return shelf.unfinished().unwrap();
    }
    let mut whole = shelf.newest().unwrap();
    whole.ended = true;
    whole
}
