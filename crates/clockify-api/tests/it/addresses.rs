//! Base addresses: what is accepted, what it becomes, and which hosts count as Clockify's (clockify reference 1).

use clockify_api::{BaseUrl, BaseUrlError};
use proptest::prelude::*;

fn parsed(text: &str) -> BaseUrl {
    BaseUrl::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn every_spelling_becomes_the_same_address() {
    assert_eq!(BaseUrl::default().to_string(), "https://api.clockify.me/api/v1");
    for path in ["", "/", "/api", "/api/", "/v1", "/v1/", "/api/v1", "/api/v1/", "/api/api/v1", "//api//v1//"]
    {
        assert_eq!(parsed(&format!("https://api.clockify.me{path}")), BaseUrl::default(), "for {path:?}");
    }
    assert_eq!(parsed("  HTTPS://API.Clockify.ME/api/v1\n"), BaseUrl::default());
    assert_eq!(parsed("https://api.clockify.me:443"), BaseUrl::default());
    assert_eq!(parsed("https://euw2.clockify.me/api/api/v1").to_string(), "https://euw2.clockify.me/api/v1");
    assert_eq!(
        parsed("https://time.example/clockify/api").to_string(),
        "https://time.example/clockify/api/v1"
    );
    assert_eq!(parsed("http://[::1]:8080").to_string(), "http://[::1]:8080/api/v1");
}

#[test]
fn hosts_of_clockify_are_one_label_under_either_domain() {
    let own = [
        "api.clockify.me",
        "euc1.clockify.me",
        "use2.clockify.me",
        "developer.clockify.me",
        "nordlicht.clockify.me",
        "reports.api.clockify.me",
        "EUC1.Clockify.Me",
    ];
    for host in own {
        assert!(parsed(&format!("https://{host}")).is_clockify(), "{host}");
    }
    let others = [
        "clockify.me",
        "evilclockify.me",
        "clockify.me.evil.example",
        "api.clockify.me.evil.example",
        "a.b.clockify.me",
        "a.b.api.clockify.me",
        "api.clockify.me.",
        "api.clockify.mé",
        "api.clоckify.me",
        "xn--clckify-3fg.me",
        "api-clockify.me",
        "clockify.me@evil.example".split_once('@').unwrap().1,
        "localhost",
        "127.0.0.1",
    ];
    for host in others {
        assert!(!parsed(&format!("https://{host}")).is_clockify(), "{host}");
    }
}

#[test]
fn http_is_for_this_machine_only() {
    for host in ["127.0.0.1", "127.9.8.7:8080", "localhost", "LOCALHOST:1", "[::1]"] {
        let base = parsed(&format!("http://{host}"));
        assert!(base.is_loopback() && !base.is_clockify(), "{host}");
    }
    for host in [
        "api.clockify.me",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "128.0.0.1",
        "[::2]",
        "0.0.0.0",
    ] {
        let error = BaseUrl::parse(&format!("http://{host}")).unwrap_err();
        assert_eq!(error, BaseUrlError::Scheme { scheme: "http".to_owned() }, "{host}");
    }
    let error = BaseUrl::parse("ftp://api.clockify.me").unwrap_err();
    assert_eq!(error, BaseUrlError::Scheme { scheme: "ftp".to_owned() });
}

#[test]
fn what_does_not_belong_into_an_address_is_refused_and_not_repeated() {
    for text in ["", "api.clockify.me", "api.clockify.me/api/v1", "localhost:8080"] {
        assert_eq!(BaseUrl::parse(text).unwrap_err(), BaseUrlError::MissingScheme, "{text}");
    }
    for text in
        ["https://user@api.clockify.me", "https://user:hunter2@api.clockify.me", "https://:hunter2@a.example"]
    {
        let error = BaseUrl::parse(text).unwrap_err();
        assert_eq!(error, BaseUrlError::UserInfo, "{text}");
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }
    assert_eq!(BaseUrl::parse("https://api.clockify.me/?key=1").unwrap_err(), BaseUrlError::Query);
    assert_eq!(BaseUrl::parse("https://api.clockify.me/#v1").unwrap_err(), BaseUrlError::Fragment);
    for text in ["https://api.clock\nify.me", "https://api .clockify.me", "https://api.clockify.me/\t"] {
        let padded = format!("{text}/x");
        assert_eq!(BaseUrl::parse(&padded).unwrap_err(), BaseUrlError::Character, "{text:?}");
    }
    assert!(matches!(BaseUrl::parse("https://"), Err(BaseUrlError::Malformed(_))));
}

#[test]
fn another_apis_path_is_refused() {
    let paths = [
        "https://euc1.clockify.me/report/v1",
        "https://api.clockify.me/api/v2",
        "https://api.clockify.me/api/v1/workspaces",
        "https://api.clockify.me/v1/v1",
        "https://time.example/api/v1/user",
        "https://time.example/v2",
    ];
    for text in paths {
        assert!(matches!(BaseUrl::parse(text), Err(BaseUrlError::Path { .. })), "{text}");
    }
}

proptest! {
    #[test]
    fn the_canonical_form_is_stable(text in "https?://[a-zA-Z0-9.:\\[\\]@-]{0,24}[/a-z0-9?#%.]{0,20}") {
        if let Ok(base) = BaseUrl::parse(&text) {
            prop_assert_eq!(&BaseUrl::parse(&base.to_string()).unwrap(), &base);
            prop_assert!(base.to_string().ends_with("/api/v1"));
            prop_assert!(base.to_string().starts_with("https://") || base.is_loopback());
        }
    }
}

#[test]
fn the_published_addresses_are_clockifys_own() {
    // Clockify reference 1.
    let hosts =
        ["api", "euc1", "use2", "euw2", "apse2"].map(|host| format!("https://{host}.clockify.me/api/v1"));
    let published = BaseUrl::published();
    assert!(published.iter().all(|url| url.is_clockify() && url.is_https() && url.port() == 443));
    assert_eq!(published.iter().map(ToString::to_string).collect::<Vec<_>>(), hosts);
    assert_eq!(published[0], BaseUrl::default());
    assert_eq!(BaseUrl::parse("http://127.0.0.1:8080").unwrap().port(), 8080);
}
