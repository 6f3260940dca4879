//! Any byte, and any file.

use std::fs;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

use super::{Packer, checked, files, put, verified, wrong};

/// Files up to this size are changed at each byte, others at this many.
const EACH: usize = 1_200;

/// Where a file is changed: at each byte, or evenly spread, the ends included.
fn offsets(size: usize) -> Vec<usize> {
    if size <= EACH {
        return (0..size).collect();
    }
    let spread = (0..200).map(|step| step * (size - 1) / 199);
    spread.collect()
}

fn flip(path: &Path, offset: usize, before: u8, mask: u8) {
    let mut file = fs::OpenOptions::new().write(true).open(path).unwrap();
    file.seek(SeekFrom::Start(offset as u64)).unwrap();
    file.write_all(&[before ^ mask]).unwrap();
}

/// Changes single bytes of the files and returns how many changes there were.
fn every_byte(folder: &Path, each: &[&str]) -> usize {
    let mut changes = 0;
    for (name, content) in files(folder) {
        let path = folder.join(&name);
        let all =
            if each.contains(&name.as_str()) { (0..content.len()).collect() } else { offsets(content.len()) };
        for offset in all {
            // A blank becomes a NUL and a capital letter a small one, as an editor or a bad disk might do.
            let mask = if offset % 2 == 0 { 0x20 } else { 0x01 };
            flip(&path, offset, content[offset], mask);
            let found = checked(folder);
            assert!(!found.holds, "byte {offset} of {name}");
            let named = found.problems.iter().any(|problem| problem.file == name);
            assert!(named || name == "manifest.json", "byte {offset} of {name}: {:?}", found.problems);
            flip(&path, offset, content[offset], 0);
            changes += 1;
        }
    }
    assert!(checked(folder).holds, "everything is as it was again");
    changes
}

#[test]
fn a_changed_byte_of_a_signed_pack_is_found() {
    let packer = Packer::signing();
    let folder = packer.pack("pack");
    let names: Vec<_> = files(&folder).into_keys().collect();
    let expected = [
        "README.txt",
        "SHA256SUMS",
        "access.csv",
        "access.json",
        "access.jsonl",
        "access.xlsx",
        "changes.json",
        "findings.json",
        "findings.sarif",
        "identities.csv",
        "identity-overrides.csv",
        "manifest.json",
        "manifest.json.sig",
        "public-key.pem",
        "report.html",
        "sync.c1z",
    ];
    assert_eq!(names, expected);
    assert!(every_byte(&folder, &["manifest.json.sig", "SHA256SUMS", "manifest.json"]) > 7_000);
}

#[test]
fn a_changed_byte_of_an_unsigned_pack_is_found() {
    let packer = Packer::new();
    let folder = packer.pack("pack");
    assert!(every_byte(&folder, &["README.txt", "SHA256SUMS", "manifest.json"]) > 7_000);
}

#[test]
fn cut_longer_and_empty_files_are_found() {
    let packer = Packer::signing();
    let folder = packer.pack("pack");
    for (name, content) in files(&folder) {
        let path = folder.join(&name);
        let longer: Vec<_> = content.iter().copied().chain([b'\n']).collect();
        for changed in [&content[..content.len() - 1], &content[1..], &longer, b""] {
            put(&path, changed);
            let found = checked(&folder);
            assert!(
                found.problems.iter().any(|problem| problem.file == name),
                "{name}: {:?}",
                found.problems
            );
        }
        put(&path, &content);
    }
    assert!(checked(&folder).holds);
}

