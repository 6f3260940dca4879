//! Runs inputs through a target, without a fuzzer: `cargo run -p fuzz-trials --example run -- messages FILE…`.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a tool for people at a terminal")]

fn main() {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().expect("the name of a target");
    let (_, run) =
        fuzz_trials::TARGETS.iter().find(|(known, _)| *known == name).expect("there is no such target");
    for path in arguments {
        println!("{path}: came to {}", run(&std::fs::read(&path).unwrap()));
    }
}
