//! Writes the seeds of every target: `cargo run -p fuzz-trials --example seed -- fuzz/corpus`.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a tool for people at a terminal")]

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;

fn main() {
    let folder = PathBuf::from(std::env::args().nth(1).expect("where the seeds go"));
    let seeds = fuzz_trials::seeds::seeds();
    for seed in &seeds {
        let folder = folder.join(seed.target);
        std::fs::create_dir_all(&folder).unwrap();
        File::create(folder.join(&seed.name)).unwrap().write_all(&seed.bytes).unwrap();
    }
    println!("{} seeds for {} targets", seeds.len(), fuzz_trials::TARGETS.len());
}
