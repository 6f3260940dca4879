//! What is read out of a body in pieces is what is read out of it as a whole.

use std::fmt::Write as _;

use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::client::Answer;
use crate::model::{Text, Workspace};
use crate::{ApiKey, Endpoint, ErrorKind, Operation};

type Outcome = Result<Workspace, (ErrorKind, String)>;

fn outcome(body: Vec<u8>, bytes: usize, taken: Taken) -> Outcome {
    let credential = ApiKey::new("key").unwrap().into();
    let answer =
        Answer { status: 200, body: body.into(), bytes, taken, last_page: None, attempts: 1, credential };
    let read = answer.workspace(Operation::new(Endpoint::Workspace));
    read.map_err(|error| (error.kind().clone(), error.to_string()))
}

/// As every other answer is read.
fn whole(body: &[u8]) -> Outcome {
    outcome(body.to_vec(), body.len(), Taken::default())
}

fn take<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> (Vec<u8>, Taken) {
    let mut aside = Aside::default();
    pieces.into_iter().for_each(|piece| aside.feed(piece));
    aside.finish()
}

/// In pieces that begin at these places, in any order.
fn apart(body: &[u8], cuts: &[usize]) -> Outcome {
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (body.len() + 1)).collect();
    cuts.extend([0, body.len()]);
    cuts.sort_unstable();
    let (kept, taken) = take(cuts.windows(2).map(|ends| &body[ends[0]..ends[1]]));
    outcome(kept, body.len(), taken)
}

const MEMBERS: &str = r#"{ "id" : "66b0", "name":"a\"memberships\":[\\",
"memberships": [ {"userId":"u1","membershipStatus":"ACTIVE","rates":[{"a":"]}"}]},
{"userId":"u\u00e4","hourlyRate":{"amount":1e2}, "memberships":[1]} , null,17 ,"x"
, {"userId":"ü3", "targetId":"66b0"} ], "features":["SCIM",{"memberships":[2]}]}"#;

#[test]
fn members_are_taken_out_as_they_come() {
    let body = MEMBERS.as_bytes();
    let (kept, taken) = take(body.chunks(7));
    assert_eq!(
        str::from_utf8(&kept).unwrap(),
        r#"{ "id" : "66b0", "name":"a\"memberships\":[\\",
"memberships": [], "features":["SCIM",{"memberships":[2]}]}"#
    );
    let users: Vec<&str> = taken.members.users().flatten().map(Text::as_str).collect();
    assert_eq!((users, taken.members.unreadable()), (vec!["u1", "uä", "ü3"], 3));
}

