//! Compiles the `.proto` files with a Rust compiler (no `protoc` needed) into messages and an embedded descriptor set.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

use prost::Message as _;

const ROOT: &str = "proto";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={ROOT}");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let mut files = Vec::new();
    collect(Path::new(ROOT), &mut files)?;
    files.sort();

    let mut descriptors = protox::compile(&files, [ROOT])?;
    let mut config = prost_build::Config::new();
    // Maps in key order, so that equal messages have equal bytes.
    config.btree_map(["."]).type_name_domain(["."], "type.googleapis.com").enable_type_names();
    config.include_file("packages.rs");
    generate(config, descriptors.clone())?;

    // Comments become documentation above; at run time they are dead weight.
    for file in &mut descriptors.file {
        file.source_code_info = None;
    }
    #[expect(
        clippy::disallowed_methods,
        reason = "a build script's output is not read before the script has ended"
    )]
    fs::write(out.join("descriptors.bin"), descriptors.encode_to_vec())?;
    Ok(())
}

#[cfg(not(feature = "grpc"))]
fn generate(
    mut config: prost_build::Config,
    descriptors: prost_types::FileDescriptorSet,
) -> std::io::Result<()> {
    config.compile_fds(descriptors)
}

#[cfg(feature = "grpc")]
fn generate(config: prost_build::Config, descriptors: prost_types::FileDescriptorSet) -> std::io::Result<()> {
    // Without tonic's own transport: whoever uses a stub brings the channel.
    tonic_prost_build::configure().build_transport(false).compile_fds_with_config(descriptors, config)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "proto") {
            files.push(path);
        }
    }
    Ok(())
}
