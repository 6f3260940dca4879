//! Compressed bodies, and bodies that are longer than they look.

use std::io::Write as _;

use clockify_api::{ErrorKind, PageCursor};
use flate2::Compression;
use flate2::write::GzEncoder;

use super::support::{Reply, Server, builder, client, fixture, users, workspace};

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

fn zipped(body: &[u8]) -> Reply {
    Reply::json(gzip(body)).header("Content-Encoding", "gzip").last_page("true")
}

#[tokio::test]
async fn gzip_is_asked_for_and_read() {
    let server = Server::start([zipped(fixture("03-workspaces-list.json").as_bytes())]).await;
    let client = client(&server);
    assert_eq!(client.workspaces(&[]).await.unwrap().len(), 2);
    assert_eq!(server.requests()[0].header("accept-encoding"), Some("gzip"));
    assert_eq!(client.usage().bytes, fixture("03-workspaces-list.json").len() as u64);
}

#[tokio::test]
async fn a_small_body_that_inflates_beyond_the_limit_is_stopped() {
    let limit = 1024 * 1024;
    let bomb = gzip(&vec![b' '; 64 * 1024 * 1024]);
    assert!((bomb.len() as u64) < limit, "{} bytes on the wire", bomb.len());
    let reply = Reply::json(bomb).header("Content-Encoding", "gzip");
    let server = Server::start([reply]).await;
    let client = builder(&server).body_limit(limit).build().unwrap();
    let error = client.users(&workspace()).page(&PageCursor::default()).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::BodyTooLarge { limit });
    let read = client.usage().bytes;
    assert!(read < 2 * limit, "{read} bytes were inflated before the limit was noticed");
}

#[tokio::test]
async fn a_body_announced_beyond_the_limit_is_not_read_at_all() {
    let server = Server::start([Reply::json("[]").truncated()]).await;
    let client = builder(&server).body_limit(500).build().unwrap();
    let error = client.workspaces(&[]).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::BodyTooLarge { limit: 500 });
    assert_eq!(client.usage().bytes, 0);
}

#[tokio::test]
async fn a_long_refusal_is_not_read_to_its_end() {
    let server = Server::start([Reply::status(403).body(vec![b'x'; 4 * 1024 * 1024])]).await;
    let client = client(&server);
    let error = client.me().await.unwrap_err();
    assert!(error.is_permission());
    assert!(client.usage().bytes < 1024 * 1024, "{:?}", client.usage());
}

#[tokio::test]
async fn five_thousand_rows_are_one_page() {
    let server = Server::start([zipped(users(1..=5000).as_bytes())]).await;
    let page =
        client(&server).users(&workspace()).page_size(5000).page(&PageCursor::default()).await.unwrap();
    assert_eq!((page.rows, page.items.len(), page.next), (5000, 5000, None));
}
