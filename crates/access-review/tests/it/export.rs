//! Exports, read with other programs' eyes: the official tool's output, a JSON parser, another reader of workbooks.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Cursor, Read, Write};

use access_review::export::{self, Options};
use access_review::{Error, Snapshot, findings};
use calamine::{Data, Reader, Xlsx, open_workbook_from_rs};
use serde_json::Value;

use crate::workspace::{Content, FORMULA, File, at, newest, open, vector};

fn options() -> Options {
    Options {
        at: at("2026-03-02T12:00:00Z"),
        tool: "tool 1.2.3".to_owned(),
        assessment: None,
        temporary: None,
    }
}

fn csv(snapshot: &Snapshot<'_>) -> Vec<BTreeMap<String, String>> {
    let mut out = Vec::new();
    export::csv(&mut out, snapshot, &options()).unwrap();
    csv::Reader::from_reader(&out[..]).deserialize().map(Result::unwrap).collect()
}

#[test]
fn csv_begins_with_the_official_columns_and_agrees_with_the_official_rows() {
    let official = std::fs::read(vector("official/tiny-v1/export-v1.csv")).unwrap();
    let mut official = csv::Reader::from_reader(&official[..]);
    let file = open(&vector("tiny-v1.c1z"));
    let mut out = Vec::new();
    export::csv(&mut out, &newest(&file), &options()).unwrap();
    let mut ours = csv::Reader::from_reader(&out[..]);
    let first_twelve = |row: &csv::StringRecord| row.iter().take(12).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(first_twelve(ours.headers().unwrap()), first_twelve(official.headers().unwrap()));
    let known = ["Identity", "Entitlement", "Grant"];
    let rows = |reader: &mut csv::Reader<&[u8]>| {
        let all = reader.records().map(|row| first_twelve(&row.unwrap()));
        let mut rows: Vec<_> = all.filter(|row| known.contains(&row[0].as_str())).collect();
        rows.sort();
        rows
    };
    let (ours, official) = (rows(&mut ours), rows(&mut official));
    assert_eq!(official.len(), 10);
    assert_eq!(ours, official);
}

#[test]
fn csv_shows_what_the_official_export_leaves_out_and_is_harmless() {
    let file = File::with(&Content::new(), 5);
    let file = file.open();
    let rows = csv(&newest(&file));
    let kinds: Vec<_> = rows.iter().map(|row| row["Type"].as_str()).collect();
    let expected = [
        ["Identity"; 3].as_slice(),
        &["Entitlement"; 3],
        &["Grant", "Grant", "Grant", "Other Grant", "Other Grant"],
        &["Resource"; 3],
    ];
    assert_eq!(kinds, expected.concat());
    let granted: BTreeSet<_> = rows.iter().map(|row| row["Grant ID"].as_str()).collect();
    let ids = [
        "",
        "group:g1:member:user:ann",
        "group:g1:member:user:bob",
        "role:owner:assigned:user:ann",
        "vault:v1:open:group:g1",
        "vault:v1:open:user:nobody",
    ];
    assert_eq!(granted, BTreeSet::from(ids));
    let nobody = rows.iter().find(|row| row["Principal ID"] == "nobody").unwrap();
    assert_eq!((nobody["Principal Status"].as_str(), nobody["User ID"].as_str()), ("missing", ""));
    let bob = rows.iter().find(|row| row["User ID"] == "bob").unwrap();
    assert_eq!(bob["Principal Name"], format!("'{FORMULA}"));
    assert_eq!(bob["User Status"], "Disabled");
    for row in &rows {
        assert_eq!(row["Synced At"], "2026-03-01T12:05:00Z");
        assert_eq!(row["Complete"], "unknown");
        assert!(row.values().all(|cell| !cell.starts_with(['=', '+', '-', '@'])), "{row:?}");
    }
}

#[test]
fn json_is_one_document_that_says_where_it_is_from() {
    let file = File::with(&Content::new().reported("w1"), 5);
    let file = file.open();
    let snapshot = newest(&file);
    let assessed = findings::evaluate(&snapshot, &findings::Options::new(options().at)).unwrap();
    let found = assessed.findings.len();
    let mut out = Vec::new();
    export::json(&mut out, &snapshot, &Options { assessment: Some(assessed), ..options() }).unwrap();
    let document: Value = serde_json::from_slice(&out).unwrap();
    let names = |kind: &str| -> Vec<String> {
        let rows = document[kind].as_array().unwrap();
        rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names("users"), ["ann", "bob", "cem"]);
    assert_eq!(names("groups"), ["g1"]);
    assert_eq!(names("roles"), ["owner"]);
    assert_eq!(names("projects"), [""; 0]);
    assert_eq!(names("other_resources"), ["v1"]);
    assert_eq!(names("entitlements"), ["group:g1:member", "role:owner:assigned", "vault:v1:open"]);
    assert_eq!(names("grants").len(), 5);
    assert_eq!(document["findings"].as_array().unwrap().len(), found);
    assert_eq!(document["users"][1]["name"], FORMULA, "JSON needs no defusing");
    let about = &document["about"];
    assert_eq!(about["source_id"], "w1");
    assert_eq!(about["operator"]["name"], "Ann");
    assert_eq!(about["complete"], "verified");
    assert_eq!(about["ended_at"], "2026-03-01T12:05:00Z");
    assert_eq!(about["age_seconds"], 24 * 3600 - 5 * 60);
    assert_eq!(about["file"], "sync.c1z");
    assert_eq!(document["counts"]["grants"], 5);
    assert_eq!(document["counts"]["users"], 3);
}

