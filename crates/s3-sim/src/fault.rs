//! What goes wrong, and when.

use http::Method;

/// Something that happens to the next requests of a method.
#[derive(Clone, Debug)]
pub struct Fault {
    pub(crate) method: Method,
    pub(crate) action: Action,
    pub(crate) times: u32,
}

/// What happens to a request.
#[derive(Clone, Debug)]
pub enum Action {
    /// The connection ends after so many bytes of the request's body, without an answer and without any effect.
    CutRequest(usize),
    /// The request has its effect, and the connection ends without an answer.
    CutAnswer,
    /// The answer's body ends after so many bytes.
    CutBody(usize),
    /// The request is refused with a status and a code.
    Refuse(u16, &'static str),
    /// Another writer is faster: before the request is looked at, the object has this content.
    Overtake(Vec<u8>),
    /// Another writer is faster, and takes the object away.
    Vanish,
    /// No answer comes at all.
    Hang,
}

impl Fault {
    /// Happens once.
    pub fn on(method: Method, action: Action) -> Self {
        Self { method, action, times: 1 }
    }

    /// Happens so many times.
    #[must_use]
    pub fn times(self, times: u32) -> Self {
        Self { times, ..self }
    }
}
