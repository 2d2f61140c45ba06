//! Sources fetched from a server on this machine that behaves as badly as servers do.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod bounds;
mod broken;
mod lake;
mod pages;
mod plain;
mod proxy;
mod redirects;
mod server;
mod setup;
