//! The files of a pack. Their names are fixed: a manifest that names another one is not ours.

pub(super) const MANIFEST: &str = "manifest.json";
pub(super) const SIGNATURE: &str = "manifest.json.sig";
pub(super) const SUMS: &str = "SHA256SUMS";

pub(super) const C1Z: &str = "sync.c1z";
pub(super) const SINCE: &str = "since.c1z";
pub(super) const IDENTITIES: &str = "identities.csv";
pub(super) const OVERRIDES: &str = "identity-overrides.csv";
pub(super) const REPORT: &str = "report.html";
pub(super) const CSV: &str = "access.csv";
pub(super) const XLSX: &str = "access.xlsx";
pub(super) const JSON: &str = "access.json";
pub(super) const JSON_LINES: &str = "access.jsonl";
pub(super) const FINDINGS: &str = "findings.json";
pub(super) const SARIF: &str = "findings.sarif";
pub(super) const CHANGES: &str = "changes.json";
pub(super) const PUBLIC_KEY: &str = "public-key.pem";
pub(super) const README: &str = "README.txt";
pub(super) const WARNING: &str = "NOT-EVIDENCE.txt";

/// What everything else is made of.
pub(super) const INPUTS: [&str; 4] = [C1Z, SINCE, IDENTITIES, OVERRIDES];

/// Each file that a manifest can list, with what it is, in the order in which one reads them.
pub(super) const LISTED: [(&str, &str); 15] = [
    (WARNING, "a warning: the sync in this pack was never finished"),
    (README, "what each file is, and how to check the pack"),
    (
        REPORT,
        "the report to read: administrative access, findings, changes, everybody's access; open it in a browser",
    ),
    (XLSX, "a workbook: one row for each grant, to decide about on the sheet Review"),
    (CSV, "everything as one table: people, entitlements, and one row for each grant"),
    (JSON, "everything as one JSON document"),
    (JSON_LINES, "everything as one JSON object per line"),
    (FINDINGS, "what the rules found, with evidence and controls, and which rules could not judge"),
    (SARIF, "the same findings as SARIF 2.1.0, for code scanners"),
    (CHANGES, "what changed since an earlier sync, or why nothing was compared"),
    (C1Z, "the sync itself, as it was read from the source; everything else is made of it"),
    (SINCE, "the earlier file that the sync was compared with"),
    (IDENTITIES, "the organisation's list of people that accounts were matched with"),
    (OVERRIDES, "which account belongs to whom, said by hand"),
    (PUBLIC_KEY, "the public key of whoever signed manifest.json"),
];

/// What a file is.
pub(super) fn about(name: &str) -> Option<&'static str> {
    LISTED.iter().find(|(known, _)| *known == name).map(|(_, about)| *about)
}