#[test]
fn json_lines_begin_with_the_origin_and_end_with_the_counts() {
    let file = File::with(&Content::new(), 5);
    let file = file.open();
    let mut out = Vec::new();
    export::json_lines(&mut out, &newest(&file), &options()).unwrap();
    let text = String::from_utf8(out).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let records: Vec<_> = lines.iter().map(|line| line["record"].as_str().unwrap()).collect();
    let expected = [
        ["about", "user", "user", "user", "group", "role", "other_resource"].as_slice(),
        &["entitlement"; 3],
        &["grant"; 5],
        &["end"],
    ];
    assert_eq!(records, expected.concat());
    assert_eq!(lines[0]["complete"], "unknown");
    assert_eq!(lines.last().unwrap()["grants"], 5);
}

fn workbook(snapshot: &Snapshot<'_>, options: &Options) -> Vec<u8> {
    let mut out = Vec::new();
    export::xlsx(&mut out, snapshot, options).unwrap();
    out
}

fn sheet(book: &mut Xlsx<Cursor<Vec<u8>>>, name: &str) -> Vec<Vec<Data>> {
    book.worksheet_range(name).unwrap().rows().map(<[Data]>::to_vec).collect()
}

fn text(cell: &str) -> Data {
    Data::String(cell.to_owned())
}

/// The parts of a workbook as they are in the archive, and when each was written by its own word.
fn parts(bytes: &[u8]) -> BTreeMap<String, (String, Option<zip::DateTime>)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    (0..archive.len())
        .map(|index| {
            let mut part = archive.by_index(index).unwrap();
            let mut text = String::new();
            part.read_to_string(&mut text).unwrap();
            (part.name().unwrap().into_owned(), (text, part.last_modified()))
        })
        .collect()
}

#[test]
fn a_workbook_holds_a_sheet_for_each_kind_and_no_formula() {
    let file = File::with(&Content::new().reported("w1"), 5);
    let file = file.open();
    let snapshot = newest(&file);
    let assessment = Some(findings::evaluate(&snapshot, &findings::Options::new(options().at)).unwrap());
    let bytes = workbook(&snapshot, &Options { assessment, ..options() });
    let mut book: Xlsx<_> = open_workbook_from_rs(Cursor::new(bytes)).unwrap();
    let names = book.sheet_names();
    assert_eq!(
        names,
        ["About", "Review", "Users", "Groups", "Roles", "Other resources", "Grants", "Findings"]
    );
    for name in &names {
        assert!(book.worksheet_formula(name).unwrap().used_cells().next().is_none(), "{name}");
    }
    let users = sheet(&mut book, "Users");
    assert_eq!(users[0][0], text("Name"));
    let column =
        |rows: &[Vec<Data>], name: &str| rows[0].iter().position(|cell| *cell == text(name)).unwrap();
    let names: Vec<_> = users[1..].iter().map(|row| row[0].clone()).collect();
    // The turning character is gone, what looks like an escape of Excel's is not taken for one.
    assert_eq!(names, [text("Ann"), text(&format!("'{FORMULA}")), text("Cem \u{fffd}txt _x0041_")]);
    let created = &users[1][column(&users, "Created at (UTC)")];
    let Data::DateTime(created) = created else { panic!("{created:?} is no date") };
    assert_eq!(created.to_ymd_hms_milli(), (2024, 5, 6, 7, 8, 9, 0));
    let groups = sheet(&mut book, "Groups");
    assert_eq!(groups[1][column(&groups, "Members")], Data::Float(2.0));
    assert_eq!(sheet(&mut book, "Grants").len(), 6);

    let about: BTreeMap<_, _> =
        sheet(&mut book, "About").iter().map(|row| (row[0].to_string(), row[1].to_string())).collect();
    assert_eq!(about["Source"], "Acme");
    assert_eq!(about["Source ID"], "w1");
    assert_eq!(about["Read with the key of"], "Ann <ann@example.com> (ann)");
    assert_eq!(about["Age at export"], "23 h 55 min");
    assert_eq!(about["Completeness"], "verified");
    assert_eq!(about["Exported by"], "tool 1.2.3");
    assert_eq!(about["Grants"], "5");
    assert_eq!(about["Rows to review"], "5");
}

