#!/bin/sh
# Asks Keyaki's evaluator and Cedar's authorizer for the same decisions and prints how long one takes: policies of 20 statements, of one
# meaning, everything prepared that can be. See benches/peers/cedar/src/main.rs. Building Cedar takes some minutes, the first time.
set -eu
cd "$(dirname "$0")/../.."
cargo build --release --quiet --locked --manifest-path benches/peers/cedar/Cargo.toml --target-dir target/peers
target/peers/release/keyaki-peers-cedar
