//! Certificates and proxies.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use outbound::CertificateFault;
use remote_file::{Error, RemoteFile};
use s3_sim::S3;

use crate::{BUCKET, address, settings};

#[tokio::test(flavor = "multi_thread")]
async fn an_authority_of_ones_own_is_trusted_when_it_is_named() {
    let s3 = S3::builder().bucket(BUCKET).tls("localhost").start().await.unwrap();
    let stranger = RemoteFile::new(address(), &settings(&s3)).unwrap().version().await.unwrap_err();
    let fault = CertificateFault::UnknownIssuer;
    assert!(matches!(&stranger, Error::Certificate { fault: told, .. } if *told == fault), "{stranger}");
    assert!(stranger.hint().unwrap().contains("--ca-cert"), "{stranger}");
    assert!(s3.asked().is_empty());

    let trusting = settings(&s3).extra_ca_certificates(s3.authority().unwrap());
    assert_eq!(RemoteFile::new(address(), &trusting).unwrap().version().await.unwrap(), None);
}

/// It would be refused each time.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_not_trusted_is_not_asked_again() {
    let s3 = S3::builder().bucket(BUCKET).tls("localhost").start().await.unwrap();
    let (there, knocked) = (s3.address(), Arc::new(AtomicUsize::new(0)));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    let counted = Arc::clone(&knocked);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(async move {
                let mut there = tokio::net::TcpStream::connect(there).await.unwrap();
                // Ends when either side does.
                let _ = tokio::io::copy_bidirectional(&mut stream, &mut there).await;
            });
        }
    });
    let variables = s3.variables().into_iter().filter(|(name, _)| name != "AWS_ENDPOINT_URL");
    let variables = variables.chain([("AWS_ENDPOINT_URL".to_owned(), endpoint)]);
    let stranger = RemoteFile::new(address(), &remote_file::Settings::new(variables)).unwrap();
    let error = stranger.check().await.unwrap_err();
    assert!(matches!(error, Error::Certificate { .. }), "{error}");
    assert_eq!(knocked.load(Ordering::SeqCst), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_without_certificates_is_told() {
    let s3 = S3::builder().bucket(BUCKET).start().await.unwrap();
    let error = RemoteFile::new(address(), &settings(&s3).extra_ca_certificates("none")).unwrap_err();
    assert!(error.to_string().contains("PEM"), "{error}");
}

/// A proxy that leads every tunnel to one address, and gives the lines that it was asked with.
async fn proxy(
    to: std::net::SocketAddr,
) -> (std::net::SocketAddr, tokio::sync::mpsc::UnboundedReceiver<String>) {
    use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (tell, asked) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let tell = tell.clone();
            tokio::spawn(async move {
                let mut stream = BufReader::new(stream);
                let mut first = String::new();
                stream.read_line(&mut first).await.unwrap();
                let mut line = first.clone();
                while !line.trim().is_empty() {
                    line.clear();
                    stream.read_line(&mut line).await.unwrap();
                }
                tell.send(first.trim().to_owned()).unwrap();
                stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
                let mut there = tokio::net::TcpStream::connect(to).await.unwrap();
                // Ends when either side does.
                let _ = tokio::io::copy_bidirectional(&mut stream, &mut there).await;
            });
        }
    });
    (address, asked)
}

/// Proxies are read from the environment, so this looks at a process of its own.
#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_is_gone_through_except_to_this_machine() {
    if let Ok(endpoint) = std::env::var("TRIED_ENDPOINT") {
        return tried(&endpoint).await;
    }
    let s3 = S3::builder().bucket(BUCKET).tls("s3.example").start().await.unwrap();
    let plain = S3::builder().bucket(BUCKET).start().await.unwrap();
    let (proxy, mut asked) = proxy(s3.address()).await;
    let authority = tempfile::NamedTempFile::new().unwrap();
    crate::write(authority.path(), s3.authority().unwrap());
    for (endpoint, through) in [(s3.endpoint(), true), (plain.endpoint(), false)] {
        let test = "trust::a_proxy_is_gone_through_except_to_this_machine";
        let mut alone = tokio::process::Command::new(std::env::current_exe().unwrap());
        alone
            .args(["--exact", test])
            .env("TRIED_ENDPOINT", &endpoint)
            .env("HTTPS_PROXY", format!("http://{proxy}"));
        alone.env("HTTP_PROXY", format!("http://{proxy}")).env_remove("NO_PROXY");
        for (name, value) in s3.variables() {
            alone.env(name, value);
        }
        alone.env("AWS_ENDPOINT_URL", &endpoint).env("SSL_CERT_FILE", authority.path());
        let said = alone.output().await.unwrap();
        assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stdout));
        assert_eq!(asked.try_recv().is_ok(), through, "{endpoint}");
    }
}

async fn tried(endpoint: &str) {
    let file = RemoteFile::new(address(), &remote_file::Settings::new(std::env::vars())).unwrap();
    assert_eq!(file.version().await.unwrap(), None, "{endpoint}");
}
