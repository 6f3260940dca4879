//! Why a server's certificate was not accepted, found in whatever error an HTTP stack made of it.

use std::error::Error;
use std::{fmt, io};

use rustls::CertificateError;

/// What is wrong with a certificate. It prints as the end of a sentence that begins with "the certificate".
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CertificateFault {
    /// Nobody who is trusted vouches for it: most likely something on the way opens TLS.
    UnknownIssuer,
    /// It is for another host.
    OtherHost,
    /// Its time is over, or this machine's clock is wrong.
    Expired,
    /// Its time has not come, or this machine's clock is wrong.
    NotYetValid,
    /// Something else.
    Other(String),
}

impl fmt::Display for CertificateFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownIssuer => f.write_str("is issued by nobody whom this machine trusts"),
            Self::OtherHost => f.write_str("is for another host"),
            Self::Expired => f.write_str("has expired"),
            Self::NotYetValid => f.write_str("is not valid yet"),
            Self::Other(what) => write!(f, "is not acceptable: {what}"),
        }
    }
}

impl From<&CertificateError> for CertificateFault {
    fn from(error: &CertificateError) -> Self {
        match error {
            CertificateError::UnknownIssuer => Self::UnknownIssuer,
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                Self::OtherHost
            }
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => Self::Expired,
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => Self::NotYetValid,
            other => Self::Other(other.to_string()),
        }
    }
}

/// Whether an error is, or comes from, a certificate that was not accepted.
pub fn certificate_fault(error: &(dyn Error + 'static)) -> Option<CertificateFault> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(rustls::Error::InvalidCertificate(why)) = error.downcast_ref() {
            return Some(why.into());
        }
        // What an I/O error was made of is not its source, whose source is.
        let inside = error.downcast_ref().and_then(io::Error::get_ref);
        if let Some(found) = inside.and_then(|inside| certificate_fault(inside)) {
            return Some(found);
        }
        next = error.source();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_found_inside_of_io_errors() {
        let why = rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer);
        let error = io::Error::other(io::Error::other(why));
        assert_eq!(certificate_fault(&error), Some(CertificateFault::UnknownIssuer));
        assert_eq!(certificate_fault(&io::Error::other("refused")), None);
    }
}
