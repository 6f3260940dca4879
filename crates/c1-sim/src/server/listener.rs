//! Takes connections, and goes away and comes back on the same port when it is told to.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use rustls::{ProtocolVersion, ServerConfig};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::connection::{Connection, ResetSwitch};
use super::route::{Caller, Shared, handle};

/// How long to wait before the port is tried again, should it not be free.
const PORT_PATIENCE: Duration = Duration::from_millis(20);

/// What the server can be told.
pub(crate) enum Command {
    /// Reset every connection, be away for this time, come back.
    Restart(Duration, Option<oneshot::Sender<()>>),
}

/// The server, until it is run.
pub(crate) struct Server {
    listener: TcpListener,
    address: SocketAddr,
    tls: TlsAcceptor,
    shared: Arc<Shared>,
}

impl Server {
    pub(crate) async fn bind(
        port: u16,
        tls: Arc<ServerConfig>,
        shared: Arc<Shared>,
    ) -> io::Result<(Self, SocketAddr)> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let address = listener.local_addr()?;
        Ok((Self { listener, address, tls: TlsAcceptor::from(tls), shared }, address))
    }

    /// Serves until nobody can give commands any more.
    pub(crate) async fn run(mut self, mut commands: mpsc::UnboundedReceiver<Command>) {
        let mut connections = JoinSet::new();
        let mut switches: Vec<ResetSwitch> = Vec::new();
        loop {
            tokio::select! {
                accepted = self.listener.accept() => {
                    let Ok((stream, _)) = accepted else { continue };
                    let switch = ResetSwitch::default();
                    switches.push(switch.clone());
                    let (tls, shared) = (self.tls.clone(), Arc::clone(&self.shared));
                    connections.spawn(serve(tls, shared, Connection { stream: quick(stream), switch }));
                }
                command = commands.recv() => {
                    let Some(Command::Restart(down, back)) = command else { return };
                    drop(self.listener);
                    switches.drain(..).for_each(|switch| switch.throw());
                    tokio::time::sleep(down).await;
                    self.listener = again(self.address).await;
                    if let Some(back) = back {
                        // Whoever asked need not have waited.
                        let _ = back.send(());
                    }
                }
                Some(_) = connections.join_next() => {}
            }
        }
    }
}

async fn again(address: SocketAddr) -> TcpListener {
    loop {
        match TcpListener::bind(address).await {
            Ok(listener) => return listener,
            Err(_) => tokio::time::sleep(PORT_PATIENCE).await,
        }
    }
}

/// Small answers leave at once; without this each waits for the client's acknowledgement.
fn quick(stream: TcpStream) -> TcpStream {
    let _ = stream.set_nodelay(true);
    stream
}

async fn serve(tls: TlsAcceptor, shared: Arc<Shared>, connection: Connection) {
    let switch = connection.switch.clone();
    let Ok(stream) = tls.accept(connection).await else { return };
    let version = match stream.get_ref().1.protocol_version() {
        Some(ProtocolVersion::TLSv1_2) => "1.2",
        Some(ProtocolVersion::TLSv1_3) => "1.3",
        _ => "unknown",
    };
    let number = {
        let mut state = shared.memory.lock();
        state.seen.connections += 1;
        state.seen.connections
    };
    let caller = Caller { number, tls: version, switch };
    let service = service_fn(move |request| handle(Arc::clone(&shared), caller.clone(), request));
    // A connection that broke is the client's business, and often what was planned.
    let _ = Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await;
}
