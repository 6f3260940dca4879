//! A request's body that something happens to after so many bytes.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use tonic::Status;

use super::connection::ResetSwitch;
use super::route::Shared;

/// A body of which only a beginning is read.
pub(super) struct ShortBody {
    pub(super) inner: Incoming,
    pub(super) left: u64,
    pub(super) end: End,
}

/// What happens after the beginning.
pub(super) enum End {
    /// The connection is reset.
    Reset(ResetSwitch),
    /// Every token is revoked, and this request's with them.
    Revoke(Arc<Shared>),
}

impl Body for ShortBody {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        if self.left == 0 {
            return match &self.end {
                End::Reset(switch) => {
                    switch.throw();
                    Poll::Pending
                }
                End::Revoke(shared) => {
                    shared.memory.lock().tokens.revoke_all();
                    Poll::Ready(Some(Err(Status::unauthenticated("the token is no longer valid"))))
                }
            };
        }
        match Pin::new(&mut self.inner).poll_frame(cx) {
            Poll::Ready(Some(Ok(frame))) => {
                let length = frame.data_ref().map_or(0, |data| data.len() as u64);
                self.left = self.left.saturating_sub(length);
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(Some(Err(error))) => Poll::Ready(Some(Err(Status::unavailable(error.to_string())))),
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
