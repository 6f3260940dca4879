//! `README.txt`: the pack in plain words, for somebody who has never seen the program.

use std::fmt::Write as _;

use super::names::{LISTED, MANIFEST, PUBLIC_KEY, README, SIGNATURE, SUMS};
use super::{Changes, Manifest, Parameters};
use crate::text;

/// The text of `README.txt`.
pub(super) fn text(manifest: &Manifest) -> String {
    let mut page = Page::default();
    page.line("EVIDENCE PACK OF AN ACCESS REVIEW");
    page.line(manifest.statement.as_str());
    page.line("");
    facts(&mut page, manifest);
    page.section("WHAT IS IN IT");
    for (name, about) in LISTED {
        if name == README || manifest.files.contains_key(name) {
            page.fact(name, about);
        }
    }
    page.fact(MANIFEST, "what this pack is, and the SHA-256 and size of each file above");
    if manifest.signature.is_some() {
        page.fact(SIGNATURE, "the signature of manifest.json");
    }
    page.fact(SUMS, "the SHA-256 of each file but itself, for the tool sha256sum");
    checking(&mut page, manifest);
    page.text
}

/// The text of `NOT-EVIDENCE.txt`.
pub(super) fn warning(manifest: &Manifest) -> String {
    format!(
        "{}\nSync {}, begun {:.0}. A sync that was cut off goes on with the next run; make a pack of it then.\n",
        manifest.statement.as_str(),
        text::terminal(&manifest.sync.id),
        manifest.sync.started_at
    )
}

fn facts(page: &mut Page, manifest: &Manifest) {
    let sync = &manifest.sync;
    page.fact("Source", &manifest.source.label());
    if manifest.source.demonstration {
        page.fact("", "A demonstration with invented people, not a real workspace.");
    }
    if let Some(who) = &manifest.operator {
        let email = if who.email.is_empty() { String::new() } else { format!(" <{}>", who.email) };
        page.fact("Read by", &format!("the key of {}{email}, account {}", who.name, who.id));
    }
    page.fact("Read from", &format!("{:.0}", sync.started_at));
    page.fact("until", &sync.ended_at.map_or("never finished".to_owned(), |at| format!("{at:.0}")));
    page.fact("Sync", &format!("{}, type {}", sync.id, sync.kind));
    page.fact("Complete", &manifest.complete);
    for reason in &manifest.reasons {
        page.fact("because", reason);
    }
    let count = |kind: &str| manifest.counts.get(kind).copied().unwrap_or(0);
    let counts = ["users", "groups", "roles", "projects", "grants", "findings"];
    let counts = counts.map(|kind| format!("{} {kind}", count(kind)));
    page.fact("Holds", &counts.join(", "));
    match &manifest.changes {
        Changes::NotCompared(reason) => page.fact("Changes", reason),
        Changes::Compared(changed) => {
            let ended = changed.since.ended_at.map(|at| format!(" of {at:.0}")).unwrap_or_default();
            let since = format!("sync {}{ended} in {}", changed.since.sync_id, changed.since.file);
            page.fact("Changes", &format!("{} since {since}", changed.total));
        }
    }
    measures(page, &manifest.parameters);
    page.fact("Pack made", &format!("{:.0} by {}", manifest.made_at, manifest.tool.label()));
    if let Some(digest) = &manifest.tool.sha256 {
        page.fact("", &format!("the program's SHA-256 is {digest}"));
    }
    match &manifest.previous {
        None => page.fact("Follows", "no other pack: it is the first of its chain"),
        Some(previous) => {
            page.fact(
                "Follows",
                &format!("the pack made {:.0} of sync {}", previous.made_at, previous.sync_id),
            );
        }
    }
    match &manifest.signature {
        None => page.fact("Signed", "no"),
        Some(note) => page.fact("Signed", &format!("{}, key {}", note.algorithm, note.key_sha256)),
    }
}

/// By which measures the rules judged.
fn measures(page: &mut Page, asked: &Parameters) {
    page.fact("Judged as of", &format!("{:.0}", asked.as_of));
    let rules = match (asked.rules.is_empty(), asked.skip_rules.is_empty()) {
        (true, true) => "all".to_owned(),
        (true, false) => format!("all but {}", asked.skip_rules.join(", ")),
        (false, true) => asked.rules.join(", "),
        (false, false) => format!("{}, without {}", asked.rules.join(", "), asked.skip_rules.join(", ")),
    };
    page.fact("by the rules", &rules);
    let age = match asked.invite_age_seconds {
        seconds if seconds.is_multiple_of(86_400) => format!("{} days", seconds / 86_400),
        seconds if seconds.is_multiple_of(3_600) => format!("{} hours", seconds / 3_600),
        seconds => format!("{seconds} seconds"),
    };
    page.fact(
        "",
        &format!("at most {} administrators; invitations may stay open for {age}", asked.max_admins),
    );
    if !asked.domains.is_empty() {
        page.fact("", &format!("own domains: {}", asked.domains.join(", ")));
    }
    let lists = [&asked.identities, &asked.identity_overrides].into_iter().flatten();
    for list in lists {
        page.fact("", &format!("accounts matched with {}", list.file));
    }
}

