//! Faults in the way an answer is sent, looked at byte by byte.

use std::io::Read as _;
use std::time::Duration;

use clockify_sim::{Action, Endpoint, Fault, SeededWorkspace, Simulator};

use crate::support::{EVERYBODY, End, faulty, get_in, in_workspace, raw_get};

/// Much longer than the simulator needs for anything but what a fault tells it to wait for.
const PATIENCE: Duration = Duration::from_millis(400);

fn users() -> String {
    format!("/users?{EVERYBODY}&page=1")
}

/// The same workspace without a fault: its answer is what a fault is compared with.
async fn honest() -> String {
    let simulator = Simulator::builder(SeededWorkspace::new(3).users(120)).start().await.unwrap();
    let raw = raw_get(&simulator, &users(), PATIENCE).await;
    assert_eq!((raw.end, raw.announced()), (End::Open, Some(raw.body().len())), "no fault, no end");
    raw.body()
}

#[tokio::test]
async fn a_truncated_body_breaks_off() {
    let simulator = faulty(Fault::on(Endpoint::Users, Action::Truncate(1_000)).times(1)).await;
    let url = format!("{}{}", simulator.base_url(), in_workspace(&simulator, &users()));
    let request = reqwest::Client::new().get(url).header("X-Api-Key", simulator.api_key());
    let mut response = request.send().await.unwrap();
    assert_eq!(response.status().as_u16(), 200);
    assert!(response.content_length().unwrap() > 1_000, "the whole length is announced");
    assert_eq!(response.chunk().await.unwrap().unwrap().len(), 1_000);
    assert!(response.chunk().await.is_err());
    assert_eq!(get_in(&simulator, &users()).await.status, 200, "the server goes on");
    assert!(simulator.unfired().is_empty());
}

#[tokio::test]
async fn a_truncated_body_ends_in_good_order() {
    let honest = honest().await;
    let simulator = faulty(Fault::on(Endpoint::Users, Action::Truncate(1_000)).times(1)).await;
    let raw = raw_get(&simulator, &users(), PATIENCE).await;
    assert_eq!(
        (raw.end, raw.announced(), raw.body().as_str()),
        (End::Closed, Some(honest.len()), &honest[..1_000])
    );
}

#[tokio::test]
async fn a_reset_before_the_answer_sends_nothing() {
    let simulator = faulty(Fault::on(Endpoint::Users, Action::Reset).times(1)).await;
    let raw = raw_get(&simulator, &users(), PATIENCE).await;
    assert_eq!((raw.end, raw.pieces.len()), (End::Reset, 0));
}

#[tokio::test]
async fn a_reset_during_the_body_sends_its_beginning() {
    let honest = honest().await;
    for (bytes, sent) in [(0, 0), (1, 1), (1_000, 1_000), (usize::MAX, honest.len() - 1)] {
        let simulator = faulty(Fault::on(Endpoint::Users, Action::ResetDuringBody(bytes)).times(1)).await;
        let raw = raw_get(&simulator, &users(), PATIENCE).await;
        assert_eq!((raw.end, raw.announced()), (End::Reset, Some(honest.len())), "{bytes}");
        assert_eq!(raw.body(), honest[..sent], "{bytes}");
        assert_eq!(get_in(&simulator, &users()).await.text, honest, "the server goes on");
        assert!(simulator.unfired().is_empty());
    }
}

#[tokio::test]
async fn a_reset_after_the_body_leaves_a_whole_answer() {
    let honest = honest().await;
    let simulator = faulty(Fault::on(Endpoint::Users, Action::ResetAfterBody).times(1)).await;
    let raw = raw_get(&simulator, &users(), PATIENCE).await;
    assert_eq!(raw.end, End::Reset);
    assert_eq!((raw.announced(), raw.body()), (Some(honest.len()), honest.clone()));
    assert_eq!(simulator.requests()[0].status, Some(200));
    assert_eq!(get_in(&simulator, &users()).await.text, honest, "the server goes on");
    assert!(simulator.unfired().is_empty());
}

#[tokio::test]
async fn a_short_body_is_cut_as_well() {
    let empty = format!("/users?{EVERYBODY}&page=9");
    for action in [Action::Truncate(500), Action::ResetDuringBody(500), Action::CutJson(500)] {
        let simulator = faulty(Fault::on(Endpoint::Users, action.clone()).times(1)).await;
        assert_eq!(raw_get(&simulator, &empty, PATIENCE).await.body(), "[", "{action:?}");
        assert_eq!(get_in(&simulator, &empty).await.text, "[]");
        assert!(simulator.unfired().is_empty());
    }
}

#[tokio::test]
async fn malformed_json_has_the_right_length_and_the_wrong_end() {
    let honest = honest().await;
    let simulator = faulty(Fault::on(Endpoint::Users, Action::MalformedJson)).await;
    let raw = raw_get(&simulator, &users(), PATIENCE).await;
    assert_eq!((raw.end, raw.announced()), (End::Open, Some(honest.len())));
    assert_eq!(raw.body(), format!("{}}}", &honest[..honest.len() - 1]));
    simulator.add_fault(Fault::on(Endpoint::CurrentUser, Action::MalformedJson));
    let user = crate::support::get(&simulator, "/user").await;
    assert!(user.text.starts_with('{') && user.text.ends_with(']'), "{}", user.text);
    assert!(simulator.unfired().is_empty());
}

