//! C1 over gRPC: an access token on every call, a limit on each, and a new connection when one has gone silent.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use async_trait::async_trait;
use baton_proto::c1::connectorapi::baton::v1 as api;
use baton_proto::c1::connectorapi::baton::v1::baton_service_client::BatonServiceClient;
use futures_util::stream::BoxStream;
use futures_util::{Stream, StreamExt};
use secrecy::ExposeSecret;
use tokio::sync::watch;
use tokio::time::timeout;
use tonic::metadata::MetadataValue;
use tonic::transport::Channel;
use tonic::{Code, Request, Response, Status};

use crate::c1::C1;
use crate::token::{Token, Tokens};
use crate::transport::Transport;

/// How long a call may take, connecting included.
const CALL: Duration = Duration::from_secs(60);

/// How long an upload may stand still, and how long C1 may take to answer once it has everything.
const STALL: Duration = Duration::from_secs(60);
const DIGEST: Duration = Duration::from_secs(300);

/// The real C1.
pub struct GrpcC1 {
    transport: Transport,
    channel: Mutex<Channel>,
    tokens: Tokens,
}

type Client = BatonServiceClient<Channel>;

impl GrpcC1 {
    /// C1 at the end of a transport.
    pub fn new(transport: Transport, tokens: Tokens) -> Self {
        let channel = Mutex::new(transport.channel());
        Self { transport, channel, tokens }
    }

    fn client(&self) -> Client {
        BatonServiceClient::new(self.channel.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    /// Leaves a connection that does not answer. Without this, calls would pile up on it until TCP gives up, which takes a
    /// quarter of an hour.
    fn reconnect(&self) {
        *self.channel.lock().unwrap_or_else(PoisonError::into_inner) = self.transport.channel();
    }

    async fn unary<Q, A, F>(&self, message: Q, call: impl Fn(Client, Request<Q>) -> F) -> Result<A, Status>
    where
        Q: Clone,
        F: Future<Output = Result<Response<A>, Status>>,
    {
        let mut renewed = false;
        loop {
            let token = self.tokens.get().await?;
            let mut request = authorized(message.clone(), &token)?;
            request.set_timeout(CALL);
            let status = match timeout(CALL, call(self.client(), request)).await {
                Ok(Ok(answer)) => return Ok(answer.into_inner()),
                Ok(Err(status)) => status,
                Err(_) => {
                    self.reconnect();
                    return Err(Status::deadline_exceeded("C1 does not answer"));
                }
            };
            if status.code() != Code::Unauthenticated {
                return Err(status);
            }
            self.tokens.invalidate(&token).await;
            if renewed {
                return Err(status);
            }
            tracing::info!("C1 refused the access token; the call is made again with a new one.");
            renewed = true;
        }
    }
}

/// A request that carries the token, marked so that nobody shows it.
fn authorized<T>(message: T, token: &Token) -> Result<Request<T>, Status> {
    let mut request = Request::new(message);
    let value = format!("Bearer {}", token.secret.expose_secret());
    let mut value = MetadataValue::try_from(value)
        .map_err(|_| Status::internal("the access token holds characters that cannot be sent"))?;
    value.set_sensitive(true);
    request.metadata_mut().insert("authorization", value);
    Ok(request)
}

#[async_trait]
impl C1 for GrpcC1 {
    async fn hello(&self, request: api::BatonServiceHelloRequest) -> Result<(), Status> {
        let call = |mut client: Client, request| async move { client.hello(request).await };
        self.unary(request, call).await.map(drop)
    }

    async fn get_task(
        &self,
        request: api::BatonServiceGetTaskRequest,
    ) -> Result<api::BatonServiceGetTaskResponse, Status> {
        self.unary(request, |mut client: Client, request| async move { client.get_task(request).await }).await
    }

    async fn heartbeat(
        &self,
        request: api::BatonServiceHeartbeatRequest,
    ) -> Result<api::BatonServiceHeartbeatResponse, Status> {
        self.unary(request, |mut client: Client, request| async move { client.heartbeat(request).await })
            .await
    }

    async fn finish_task(&self, request: api::BatonServiceFinishTaskRequest) -> Result<(), Status> {
        let call = |mut client: Client, request| async move { client.finish_task(request).await };
        self.unary(request, call).await.map(drop)
    }

    async fn upload_asset(
        &self,
        messages: BoxStream<'static, api::BatonServiceUploadAssetRequest>,
    ) -> Result<(), Status> {
        let token = self.tokens.get().await?;
        let (progressed, mut progress) = watch::channel(false);
        let request = authorized(Messages { inner: messages, progressed, last: false }, &token)?;
        let mut client = self.client();
        let mut call = Box::pin(async move { client.upload_asset(request).await });
        let outcome = loop {
            let patience = if *progress.borrow_and_update() { DIGEST } else { STALL };
            tokio::select! {
                outcome = &mut call => break outcome,
                // Once the stream is gone nothing more is taken, and only the answer is waited for.
                () = moved(&mut progress) => {}
                () = tokio::time::sleep(patience) => {
                    self.reconnect();
                    break Err(Status::deadline_exceeded("the upload stands still"));
                }
            }
        };
        match outcome {
            Ok(_) => Ok(()),
            Err(status) => {
                if status.code() == Code::Unauthenticated {
                    self.tokens.invalidate(&token).await;
                }
                Err(status)
            }
        }
    }
}

/// The messages of an upload, which say that they are taken. A type of its own, because the compiler does not see through
/// adapters here that the call may move between threads.
struct Messages {
    inner: BoxStream<'static, api::BatonServiceUploadAssetRequest>,
    progressed: watch::Sender<bool>,
    last: bool,
}

impl Stream for Messages {
    type Item = api::BatonServiceUploadAssetRequest;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = ready!(self.inner.poll_next_unpin(context));
        if let Some(message) = &next {
            self.last |= matches!(message.msg, Some(api::baton_service_upload_asset_request::Msg::Eof(_)));
            self.progressed.send_replace(self.last);
        }
        Poll::Ready(next)
    }
}

async fn moved(progress: &mut watch::Receiver<bool>) {
    if progress.changed().await.is_err() {
        std::future::pending::<()>().await;
    }
}
