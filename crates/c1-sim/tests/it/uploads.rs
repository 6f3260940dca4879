//! Uploads: the order of their messages, their sizes, their digest; and what is kept.

use baton_proto::c1::connectorapi::baton::v1::BatonServiceUploadAssetRequest;
use c1_sim::{C1Sim, TaskScript};
use futures_util::stream;
use tonic::{Code, Status};

use crate::client::{Stub, ready, refused, start, with};
use crate::messages::{HOST, NO_TASK, data, eof, eof_of, get_task, metadata};

async fn upload(
    stub: &mut Stub,
    token: &str,
    messages: Vec<BatonServiceUploadAssetRequest>,
) -> Result<(), Status> {
    stub.upload_asset(with(token, stream::iter(messages))).await.map(drop)
}

/// A host that holds a sync task.
async fn holding() -> (C1Sim, Stub, String, String) {
    let sim = start().await;
    let task = sim.script(TaskScript::sync());
    let (mut stub, token) = ready(&sim).await;
    stub.get_task(with(&token, get_task(HOST))).await.unwrap();
    (sim, stub, token, task)
}

#[tokio::test]
async fn several_assets_of_one_task_are_kept() {
    let (sim, mut stub, token, task) = holding().await;
    let large = vec![7; 1 << 20];
    let pieces = vec![metadata(&task), data(&large), data(b"end"), eof_of(&[&large[..], b"end"].concat())];
    upload(&mut stub, &token, pieces).await.unwrap();
    upload(&mut stub, &token, vec![metadata(&task), data(b"{}\n"), eof_of(b"{}\n")]).await.unwrap();
    let uploads = sim.uploads(&task);
    assert_eq!((uploads.len(), uploads[0].len(), &uploads[1][..]), (2, (1 << 20) + 3, &b"{}\n"[..]));
    assert_eq!(sim.seen().uploads[0].pieces, [1 << 20, 3]);
    assert_eq!(sim.violations(), []);
}

#[tokio::test]
async fn each_breach_of_order_size_and_digest_is_refused() {
    let (sim, mut stub, token, task) = holding().await;
    let nothing = BatonServiceUploadAssetRequest { msg: None };
    let breaches = [
        (vec![], "msg: the stream is empty"),
        (vec![data(b"x")], "msg: metadata has to come first"),
        (vec![eof_of(b"")], "msg: metadata has to come first"),
        (vec![nothing.clone()], "msg: it is required"),
        (vec![metadata(&task), nothing], "msg: it is required"),
        (vec![metadata(&task), metadata(&task)], "msg: metadata comes once"),
        (vec![metadata(&task), data(b"x")], "msg: the stream ends without its end being said"),
        (vec![metadata(&task), data(b"")], "data.data: 1 to 1048576 bytes are wanted, and there are 0"),
        (
            vec![metadata(&task), data(&vec![0; (1 << 20) + 1])],
            "data.data: 1 to 1048576 bytes are wanted, and there are 1048577",
        ),
        (
            vec![metadata(&task), data(b"x"), eof(&[0; 31])],
            "eof.sha256_checksum: 32 to 32 bytes are wanted, and there are 31",
        ),
        (vec![metadata(&task), data(b"x"), eof_of(b"y")], "eof.sha256_checksum: it is not that of the data"),
        (
            vec![metadata(&task), data(b"x"), eof_of(b"x"), data(b"x")],
            "msg: there is something after the end",
        ),
        (vec![metadata("short")], "metadata.task_id: 27 letters and digits are wanted, and it is \"short\""),
    ];
    for (place, (messages, reason)) in breaches.into_iter().enumerate() {
        let result = upload(&mut stub, &token, messages).await;
        assert_eq!(refused(result), (Code::InvalidArgument, reason.to_owned()));
        let violations = sim.violations();
        assert_eq!((violations.len(), &*violations[place].what), (place + 1, reason));
    }
    assert_eq!(sim.uploads(&task), Vec::<bytes::Bytes>::new());
    assert!(sim.seen().uploads.iter().all(|upload| !upload.complete && upload.failure.is_some()));
}

#[tokio::test]
async fn an_upload_belongs_to_a_task_that_the_host_holds() {
    let (sim, mut stub, token, _) = holding().await;
    assert_eq!(refused(upload(&mut stub, &token, vec![metadata(NO_TASK)]).await).0, Code::NotFound);
    let other = sim.script(TaskScript::sync());
    let result = upload(&mut stub, &token, vec![metadata(&other)]).await;
    assert_eq!(refused(result).0, Code::FailedPrecondition);
    assert_eq!(sim.violations().len(), 2);
}