fn checking(page: &mut Page, manifest: &Manifest) {
    page.section("HOW TO CHECK IT WITH THE PROGRAM");
    page.line("    baton-clockify evidence verify .");
    page.line("");
    page.line(
        "It reads each byte of each file, and then makes report, exports, findings and changes anew from",
    );
    page.line("sync.c1z: the same version gives the same bytes. It needs no network and no key.");
    if manifest.signature.is_some() {
        page.line("");
        page.line(
            "The key in this pack proves nothing by itself, because whoever makes a pack chooses it. Get the",
        );
        page.line("signer's public key from the signer, on another way than this pack, and compare:");
        page.line("");
        page.line("    baton-clockify evidence verify . --public-key SIGNER.pem");
    }
    if manifest.previous.is_some() {
        page.line("");
        page.line("With the pack before this one in the folder PREVIOUS:");
        page.line("");
        page.line("    baton-clockify evidence verify . --previous PREVIOUS");
    }
    page.section("HOW TO CHECK IT WITHOUT THE PROGRAM");
    page.line("In this folder, on Linux (on macOS: shasum -a 256 -c SHA256SUMS):");
    page.line("");
    page.line("    sha256sum --check --strict SHA256SUMS");
    page.line("");
    page.line(
        "Each line must end in OK, and the folder must hold no other file than those and SHA256SUMS. On",
    );
    page.line("Windows, `certutil -hashfile FILE SHA256` prints the digest of one file to compare.");
    if manifest.signature.is_some() {
        page.line("");
        page.line("The signature, with OpenSSL 3 and the key that the signer gave you:");
        page.line("");
        page.line(&format!(
            "    openssl pkeyutl -verify -pubin -inkey SIGNER.pem -rawin -in {MANIFEST} -sigfile {SIGNATURE}"
        ));
        page.line("");
        page.line(&format!(
            "It must print: Signature Verified Successfully. {PUBLIC_KEY} must be the signer's key:"
        ));
        page.line("");
        page.line(&format!("    cmp {PUBLIC_KEY} SIGNER.pem"));
    }
    if let Some(previous) = &manifest.previous {
        page.line("");
        page.line("The SHA-256 of the manifest.json of the pack before must be:");
        page.line("");
        page.line(&format!("    {}", previous.manifest_sha256));
    }
    page.section("WHAT THIS PROVES, AND WHAT IT DOES NOT");
    if manifest.signature.is_some() {
        page.line(
            "A good signature shows that the holder of the key made this pack, and that no byte has changed",
        );
        page.line("since. It does not show when: the times are those of the machine that made it.");
    } else {
        page.line(
            "Nobody signed this pack. The digests find damage and careless edits, and making everything anew",
        );
        page.line("finds facts that do not come from sync.c1z. But whoever can change all files can make a whole new");
        page.line(
            "pack. Compare the SHA-256 of manifest.json with one that was noted elsewhere when it was made.",
        );
    }
    page.line("");
    page.line("Whether sync.c1z shows what the source said is shown by reading the source again.");
}

#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    fn line(&mut self, line: &str) {
        self.text.push_str(&text::terminal(line));
        self.text.push('\n');
    }

    fn section(&mut self, title: &str) {
        self.line("");
        self.line(title);
        self.line("");
    }

    /// A name and what belongs to it, broken into lines.
    fn fact(&mut self, name: &str, value: &str) {
        const NAMES: usize = 24;
        const WIDTH: usize = 100;
        let value = text::terminal(value);
        let mut line = format!("{name:NAMES$}");
        let mut begun = false;
        for word in value.split_whitespace() {
            if begun && line.chars().count() + 1 + word.chars().count() > WIDTH {
                let _ = writeln!(self.text, "{line}");
                (line, begun) = (" ".repeat(NAMES), false);
            }
            if begun {
                line.push(' ');
            }
            line.push_str(word);
            begun = true;
        }
        let _ = writeln!(self.text, "{}", line.trim_end());
    }
}
