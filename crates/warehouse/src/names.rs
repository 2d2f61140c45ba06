//! What statements call the lake.

/// Name of the database.
pub const DATABASE: &str = "countycast";
/// Name of the schema of the lake's tables.
pub const SCHEMA: &str = "public";
