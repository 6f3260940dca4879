//! Cursors: resuming, starting in the middle, and the guards against a list that does not end.

use clockify_api::{ErrorKind, PageCursor};
use futures_util::{StreamExt as _, TryStreamExt as _};

use super::support::{Reply, Server, client, user_id, users, workspace};

#[tokio::test]
async fn a_cursor_goes_on_in_another_process() {
    let server = Server::start([Reply::json(users(1..=2)).last_page("false")]).await;
    let first = client(&server).users(&workspace()).page_size(2).page(&PageCursor::default()).await.unwrap();
    let stored = serde_json::to_string(&first.next.unwrap()).unwrap();
    assert!(stored.len() < 80, "{stored}");
    drop(server);

    // The page number means nothing with another page size, so the cursor's own is used.
    let server = Server::start([Reply::json(users([3])).last_page("true")]).await;
    let cursor: PageCursor = serde_json::from_str(&stored).unwrap();
    let list = client(&server).users(&workspace()).page_size(500);
    let page = list.page(&cursor).await.unwrap();
    assert_eq!((page.number, page.items[0].id.to_string()), (2, user_id(3)));
    let request = server.requests().remove(0);
    assert_eq!((request.parameter("page"), request.parameter("page-size")), (Some("2"), Some("2")));
    drop(server);

    // The guard against repeats works across processes, and whatever the order of the rows.
    let server = Server::start([Reply::json(users([2, 1])).last_page("false")]).await;
    let error = client(&server).users(&workspace()).page(&cursor).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::RepeatedPage);
}

#[test]
fn the_stored_form_of_a_cursor_stays_readable() {
    let oldest = r#"{"page":7}"#;
    let cursor: PageCursor = serde_json::from_str(oldest).unwrap();
    assert_eq!(cursor, PageCursor::at(7));
    assert_eq!(serde_json::to_string(&cursor).unwrap(), oldest);
    let full = r#"{"page":3,"size":200,"previous":12345678901234567890,"narrowed":["LIMITED_DELETED"]}"#;
    let cursor: PageCursor = serde_json::from_str(full).unwrap();
    assert_eq!((cursor.page(), cursor.page_size()), (3, Some(200)));
    assert_eq!(serde_json::to_string(&cursor).unwrap(), full);
}

#[tokio::test]
async fn a_page_that_shares_only_some_rows_is_no_repeat() {
    let script = [users([1, 2]), users([2, 3]), users([3])].map(|body| Reply::json(body).last_page("false"));
    let server = Server::start(script.into_iter().chain([Reply::json("[]")])).await;
    let pages: Vec<_> = client(&server).users(&workspace()).pages().try_collect().await.unwrap();
    assert_eq!(pages.len(), 4);
}

/// A page of which nothing can be read is no reason to stop, two in a row are: there is no telling whether the list ends.
#[tokio::test]
async fn pages_of_which_nothing_can_be_read_do_not_go_on_for_ever() {
    let bodies = ["[null]".to_owned(), users([1]), "[null]".to_owned(), r#"[7,{"name":"x"}]"#.to_owned()];
    let server = Server::start(bodies.map(|body| Reply::json(body).last_page("false"))).await;
    let mut pages = Box::pin(client(&server).users(&workspace()).pages());
    for skipped in [1, 0, 1] {
        assert_eq!(pages.next().await.unwrap().unwrap().skipped, skipped);
    }
    let error = pages.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::RepeatedPage);
}

#[tokio::test]
async fn a_walk_can_start_in_the_middle() {
    let server = Server::start([Reply::json(users([9])).last_page("true")]).await;
    let stream = client(&server).user_groups(&workspace()).pages_from(PageCursor::at(5));
    let pages: Vec<_> = stream.try_collect().await.unwrap();
    assert_eq!(pages[0].number, 5);
    assert_eq!(server.requests()[0].parameter("page"), Some("5"));
}

#[tokio::test]
async fn too_many_pages_are_an_error() {
    let script = (1..=3).map(|n| Reply::json(users([n])).last_page("false"));
    let server = Server::start(script).await;
    let mut pages = Box::pin(client(&server).users(&workspace()).max_pages(3).pages());
    for _ in 0..3 {
        pages.next().await.unwrap().unwrap();
    }
    let error = pages.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::TooManyPages { limit: 3 });
    assert!(pages.next().await.is_none(), "a stream ends with its first error");
}

#[tokio::test]
async fn a_page_or_a_size_that_cannot_be_is_refused_without_a_request() {
    let server = Server::start([]).await;
    let list = || client(&server).users(&workspace());
    let refused = [
        list().page(&PageCursor::at(0)).await,
        list().page_size(0).page(&PageCursor::default()).await,
        list().page_size(5001).page(&PageCursor::default()).await,
    ];
    for result in refused {
        let error = result.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::InvalidRequest);
        assert_eq!((error.attempts(), error.maybe_sent()), (0, false));
    }
}

#[tokio::test]
async fn pages_can_be_read_side_by_side() {
    let server = Server::start((1..=4).map(|_| Reply::json(users([1])).last_page("false"))).await;
    let list = client(&server).users(&workspace());
    let cursors: Vec<_> = (1..=4).map(PageCursor::at).collect();
    let pages = futures_util::future::join_all(cursors.iter().map(|cursor| list.page(cursor))).await;
    let numbers: Vec<_> = pages.into_iter().map(|page| page.unwrap().number).collect();
    assert_eq!(numbers, [1, 2, 3, 4]);
}
