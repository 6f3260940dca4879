//! A collector of traces and logs that keeps what it is sent: the two services of OTLP over gRPC, in the clear or over TLS.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use opentelemetry_proto::tonic::collector::logs::v1::logs_service_server::{LogsService, LogsServiceServer};
use opentelemetry_proto::tonic::collector::logs::v1::{ExportLogsServiceRequest, ExportLogsServiceResponse};
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::logs::v1::LogRecord;
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::Span;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tonic::codegen::{Body, Service as _, http};
use tonic::{Request, Response, Status};

/// Everything that was sent, in order of arrival.
#[derive(Clone, Default)]
pub(crate) struct Received {
    pub(crate) spans: Vec<Span>,
    pub(crate) logs: Vec<LogRecord>,
    /// Who sent each message.
    pub(crate) resources: Vec<BTreeMap<String, String>>,
    /// The names of the crates that logs come from.
    pub(crate) scopes: Vec<String>,
    /// The messages and the headers that they came with, to look for what must not be there.
    pub(crate) bytes: Vec<u8>,
}

/// A collector; it ends with this.
pub(crate) struct Collector {
    pub(crate) address: String,
    received: Arc<Mutex<Received>>,
    serving: JoinHandle<()>,
}

impl Collector {
    pub(crate) async fn start(tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let received = Arc::<Mutex<Received>>::default();
        let serving = tokio::spawn({
            let received = received.clone();
            async move {
                while let Ok((stream, _)) = listener.accept().await {
                    let (received, tls) = (Sink(received.clone()), tls.clone());
                    tokio::spawn(async move {
                        match tls {
                            None => serve(stream, received).await,
                            Some(tls) => {
                                if let Ok(stream) = tls.accept(stream).await {
                                    serve(stream, received).await;
                                }
                            }
                        }
                    });
                }
            }
        });
        Self { address, received, serving }
    }

    pub(crate) fn received(&self) -> Received {
        self.received.lock().unwrap().clone()
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

#[derive(Clone)]
struct Sink(Arc<Mutex<Received>>);

async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, sink: Sink) {
    let service = service_fn(move |request: http::Request<_>| answer(sink.clone(), request));
    let connection = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
    // It ends when the program does, in whatever way.
    let _ = connection.serve_connection(TokioIo::new(stream), service).await;
}

async fn answer<B>(
    sink: Sink,
    request: http::Request<B>,
) -> Result<http::Response<tonic::body::Body>, std::convert::Infallible>
where
    B: Body<Data = hyper::body::Bytes> + Send + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>> + Send + 'static,
{
    let path = request.uri().path();
    if path.starts_with("/opentelemetry.proto.collector.trace.v1.") {
        TraceServiceServer::new(sink).call(request).await
    } else {
        LogsServiceServer::new(sink).call(request).await
    }
}

impl Sink {
    fn note<M: prost::Message>(&self, request: &Request<M>, resource: Option<&Resource>) {
        let mut received = self.0.lock().unwrap();
        received.bytes.extend(request.get_ref().encode_to_vec());
        received.bytes.extend(format!("{:?}", request.metadata()).into_bytes());
        received.resources.push(resource.map(|resource| texts(&resource.attributes)).unwrap_or_default());
    }
}

#[tonic::async_trait]
impl TraceService for Sink {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        let all = &request.get_ref().resource_spans;
        for of in all {
            self.note(&request, of.resource.as_ref());
        }
        let spans = all.iter().flat_map(|of| &of.scope_spans).flat_map(|of| &of.spans).cloned();
        self.0.lock().unwrap().spans.extend(spans);
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

#[tonic::async_trait]
impl LogsService for Sink {
    async fn export(
        &self,
        request: Request<ExportLogsServiceRequest>,
    ) -> Result<Response<ExportLogsServiceResponse>, Status> {
        let all = &request.get_ref().resource_logs;
        for of in all {
            self.note(&request, of.resource.as_ref());
        }
        let mut received = self.0.lock().unwrap();
        for of in all.iter().flat_map(|of| &of.scope_logs) {
            received.scopes.extend(of.scope.iter().map(|scope| scope.name.clone()));
            received.logs.extend(of.log_records.iter().cloned());
        }
        Ok(Response::new(ExportLogsServiceResponse::default()))
    }
}

/// Attributes as texts.
pub(crate) fn texts(attributes: &[KeyValue]) -> BTreeMap<String, String> {
    attributes.iter().map(|pair| (pair.key.clone(), text(pair.value.as_ref()))).collect()
}

/// A value as text.
pub(crate) fn text(value: Option<&AnyValue>) -> String {
    match value.and_then(|value| value.value.as_ref()) {
        Some(Value::StringValue(text)) => text.clone(),
        Some(Value::IntValue(number)) => number.to_string(),
        Some(Value::BoolValue(yes)) => yes.to_string(),
        other => format!("{other:?}"),
    }
}