#[test]
fn the_review_sheet_locks_the_facts_and_asks_for_a_decision() {
    let file = File::with(&Content::new(), 5);
    let file = file.open();
    let bytes = workbook(&newest(&file), &options());
    let review = &parts(&bytes)["xl/worksheets/sheet2.xml"].0;
    assert!(review.contains("<sheetProtection sheet=\"1\"") && !review.contains("password"), "{review}");
    assert!(review.contains("type=\"list\"") && review.contains("\"keep,revoke,change\""), "{review}");
    assert!(review.contains("<autoFilter ref=\"A1:Q6\"/>"), "{review}");
    assert!(review.contains("ySplit=\"1\"") && review.contains("state=\"frozen\""), "{review}");

    let mut book: Xlsx<_> = open_workbook_from_rs(Cursor::new(bytes.clone())).unwrap();
    let rows = sheet(&mut book, "Review");
    let heading: Vec<_> = rows[0].iter().map(ToString::to_string).collect();
    assert_eq!(heading[8..12], ["Decision", "Rationale", "Reviewer", "Date"]);
    let id = heading.iter().position(|name| name == "Grant ID").unwrap();
    let ids: Vec<_> = rows[1..].iter().map(|row| row[id].to_string()).collect();
    let expected = [
        "group:g1:member:user:ann",
        "group:g1:member:user:bob",
        "role:owner:assigned:user:ann",
        "vault:v1:open:group:g1",
        "vault:v1:open:user:nobody",
    ];
    assert_eq!(ids, expected);
    assert_eq!(
        rows[1][..8].iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["Ann", "ann@example.com", "enabled", "member", "group", "Team", "direct", ""]
    );
    assert_eq!(rows[5][2], text("missing"));

    // Cells for answers, and only they, have the style that is not locked.
    let styles = &parts(&bytes)["xl/styles.xml"].0;
    let formats = styles.split_once("<cellXfs").unwrap().1.split_once("</cellXfs>").unwrap().0;
    let unlocked: BTreeSet<usize> = formats
        .split("<xf ")
        .skip(1)
        .enumerate()
        .filter(|(_, xf)| xf.contains("locked=\"0\""))
        .map(|(index, _)| index)
        .collect();
    let open: BTreeSet<String> = review
        .split("<c r=\"")
        .skip(1)
        .filter_map(|cell| {
            let (place, rest) = cell.split_once('"')?;
            let style = rest.strip_prefix(" s=\"")?.split_once('"')?.0.parse().ok()?;
            unlocked.contains(&style).then(|| place.to_owned())
        })
        .collect();
    let expected = (2..=6).flat_map(|row| ["I", "J", "K", "L"].map(|column| format!("{column}{row}")));
    assert_eq!(open, expected.collect());
}

#[test]
fn the_same_sync_and_time_give_the_same_bytes() {
    let file = File::with(&Content::new(), 5);
    let once = file.open();
    let bytes = workbook(&newest(&once), &options());
    drop(once);
    let again = file.open();
    assert_eq!(workbook(&newest(&again), &options()), bytes);
    // No time in it comes from a clock, which a test within a second would not notice.
    let parts = parts(&bytes);
    assert!(
        parts["docProps/core.xml"].0.contains(">2026-03-02T12:00:00Z<"),
        "{}",
        parts["docProps/core.xml"].0
    );
    assert!(parts.values().all(|(_, time)| *time == Some(zip::DateTime::default())));
    let later = Options { at: at("2026-03-02T12:00:01Z"), ..options() };
    assert_ne!(workbook(&newest(&again), &later), bytes);
}

#[test]
fn files_of_other_connectors_are_exported_whole() {
    for name in ["tiny-v1.c1z", "small-v1.c1z", "two-v1.c1z"] {
        let file = open(&vector(name));
        let snapshot = newest(&file);
        // Counted by the tool that wrote the file.
        let stats = snapshot.view().stats().unwrap();
        let mut book: Xlsx<_> = open_workbook_from_rs(Cursor::new(workbook(&snapshot, &options()))).unwrap();
        let grants = u64::try_from(sheet(&mut book, "Grants").len() - 1).unwrap();
        assert_eq!(grants, stats.grants, "{name}");
        let granted = csv(&snapshot).iter().filter(|row| !row["Grant ID"].is_empty()).count();
        assert_eq!(granted as u64, grants, "{name}");
    }
}

type Export = fn(&mut Full, &Snapshot<'_>, &Options) -> Result<export::Counts, Error>;

/// Takes so many bytes and no more.
struct Full(usize);

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0 < bytes.len() {
            return Err(io::Error::from(io::ErrorKind::StorageFull));
        }
        self.0 -= bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn an_output_that_takes_no_more_is_an_error_wherever_that_happens() {
    let file = File::with(&Content::new(), 5);
    let file = file.open();
    let snapshot = newest(&file);
    let exports: [(&str, Export); 4] = [
        ("csv", |out, snapshot, options| export::csv(out, snapshot, options)),
        ("json", |out, snapshot, options| export::json(out, snapshot, options)),
        ("jsonl", |out, snapshot, options| export::json_lines(out, snapshot, options)),
        ("xlsx", |out, snapshot, options| export::xlsx(out, snapshot, options)),
    ];
    for (name, export) in exports {
        let mut room = Full(usize::MAX);
        export(&mut room, &snapshot, &options()).unwrap();
        let size = usize::MAX - room.0;
        for part in 0..20 {
            let written = export(&mut Full(size * part / 20), &snapshot, &options());
            assert!(written.is_err(), "{name}, {part} twentieths");
        }
    }
}