#[test]
fn no_more_than_an_element_is_held() {
    let mut aside = Aside::default();
    aside.feed(br#"{"memberships":["#);
    for _ in 0..10_000 {
        for piece in [&br#"{"userId":"u1","rates":["#[..], br#"{"amount":1}]},"#] {
            aside.feed(piece);
            assert!(aside.held.len() < 100, "{}", aside.held.len());
        }
    }
    aside.feed(b"1]}");
    let (kept, taken) = aside.finish();
    assert_eq!((kept.as_slice(), taken.members.len()), (&br#"{"memberships":[]}"#[..], 10_000));
}

#[test]
fn a_long_element_is_not_read_once_per_piece() {
    let mut body = br#"{"id":"a","memberships":[{"userId":""#.to_vec();
    body.resize(4 << 20, b'x');
    body.extend(br#""}]}"#);
    let (_, taken) = take(body.chunks(100));
    assert_eq!(taken.members.len(), 1);
}

#[test]
fn blanks_in_front_are_not_looked_through_once_per_piece() {
    let mut body = vec![b' '; 8 << 20];
    body.extend(br#"{"id":"a","memberships":[{"userId":"u1"}]}"#);
    let (_, taken) = take(body.chunks(50));
    assert_eq!(taken.members.len(), 1);
}

#[test]
fn it_does_not_matter_where_the_body_is_cut_into_pieces() {
    let body = MEMBERS.as_bytes();
    let expected = whole(body);
    assert_eq!(expected.as_ref().unwrap().memberships.len(), 3);
    for cut in 0..=body.len() {
        assert_eq!(apart(body, &[cut]), expected, "{cut}");
    }
    assert_eq!(apart(body, &(0..body.len()).collect::<Vec<_>>()), expected);
}

#[test]
fn a_body_that_ends_early_is_refused_in_the_same_words() {
    for end in 0..MEMBERS.len() {
        let body = &MEMBERS.as_bytes()[..end];
        let expected = whole(body);
        assert!(expected.is_err());
        assert_eq!(apart(body, &[]), expected, "{end}");
        assert_eq!(apart(body, &[end / 2, end / 3]), expected, "{end}");
    }
}

#[test]
fn no_other_byte_makes_a_difference() {
    for place in 0..MEMBERS.len() {
        for byte in *b"\"\\{}[],: x0-\n\xff" {
            let mut body = MEMBERS.as_bytes().to_vec();
            body[place] = byte;
            assert_eq!(apart(&body, &[place, place + 1]), whole(&body), "{}", String::from_utf8_lossy(&body));
            body.insert(place, byte);
            assert_eq!(apart(&body, &[place / 2]), whole(&body), "{}", String::from_utf8_lossy(&body));
        }
    }
}

/// One of those, and sometimes one of the broken ones.
fn either(broken: bool, good: &[&'static str], bad: &[&'static str]) -> BoxedStrategy<String> {
    let good = select(good.to_vec()).prop_map(str::to_owned);
    let bad = select(bad.to_vec()).prop_map(str::to_owned);
    if broken { prop_oneof![20 => good, 1 => bad].boxed() } else { good.boxed() }
}

fn blanks(broken: bool) -> BoxedStrategy<String> {
    either(broken, &["", "", "", " ", "\n", "\r\n\t"], &["\u{a0}", "x"])
}

fn key(broken: bool) -> BoxedStrategy<String> {
    let others = [
        "id",
        "name",
        "features",
        "workspaceSettings",
        "subdomain",
        "other",
        "member ships",
        "{",
        r"memberships\\",
        r#"\"memberships"#,
        r"member\ud800ships",
    ];
    let list = either(broken, &["memberships", "memberships", "memberships", r"m\u0065mberships"], &["\n"]);
    prop_oneof![1 => list, 2 => either(broken, &others, &[r"\u00", r"\x"])].boxed()
}

fn odd(broken: bool) -> BoxedStrategy<String> {
    let good = [
        "null",
        "true",
        "0",
        "-12",
        "1e3",
        "1e999",
        r#""""#,
        r#""text""#,
        r#""}]{[,:""#,
        r#""a\\""#,
        r#""\ud83d""#,
        r#""\ud83d\ude00\"""#,
        r#""[\"u1\"]""#,
        "[]",
        "{}",
        "[1,[2],{}]",
        r#"{"memberships":[{"userId":"inner"}]}"#,
        r#"{"userId":"u1","userId":"u2"}"#,
        r#"{"userId":"\udc00"}"#,
    ];
    let bad = ["nul", "-", "01", r#""\x""#, "\"\n\"", "[1,]", r#"{"a":1,}"#, "}", "]", "", "\"", "1 2"];
    let deep = (select(vec![("[", "1", "]"), ("{\"a\":", "{}", "}")]), 1..200_usize);
    let deep =
        deep.prop_map(|((open, middle, close), depth)| open.repeat(depth) + middle + &close.repeat(depth));
    prop_oneof![9 => either(broken, &good, &bad), 1 => deep].boxed()
}

fn member(broken: bool) -> BoxedStrategy<String> {
    let texts = [r#""u1""#, r#""ACTIVE""#, r#""ODD""#, "null"];
    let value = prop_oneof![4 => either(broken, &texts, &["\"u"]), 1 => odd(broken)];
    let name = select(vec!["userId", "userId", "targetId", "membershipStatus", "x", "y", r"\ud800"]);
    let fields = prop::collection::vec((name, value), 0..4).prop_map(|fields| {
        let fields: Vec<_> = fields.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
        format!("{{{}}}", fields.join(","))
    });
    let usual = (0..50_u8).prop_map(|n| format!(r#"{{"userId":"u{n}","membershipStatus":"ACTIVE"}}"#));
    prop_oneof![12 => usual, 2 => fields, 1 => odd(broken)].boxed()
}

fn list(broken: bool) -> BoxedStrategy<String> {
    let comma = either(broken, &[","], &["", ",,", ":", "]", "}"]);
    let elements = prop::collection::vec((blanks(broken), member(broken), blanks(broken), comma), 0..12);
    let end = either(broken, &["]"], &["", ",]", "}"]);
    let list = (elements, end).prop_map(|(elements, end)| {
        let mut list = "[".to_owned();
        let end_place = elements.len().saturating_sub(1);
        for (place, (before, member, after, comma)) in elements.iter().enumerate() {
            let comma = if place == end_place { "" } else { comma };
            let _ = write!(list, "{before}{member}{after}{comma}");
        }
        list + &end
    });
    list.boxed()
}

/// A body as a server might send it that is odd, hostile, broken, or nothing of that.
fn body() -> impl Strategy<Value = Vec<u8>> {
    any::<bool>().prop_flat_map(|broken| {
        let value = prop_oneof![2 => list(broken), 1 => odd(broken)];
        let fields = prop::collection::vec((key(broken), blanks(broken), value, blanks(broken)), 0..5);
        let lists = prop::collection::vec(list(broken), 0..2);
        let end = either(broken, &["", " "], &["x", "{}", ","]);
        let byte = select(b"\"\\{}[],: \n0e\xff\xf0\x9f".to_vec());
        let change = (any::<prop::sample::Index>(), 0..3_u8, byte);
        let change = prop::option::of(change).prop_map(move |change| change.filter(|_| broken));
        (fields, lists, prop::bool::weighted(0.95), end, change).prop_map(build)
    })
}

type Field = (String, String, String, String);
type Change = (prop::sample::Index, u8, u8);

fn build(parts: (Vec<Field>, Vec<String>, bool, String, Option<Change>)) -> Vec<u8> {
    let (fields, lists, with_id, end, change) = parts;
    let fields = fields
        .into_iter()
        .map(|(key, before, value, after)| format!("{before}\"{key}\"{after}:{before}{value}{after}"));
    let id = with_id.then(|| r#""id":"66b0""#.to_owned());
    let lists = lists.into_iter().map(|list| format!("\"memberships\":{list}"));
    let fields: Vec<String> = lists.chain(fields).chain(id).collect();
    let mut body = format!("{{{}}}{end}", fields.join(",")).into_bytes();
    if let Some((place, what, byte)) = change {
        let place = place.index(body.len());
        match what {
            0 => body[place] = byte,
            1 => body.insert(place, byte),
            _ => body.truncate(place),
        }
    }
    body
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, ..ProptestConfig::default() })]

    #[test]
    fn the_outcome_is_that_of_the_whole(body in body(), cuts in prop::collection::vec(any::<usize>(), 0..20)) {
        let expected = whole(&body);
        prop_assert_eq!(&apart(&body, &cuts), &expected);
        prop_assert_eq!(apart(&body, &(0..body.len()).collect::<Vec<_>>()), expected);
    }
}
