//! TCP streams that can be reset from inside a request.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use futures_util::task::AtomicWaker;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// A TCP stream that fails as soon as its switch is thrown.
pub(super) struct Connection {
    pub(super) stream: TcpStream,
    pub(super) switch: ResetSwitch,
}

/// Resets the connection that it belongs to.
#[derive(Clone, Default)]
pub(super) struct ResetSwitch(Arc<SwitchState>);

#[derive(Default)]
struct SwitchState {
    thrown: AtomicBool,
    reader: AtomicWaker,
    writer: AtomicWaker,
}

impl ResetSwitch {
    pub(super) fn throw(&self) {
        self.0.thrown.store(true, Ordering::Release);
        self.0.reader.wake();
        self.0.writer.wake();
    }
}

impl Connection {
    /// Fails when the switch is thrown. Without lingering, closing the socket sends a reset rather than an end.
    fn check(&self) -> io::Result<()> {
        if self.switch.0.thrown.load(Ordering::Acquire) {
            self.stream.set_zero_linger()?;
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        Ok(())
    }
}

impl Drop for Connection {
    /// A server that gives up a connection on its own account neither writes nor reads once more.
    fn drop(&mut self) {
        // Fails only when the connection is gone, which is what was wanted.
        let _ = self.check();
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.switch.0.reader.register(cx.waker());
        self.check()?;
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.switch.0.writer.register(cx.waker());
        self.check()?;
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
