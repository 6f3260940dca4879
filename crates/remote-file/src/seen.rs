//! What a store answered last: `object_store` tells classes of errors apart, and a person needs the store's own code.

use std::sync::{Arc, Mutex, PoisonError};

/// The last failure that was seen on the wire.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen(Arc<Mutex<Option<Failure>>>);

/// A failure on the wire.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    /// The host that was asked.
    pub(crate) host: String,
    pub(crate) what: What,
}

/// What it was.
#[derive(Clone, Debug)]
pub(crate) enum What {
    /// An answer that is no success.
    Answer(Answer),
    /// No answer.
    Silence(String),
    /// Nothing was sent, because the certificate was not accepted.
    Certificate(outbound::CertificateFault),
    /// Nothing was sent, because it would have been sent in the clear.
    Plain,
    /// Nothing was sent, because the proxy on the way cannot be used.
    Proxy(outbound::ProxyProblem),
}

/// An answer that is no success.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Such as `NoSuchBucket`.
    pub(crate) code: Option<String>,
    /// The first line of what the store says for people. Never shown unless it is known to hold no secret.
    pub(crate) message: Option<String>,
    /// The region in which the bucket is, when the store says that it is elsewhere.
    pub(crate) region: Option<String>,
}

impl Seen {
    pub(crate) fn note(&self, failure: Failure) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(failure);
    }

    pub(crate) fn take(&self) -> Option<Failure> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// The longest code or message that is kept, in characters.
const LONGEST: usize = 300;

impl Answer {
    /// Reads the body of a refusal. All three clouds write `<Error><Code>…</Code><Message>…</Message></Error>`.
    pub(crate) fn read(status: u16, body: &str) -> Self {
        Self {
            status,
            code: element(body, "Code"),
            message: element(body, "Message"),
            region: element(body, "Region"),
        }
    }
}

/// The text of the first element of a name, its first line, without anything a terminal would obey.
fn element(body: &str, name: &str) -> Option<String> {
    let (_, rest) = body.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once(&format!("</{name}>"))?;
    let line = text.trim().lines().next()?.trim();
    let line = line.replace("&quot;", "\"").replace("&apos;", "'").replace("&lt;", "<").replace("&gt;", ">");
    let line: String = line.replace("&amp;", "&").chars().filter(|c| !c.is_control()).take(LONGEST).collect();
    (!line.is_empty()).then_some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_and_nothing_else_is_kept() {
        // The example of Amazon S3's API reference, "Error responses".
        let body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error>\n  <Code>NoSuchKey</Code>\n  \
                    <Message>The resource you requested does not exist</Message>\n  \
                    <Resource>/mybucket/myfoto.jpg</Resource> \n  <RequestId>4442587FB7D0A2F9</RequestId>\n</Error>";
        let answer = Answer::read(404, body);
        assert_eq!(answer.code.as_deref(), Some("NoSuchKey"));
        assert_eq!(answer.message.as_deref(), Some("The resource you requested does not exist"));
        assert_eq!(Answer::read(500, "<Code>").code, None);
        assert_eq!(Answer::read(500, "<Code>a\u{1b}[2J</Code>").code.as_deref(), Some("a[2J"));
        assert_eq!(
            Answer::read(500, &format!("<Code>{}</Code>", "x".repeat(5000))).code.unwrap().len(),
            LONGEST
        );
    }
}
