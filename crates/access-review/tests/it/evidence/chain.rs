//! Who signed, and which pack is the one before.

use access_review::Error;
use access_review::evidence::{Chain, Derived, PublicKey, Refusal, Signed, Signer};

use super::{Packer, RFC_KEY, RFC_PUBLIC, checked, files, put, signer, verified, wrong};
use crate::workspace::{Content, at};

/// `openssl genpkey -algorithm ed25519 | openssl pkey -pubout`.
const OTHER_PUBLIC: &str = "-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAxGlIINFIozhpKOJ1saYjn+fYaUxnCN1kkYyDW+y5jZU=
-----END PUBLIC KEY-----
";

#[test]
fn keys_are_read_and_written_as_openssl_does() {
    assert_eq!(signer().public_key().to_pem(), RFC_PUBLIC);
    // `openssl pkey -pubin -outform DER | sha256sum`.
    let fingerprint = PublicKey::from_pem(OTHER_PUBLIC).unwrap().fingerprint();
    assert_eq!(fingerprint, "03b7c90644cff090bed830f6b5d709aff1a3c255572656161899d668e0c4e25f");
}

#[test]
fn a_key_of_another_kind_is_refused_and_no_key_is_shown() {
    let secret = "1O5y2_kTWErVttjx92n4rTr-fCjL8dT74Jeoj0R1WEI";
    let shown = format!("{:?}", signer());
    assert!(shown.starts_with("Signer(\"") && !shown.contains(secret) && !shown.contains("MC4C"), "{shown}");
    let encrypted = RFC_KEY.replace("PRIVATE", "ENCRYPTED PRIVATE");
    for (text, says) in [
        (encrypted.as_str(), "encrypted"),
        (RFC_PUBLIC, "public key"),
        ("", "openssl genpkey"),
        (&RFC_KEY.replace("BCIE", "BCIF"), "openssl genpkey"),
    ] {
        let error = Signer::from_pem(&text.to_owned().into()).unwrap_err().to_string();
        assert!(error.contains(says) && !error.contains("MC4C"), "{error}");
    }
    assert!(PublicKey::from_pem(RFC_KEY).is_none());
}

#[test]
fn only_the_key_that_signed_will_do() {
    let packer = Packer::signing();
    let folder = packer.pack("pack");
    let found = verified(&folder, Some(OTHER_PUBLIC), None, "1.2.3");
    assert_eq!(wrong(&found), [("manifest.json.sig".to_owned(), "signature".to_owned())]);
    // What is in it is what it says all the same.
    assert_eq!(found.derived, Derived::Same);

    let packer = Packer::new();
    let folder = packer.pack("pack");
    assert_eq!(checked(&folder).signature, Signed::Unsigned);
    let found = verified(&folder, Some(RFC_PUBLIC), None, "1.2.3");
    assert_eq!(wrong(&found), [("manifest.json.sig".to_owned(), "signature".to_owned())]);
    assert_eq!(found.signature, Signed::Wrong);
}

#[test]
fn a_chain_holds_from_pack_to_pack() {
    let packer = Packer::new();
    let first = packer.pack("first");
    let other = packer.path("other");
    // Of the same sync and moment, so that only its digest tells it from the first.
    packer.make("other", |order| order.parameters.max_admins = 9).unwrap();
    packer.make("second", |order| order.previous = Some(&first)).unwrap();
    let second = packer.path("second");

    assert_eq!(checked(&first).chain, Chain::First);
    assert_eq!(checked(&second).chain, Chain::NotCompared);
    let found = verified(&second, None, Some(&first), "1.2.3");
    assert_eq!((found.holds, found.chain), (true, Chain::Holds));

    let found = verified(&second, None, Some(&other), "1.2.3");
    assert_eq!((found.chain, wrong(&found)[0].1.as_str()), (Chain::Wrong, "chain"));
    let found = verified(&first, None, Some(&second), "1.2.3");
    assert_eq!(wrong(&found), [("manifest.json".to_owned(), "chain".to_owned())]);

    // The pack before was changed, though its manifest was not.
    put(&first.join("access.csv"), b"");
    let found = verified(&second, None, Some(&first), "1.2.3");
    assert_eq!((found.holds, found.chain), (false, Chain::Wrong));
    assert!(found.problems[0].file.ends_with("first/access.csv"), "{:?}", found.problems);
    let broken = packer.make("third", |order| order.previous = Some(&first)).unwrap_err();
    assert!(matches!(broken, Error::Evidence(Refusal::PreviousBroken { more: 0, .. })), "{broken}");
    assert!(!packer.path("third").exists());
}

#[test]
fn a_chain_is_of_one_source_and_goes_on_in_time() {
    let packer = Packer::new();
    let first = packer.pack("first");
    let early = packer
        .make("early", |order| {
            order.previous = Some(&first);
            order.made_at = at("2026-03-02T11:59:59Z");
        })
        .unwrap_err();
    assert!(matches!(early, Error::Evidence(Refusal::PreviousIsLater(_))), "{early}");
    let other = crate::workspace::File::with(&Content::new().reported("w2"), 5);
    let c1z = other.path("sync.c1z");
    let foreign = packer
        .make("foreign", |order| {
            order.previous = Some(&first);
            order.c1z = &c1z;
        })
        .unwrap_err();
    let says = "the previous pack is of \"w1\", and this one of \"w2\"";
    assert_eq!(foreign.to_string(), says);
    assert!(files(&first).contains_key("manifest.json"));
}