#[tokio::test]
async fn a_wrong_content_type_comes_with_the_right_body() {
    let simulator =
        faulty(Fault::on(Endpoint::Users, Action::ContentType("application/octet-stream".to_owned()))).await;
    let reply = get_in(&simulator, &users()).await;
    assert_eq!(reply.headers.get_all("content-type").iter().count(), 1);
    assert_eq!(reply.header("content-type"), Some("application/octet-stream"));
    assert_eq!((reply.status, reply.header("last-page")), (200, Some("false")));
    assert_eq!(reply.text, honest().await);
    assert!(simulator.unfired().is_empty());
}

#[tokio::test]
async fn a_header_is_sent_in_place_of_the_right_one() {
    let date = "Tue, 03 Nov 2020 08:00:00 GMT".to_owned();
    let action = Action::Header { name: "Date".to_owned(), value: date.clone() };
    let simulator = faulty(Fault::on(Endpoint::Users, action)).await;
    let reply = get_in(&simulator, &users()).await;
    assert_eq!(reply.headers.get_all("date").iter().count(), 1);
    assert_eq!(reply.header("date"), Some(&*date));
    assert_eq!((reply.status, reply.text), (200, honest().await));
    assert!(simulator.unfired().is_empty());
}

#[tokio::test]
async fn a_slow_first_byte_comes_after_the_head() {
    let wait = Duration::from_millis(250);
    let simulator = faulty(Fault::on(Endpoint::Users, Action::SlowFirstByte(wait))).await;
    let raw = raw_get(&simulator, &users(), PATIENCE).await;
    let (head, body) = raw.first_bytes();
    assert!(head < wait && body >= wait, "head after {head:?}, body after {body:?}");
    let honest = honest().await;
    assert_eq!((raw.announced(), raw.body()), (Some(honest.len()), honest));
    assert!(simulator.unfired().is_empty());
}

#[tokio::test]
async fn a_delay_holds_back_even_the_head() {
    let wait = Duration::from_millis(250);
    let simulator = faulty(Fault::on(Endpoint::Users, Action::Delay(wait))).await;
    let raw = raw_get(&simulator, &users(), PATIENCE).await;
    assert!(raw.first_bytes().0 >= wait);
}

#[tokio::test]
async fn a_drip_sends_so_many_bytes_at_a_time() {
    let honest = honest().await;
    let bytes = honest.len() / 6;
    let interval = Duration::from_millis(40);
    let simulator = faulty(Fault::on(Endpoint::Users, Action::Drip { bytes, interval })).await;
    let raw = raw_get(&simulator, &users(), PATIENCE).await;
    assert_eq!((raw.announced(), raw.body()), (Some(honest.len()), honest.clone()));
    let head = raw.text().len() - honest.len();
    // A byte never comes before its piece is due, however the pieces are gathered on the way.
    let mut got = 0;
    for (at, piece) in &raw.pieces {
        got += piece.len();
        let drops = u32::try_from(got.saturating_sub(head).div_ceil(bytes)).unwrap();
        assert!(*at >= interval * drops, "{got} bytes after {at:?}");
    }
    assert!(raw.pieces.len() > 4, "in pieces, not at once");
    assert!(simulator.unfired().is_empty());
}

#[tokio::test]
async fn a_huge_body_is_blank_and_valid() {
    let honest = honest().await;
    for blanks in [1, 1_000, 3_000_001] {
        let simulator = faulty(Fault::on(Endpoint::Users, Action::HugeBody(blanks))).await;
        let reply = get_in(&simulator, &users()).await;
        assert_eq!(reply.header("content-length"), None, "nobody is warned");
        assert_eq!(reply.text.len() as u64, blanks + honest.len() as u64);
        assert_eq!(reply.text.trim_start(), honest);
        assert!(simulator.unfired().is_empty());
    }
}

#[tokio::test]
async fn a_huge_body_is_produced_while_it_is_sent() {
    // More than any machine has: only somebody who stops reading gets to the end of this test.
    let simulator = faulty(Fault::on(Endpoint::Users, Action::HugeBody(u64::MAX))).await;
    let url = format!("{}{}", simulator.base_url(), in_workspace(&simulator, &users()));
    let request = reqwest::Client::new().get(url).header("X-Api-Key", simulator.api_key());
    let mut response = request.send().await.unwrap();
    let mut got = 0;
    while got < 10_000_000 {
        let piece = response.chunk().await.unwrap().unwrap();
        assert!(piece.iter().all(|byte| *byte == b' '));
        got += piece.len();
    }
    drop(response);
    assert_eq!(get_in(&simulator, "").await.status, 200, "the server goes on");
}

#[tokio::test]
async fn a_huge_body_is_small_when_compressed() {
    let blanks = 20_000_000;
    let builder = Simulator::builder(SeededWorkspace::demo()).gzip(true);
    let fault = Fault::on(Endpoint::Users, Action::HugeBody(blanks));
    let simulator = builder.fault(fault).start().await.unwrap();
    let url = format!("{}{}", simulator.base_url(), in_workspace(&simulator, "/users"));
    let client = reqwest::Client::builder().no_gzip().build().unwrap();
    let request = client.get(&url).header("X-Api-Key", simulator.api_key()).header("Accept-Encoding", "gzip");
    let response = request.send().await.unwrap();
    assert_eq!(response.headers()["content-encoding"], "gzip");
    let compressed = response.bytes().await.unwrap();
    assert!(compressed.len() < 200_000, "{}", compressed.len());
    let mut text = String::new();
    flate2::read::GzDecoder::new(&*compressed).read_to_string(&mut text).unwrap();
    assert!(text.len() as u64 > blanks && text.trim_start().starts_with("[{"));
}