#[test]
fn removed_renamed_and_swapped_files_are_found() {
    let packer = Packer::signing();
    let folder = packer.pack("pack");
    let aside = packer.path("aside");
    let all: Vec<_> = files(&folder).into_keys().collect();
    for name in &all {
        fs::rename(folder.join(name), &aside).unwrap();
        let found = checked(&folder);
        let word =
            found.problems.iter().find(|problem| problem.file == *name).map(|problem| &problem.text[..]);
        assert_eq!(word, Some("it is not there"), "{name}");
        fs::rename(&aside, folder.join(name)).unwrap();

        let renamed = folder.join(format!("{name}.bak"));
        fs::rename(folder.join(name), &renamed).unwrap();
        assert!(!checked(&folder).holds, "{name}");
        fs::rename(renamed, folder.join(name)).unwrap();
    }
    for pair in all.windows(2) {
        let swap = || {
            fs::rename(folder.join(&pair[0]), &aside).unwrap();
            fs::rename(folder.join(&pair[1]), folder.join(&pair[0])).unwrap();
            fs::rename(&aside, folder.join(&pair[1])).unwrap();
        };
        swap();
        assert!(!checked(&folder).holds, "{pair:?}");
        swap();
    }
    assert!(checked(&folder).holds);
}

#[test]
fn an_added_file_is_found_whatever_its_name() {
    let packer = Packer::new();
    let folder = packer.pack("pack");
    // Names that a pack can have, too, when they are not in its manifest.
    for name in
        ["decisions.csv", ".hidden", "since.c1z", "manifest.json.sig", "public-key.pem", "NOT-EVIDENCE.txt"]
    {
        put(&folder.join(name), b"x");
        assert_eq!(wrong(&checked(&folder)), [(name.to_owned(), "added".to_owned())]);
        fs::remove_file(folder.join(name)).unwrap();
    }
    fs::create_dir(folder.join("more")).unwrap();
    let found = wrong(&checked(&folder));
    assert!(found.contains(&("more".to_owned(), "added".to_owned())), "{found:?}");
}

#[cfg(unix)]
#[test]
fn a_link_to_the_very_same_content_is_no_file_of_a_pack() {
    let packer = Packer::signing();
    let folder = packer.pack("pack");
    let aside = packer.path("aside");
    for name in files(&folder).into_keys() {
        fs::rename(folder.join(&name), &aside).unwrap();
        std::os::unix::fs::symlink(&aside, folder.join(&name)).unwrap();
        let found = wrong(&checked(&folder));
        assert_eq!(found, [(name.clone(), "not-a-file".to_owned())]);
        fs::remove_file(folder.join(&name)).unwrap();
        fs::rename(&aside, folder.join(&name)).unwrap();
    }
    assert!(checked(&folder).holds);
}

#[cfg(unix)]
#[test]
fn a_pipe_instead_of_a_file_does_not_stop_the_check() {
    let packer = Packer::signing();
    let folder = packer.pack("pack");
    for name in ["manifest.json", "manifest.json.sig", "SHA256SUMS", "access.csv"] {
        let path = folder.join(name);
        let content = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        let found = wrong(&checked(&folder));
        assert!(found.contains(&(name.to_owned(), "not-a-file".to_owned())), "{found:?}");
        fs::remove_file(&path).unwrap();
        put(&path, &content);
    }
}

#[test]
fn a_manifest_that_says_the_same_in_other_words_is_found() {
    let packer = Packer::new();
    let folder = packer.pack("pack");
    let text = fs::read_to_string(folder.join("manifest.json")).unwrap();
    let compact = serde_json::to_string(&serde_json::from_str::<serde_json::Value>(&text).unwrap()).unwrap();
    let more = text.replacen('{', "{\n  \"approved_by\": \"everybody\",", 1);
    let twice = text.replacen("\"format\": 1,", "\"format\": 1,\n  \"format\": 1,", 1);
    let other = text.replacen("\"format\": 1,", "\"format\": 2,", 1);
    for changed in [compact, more, twice, other, "[]".to_owned(), "{".repeat(100_000)] {
        assert_ne!(changed, text);
        put(&folder.join("manifest.json"), changed.as_bytes());
        let found = wrong(&verified(&folder, None, None, "1.2.3"));
        assert!(found.contains(&("manifest.json".to_owned(), "manifest".to_owned())), "{found:?}");
    }
}
