//! The signature check against published examples.

use c1_sim::check_signature;

/// RFC 8037, appendix A.4: the key of A.1, the header `{"alg":"EdDSA"}`, the text "Example of Ed25519 signing".
const COMPACT: &str = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.\
hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
/// The public half of the key of appendix A.1 and A.2.
const KEY: [u8; 32] = [
    0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a, 0xb7, 0xd5, 0x4b, 0xfe, 0xd3, 0xc9, 0x64, 0x07, 0x3a, 0x0e,
    0xe1, 0x72, 0xf3, 0xda, 0xa6, 0x23, 0x25, 0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a,
];

#[test]
fn the_example_of_rfc_8037_is_accepted() {
    let signed = check_signature(COMPACT, &KEY).unwrap();
    assert_eq!(signed.payload, b"Example of Ed25519 signing");
    assert_eq!(serde_json::Value::from(signed.header), serde_json::json!({ "alg": "EdDSA" }));
}

#[test]
fn one_changed_bit_of_text_signature_or_key_is_refused() {
    let text = COMPACT.replace("RXhh", "RXhi");
    assert_eq!(check_signature(&text, &KEY).unwrap_err(), "the signature is not the key's");
    let signature = COMPACT.replace("hgyY0il", "hgyY0im");
    assert_eq!(check_signature(&signature, &KEY).unwrap_err(), "the signature is not the key's");
    let mut key = KEY;
    key[31] ^= 1;
    assert_eq!(check_signature(COMPACT, &key).unwrap_err(), "the signature is not the key's");
}

#[test]
fn what_is_no_jws_is_refused_as_such() {
    for (compact, reason) in [
        ("a.b", "three parts are wanted"),
        (&*format!("{COMPACT}=="), "unpadded base64url is wanted"),
        // {"alg":"none"}
        ("eyJhbGciOiJub25lIn0.e30.", "the algorithm is not EdDSA"),
    ] {
        assert_eq!(check_signature(compact, &KEY).unwrap_err(), reason);
    }
}
