//! What the heads of answers say besides the answers: the server's clock, and limits.

use std::sync::{Arc, Mutex};

use clockify_api::{Head, Observer};

use super::support::{Reply, Server, builder};

#[derive(Clone, Default)]
struct Heads(Arc<Mutex<Vec<Head>>>);

impl Observer for Heads {
    fn answered(&self, head: &Head) {
        self.0.lock().unwrap().push(*head);
    }
}

#[tokio::test]
async fn an_observer_hears_what_the_heads_of_answers_say() {
    let heads = Heads::default();
    let script = [
        Reply::status(401)
            .header("Date", "Tue, 03 Nov 2020 08:00:00 GMT")
            .header("X-RateLimit-Limit", "30")
            .header("X-RateLimit-Remaining", "17"),
        Reply::json(r#"{"id":"a"}"#).header("Date", "yesterday").header("X-RateLimit-Limit", "many"),
    ];
    let server = Server::start(script).await;
    let client = builder(&server).observer(heads.clone()).build().unwrap();
    client.me().await.unwrap_err();
    client.me().await.unwrap();
    let heads = heads.0.lock().unwrap();
    let [refusal, answer] = heads.as_slice() else { panic!("{heads:?}") };
    assert_eq!(refusal.status, 401);
    // `date -u -d "2020-11-03 08:00:00" +%s`
    assert_eq!(refusal.server_time.map(jiff::Timestamp::as_second), Some(1_604_390_400));
    assert_eq!((refusal.rate_limit, refusal.rate_remaining), (Some(30), Some(17)));
    assert_eq!((answer.status, answer.server_time), (200, None));
    assert_eq!((answer.rate_limit, answer.rate_remaining), (None, None));
}
