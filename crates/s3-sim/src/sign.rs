//! Signature Version 4, from Amazon's description ("Signature calculations for the Authorization header").

use aws_lc_rs::{digest, hmac};
use http::HeaderMap;
use http::request::Parts;
use jiff::{SignedDuration, Timestamp};

use crate::state::Key;

/// A client's clock may differ from S3's by so much.
const SKEW: SignedDuration = SignedDuration::from_mins(15);

/// Why a request is not believed: status, code, and what else is said.
pub(crate) struct Disbelief(pub(crate) u16, pub(crate) &'static str, pub(crate) String);

fn no(status: u16, code: &'static str, message: &str) -> Disbelief {
    Disbelief(status, code, format!("<Message>{message}</Message>"))
}

/// Finds whose request it is, and whether it is what was signed.
pub(crate) fn check<'k>(
    parts: &Parts,
    body: &[u8],
    keys: &'k [Key],
    region: &str,
    now: Timestamp,
) -> Result<&'k Key, Disbelief> {
    let header = |name: &str| text(&parts.headers, name);
    let authorization = header("authorization")
        .ok_or_else(|| no(403, "AccessDenied", "Anonymous requests are not allowed here."))?;
    let malformed = || no(400, "AuthorizationHeaderMalformed", "The authorization header is malformed.");
    let fields = authorization.strip_prefix("AWS4-HMAC-SHA256 ").ok_or_else(malformed)?;
    let field = |name: &str| {
        let mut fields = fields.split(',').map(str::trim);
        fields.find_map(|field| field.strip_prefix(name)?.strip_prefix('=')).ok_or_else(malformed)
    };
    let (credential, signed, signature) =
        (field("Credential")?, field("SignedHeaders")?, field("Signature")?);
    let scope: Vec<&str> = credential.split('/').collect();
    let [id, day, in_region, "s3", "aws4_request"] = scope[..] else { return Err(malformed()) };
    let key = keys.iter().find(|key| key.id == id).ok_or_else(|| {
        no(403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.")
    })?;
    if in_region != region {
        let message = format!("The region '{in_region}' is wrong; expecting '{region}'");
        let more = format!("<Message>{message}</Message><Region>{region}</Region>");
        return Err(Disbelief(400, "AuthorizationHeaderMalformed", more));
    }
    let date = header("x-amz-date").ok_or_else(|| no(403, "AccessDenied", "There is no date."))?;
    let at = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", &date)
        .ok()
        .and_then(|at| jiff::tz::TimeZone::UTC.to_timestamp(at).ok())
        .ok_or_else(malformed)?;
    if at.duration_since(now).abs() > SKEW || !date.starts_with(day) {
        return Err(no(
            403,
            "RequestTimeTooSkewed",
            "The difference between the request time and now is too large.",
        ));
    }
    if header("x-amz-security-token") != key.token {
        return Err(no(400, "InvalidToken", "The provided token is malformed or otherwise invalid."));
    }
    let names: Vec<&str> = signed.split(';').collect();
    let mut must =
        parts.headers.keys().map(http::HeaderName::as_str).filter(|name| name.starts_with("x-amz-"));
    if !names.contains(&"host") || must.any(|name| !names.contains(&name)) {
        return Err(no(
            403,
            "AccessDenied",
            "There were headers present in the request which were not signed",
        ));
    }
    let digest = header("x-amz-content-sha256").ok_or_else(|| {
        no(400, "InvalidRequest", "Missing required header for this request: x-amz-content-sha256")
    })?;
    if digest != "UNSIGNED-PAYLOAD" && digest != hex(&sha256(body)) {
        return Err(no(
            400,
            "XAmzContentSHA256Mismatch",
            "The provided header does not match what was computed.",
        ));
    }
    let canonical = canonical(parts, &names, &digest);
    let scope = format!("{day}/{in_region}/s3/aws4_request");
    let to_sign = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{}", hex(&sha256(canonical.as_bytes())));
    let steps = [day, in_region, "s3", "aws4_request", &to_sign];
    let first = format!("AWS4{}", key.secret).into_bytes();
    let ours = steps.iter().fold(first, |key, step| mac(&key, step.as_bytes()));
    if hex(&ours) != signature {
        // As S3 does, repeats what it computed from: no client may show this to anybody.
        let more = format!(
            "<Message>The request signature we calculated does not match the signature you provided.</Message>\
             <StringToSign>{to_sign}</StringToSign><CanonicalRequest>{canonical}</CanonicalRequest>"
        );
        return Err(Disbelief(403, "SignatureDoesNotMatch", more));
    }
    Ok(key)
}

fn canonical(parts: &Parts, names: &[&str], digest: &str) -> String {
    let mut query: Vec<String> = parts
        .uri
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| if pair.contains('=') { pair.to_owned() } else { format!("{pair}=") })
        .collect();
    query.sort();
    let headers: String = names
        .iter()
        .map(|name| (name, text(&parts.headers, name).unwrap_or_default()))
        .flat_map(|(name, value)| {
            [(*name).to_owned(), ":".to_owned(), value.trim().to_owned(), "\n".to_owned()]
        })
        .collect();
    let (method, path) = (&parts.method, parts.uri.path());
    format!("{method}\n{path}\n{}\n{headers}\n{}\n{digest}", query.join("&"), names.join(";"))
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

fn mac(key: &[u8], message: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message).as_ref().to_vec()
}

pub(crate) fn sha256(bytes: &[u8]) -> Vec<u8> {
    digest::digest(&digest::SHA256, bytes).as_ref().to_vec()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(u32::from(half), 16).expect("half a byte");
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::Rights;

    /// The example "GET Object" of Amazon's description of signatures in one chunk.
    fn example(signature: &str) -> Parts {
        let request = http::Request::get("/test.txt")
            .header("host", "examplebucket.s3.amazonaws.com")
            .header("range", "bytes=0-9")
            .header(
                "x-amz-content-sha256",
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            )
            .header("x-amz-date", "20130524T000000Z")
            .header(
                "authorization",
                format!(
                    "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,\
                     SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature={signature}"
                ),
            );
        request.body(()).unwrap().into_parts().0
    }

    #[test]
    fn the_official_example_is_believed_and_nothing_else_is() {
        let key = Key {
            id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
            secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned(),
            token: None,
            rights: Rights::ALL,
        };
        let keys = [key];
        let now = "2013-05-24T00:10:00Z".parse().unwrap();
        let right = example("f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
        let code = |parts: &Parts, body: &[u8], region: &str, now| {
            check(parts, body, &keys, region, now).err().map(|Disbelief(_, code, _)| code)
        };
        assert_eq!(code(&right, b"", "us-east-1", now), None);
        let wrong = example("f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb42");
        assert_eq!(code(&wrong, b"", "us-east-1", now), Some("SignatureDoesNotMatch"));
        assert_eq!(code(&right, b"x", "us-east-1", now), Some("XAmzContentSHA256Mismatch"));
        assert_eq!(code(&right, b"", "eu-west-1", now), Some("AuthorizationHeaderMalformed"));
        let later = "2013-05-24T00:16:00Z".parse().unwrap();
        assert_eq!(code(&right, b"", "us-east-1", later), Some("RequestTimeTooSkewed"));
        let mut more = example("f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
        more.headers.insert("x-amz-acl", http::HeaderValue::from_static("public-read"));
        assert_eq!(code(&more, b"", "us-east-1", now), Some("AccessDenied"));
    }
}
