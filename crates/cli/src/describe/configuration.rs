//! The settings as C1 draws its form from them (interop reference 4.5): thirteen fields of the operator that every connector
//! has, in a fixed order, then the connector's own.
//!
//! A setting that only makes sense on a command line is not here: C1 shows what is.

use anyhow::{Context, Result};
use baton_proto::c1::config::v1::field::Field as Kind;
use baton_proto::c1::config::v1::{
    BoolField, Configuration, Field, Int64Rules, IntField, StringField, StringRules, WellKnownString,
};
use baton_proto::pretty_json;

/// As JSON.
pub(super) fn text() -> Result<String> {
    pretty_json(&configuration()).context("cannot print the settings")
}

fn configuration() -> Configuration {
    let mut fields = operator();
    fields.extend(own());
    Configuration {
        fields,
        display_name: "Clockify".to_owned(),
        help_url: "/docs/baton/clockify".to_owned(),
        icon_url: "/static/app-icons/clockify.svg".to_owned(),
        // Clockify is where people work, not where accounts are managed for other applications.
        is_directory: false,
        ..Configuration::default()
    }
}

/// What every connector has.
fn operator() -> Vec<Field> {
    let ops = |name: &str, description: &str, kind| Field {
        name: name.to_owned(),
        description: description.to_owned(),
        is_ops: true,
        field: Some(kind),
        ..Field::default()
    };
    vec![
        ops("log-level", "What to log: debug, info, warn or error", text_field("info")),
        ops(
            "log-level-debug-expires-at",
            "When logging at level debug is to end, as a time such as 2026-01-31T12:00:00Z",
            text_field(""),
        ),
        ops(
            "session-store-maximum-size",
            "Largest session store, in bytes; without effect here, where none is kept in memory",
            number(15_728_640, None),
        ),
        ops(
            "otel-collector-endpoint",
            "Collector to send traces and logs to, by OTLP over gRPC",
            text_field(""),
        ),
        ops(
            "otel-collector-endpoint-tls-cert-path",
            "File of root certificates for the collector, as PEM",
            text_field(""),
        ),
        ops(
            "otel-collector-endpoint-tls-cert",
            "Root certificates for the collector, as PEM",
            text_field(""),
        ),
        ops("otel-collector-endpoint-tls-insecure", "Send to the collector in the clear", switch()),
        ops("otel-tracing-disabled", "Send no traces to the collector", switch()),
        ops("otel-logging-disabled", "Send no logs to the collector", switch()),
        ops("health-check", "Answer probes over HTTP", switch()),
        ops("health-check-port", "Port for probes", number(8081, None)),
        ops(
            "health-check-bind-address",
            "Address for probes; 0.0.0.0 where they come from other machines",
            text_field("127.0.0.1"),
        ),
        ops(
            "http-timeout-seconds",
            "How long a request may take, in seconds, 1 to 1800",
            number(300, Some(between(1, 1800))),
        ),
    ]
}

/// What this connector has.
fn own() -> Vec<Field> {
    vec![
        Field {
            display_name: "API key".to_owned(),
            description: "Key of an owner or admin of the workspace. In Clockify: Profile settings, API, Generate. It can do \
                          whatever that person can"
                .to_owned(),
            is_required: true,
            is_secret: true,
            ..field("clockify-api-key", checked(StringRules { is_required: true, ..StringRules::default() }))
        },
        Field {
            display_name: "Workspace ID".to_owned(),
            description: "Select the workspace in Clockify: the ID is the 24 characters in the address of the page".to_owned(),
            placeholder: "5f1b2c3d4e5f60718293a4b5".to_owned(),
            is_required: true,
            ..field(
                "clockify-workspace-id",
                checked(StringRules { is_required: true, ..pattern("^[0-9a-fA-F]{24}$") }),
            )
        },
        Field {
            display_name: "API address".to_owned(),
            description: "A workspace in a region or on a subdomain has its own: https://euc1.clockify.me/api/v1 (or use2, euw2, \
                          apse2), or https://SUBDOMAIN.clockify.me/api/v1; the key must have been made there"
                .to_owned(),
            ..field("clockify-base-url", defaulted("https://api.clockify.me/api/v1", address()))
        },
        Field {
            display_name: "Trusted host".to_owned(),
            description: "A host outside clockify.me that may be sent the key; needed only for an API address there".to_owned(),
            placeholder: "clockify.example.com".to_owned(),
            ..field("clockify-trusted-host", text_field(""))
        },
        Field {
            display_name: "Rate limit".to_owned(),
            description: "Requests to Clockify at most, per second, minute or hour; a Free workspace may have 30/h".to_owned(),
            ..field("clockify-rate-limit", defaulted("10/s", pattern("^([1-9][0-9]*/[smh]|unlimited)$")))
        },
        Field {
            display_name: "Page size".to_owned(),
            description: "Rows per request, 1 to 5000".to_owned(),
            ..field("page-size", number(200, Some(between(1, 5000))))
        },
        Field {
            display_name: "Sync projects".to_owned(),
            description: "Read projects as well: who is a member or manager of which".to_owned(),
            ..field("sync-projects", switch())
        },
    ]
}

fn field(name: &str, kind: Kind) -> Field {
    Field { name: name.to_owned(), field: Some(kind), ..Field::default() }
}

fn text_field(default: &str) -> Kind {
    Kind::StringField(StringField { default_value: default.to_owned(), ..StringField::default() })
}

fn checked(rules: StringRules) -> Kind {
    defaulted("", rules)
}

fn defaulted(default: &str, rules: StringRules) -> Kind {
    Kind::StringField(StringField {
        default_value: default.to_owned(),
        rules: Some(rules),
        ..StringField::default()
    })
}

/// Clockify is spoken to over TLS only.
fn address() -> StringRules {
    StringRules {
        prefix: Some("https://".to_owned()),
        well_known: WellKnownString::Uri.into(),
        ..StringRules::default()
    }
}

fn pattern(expression: &str) -> StringRules {
    StringRules { pattern: Some(expression.to_owned()), ..StringRules::default() }
}

fn number(default_value: i64, rules: Option<Int64Rules>) -> Kind {
    Kind::IntField(IntField { default_value, rules, ..IntField::default() })
}

fn between(least: i64, most: i64) -> Int64Rules {
    Int64Rules { gte: Some(least), lte: Some(most), ..Int64Rules::default() }
}

fn switch() -> Kind {
    Kind::BoolField(BoolField::default())
}
