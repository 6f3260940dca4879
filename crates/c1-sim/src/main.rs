//! `c1-sim [OPTIONS]`: the look-alike of C1 as a process. The options are JSON, see `c1_sim::Options`.

use std::error::Error;
use std::io;

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let options = std::env::args().nth(1).unwrap_or_else(|| "{}".to_owned());
    c1_sim::run(&options, &mut io::stdout())
}
