//! Identity of a result: the program, its settings, and the files read determine every byte.
//!
//! Results of an earlier run are reused only if all three are the same: groups of an interrupted run, days of an
//! evaluation, trained models.

use std::fs::File;
use std::io;
use std::sync::OnceLock;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::panel::Panel;
pub(crate) use crate::panel::{sha256, sha256_of};
use serde::{Deserialize, Serialize};

/// What determines every byte of a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// The program, see [`build`].
    pub build: String,
    /// SHA-256 of the settings as serialised and of the request: places, as-of day, vintage, whether it learns.
    pub settings: String,
    /// SHA-256 of the paths and hashes of the files read.
    pub inputs: String,
}

impl Identity {
    /// Identity of this program's result for a panel with these settings.
    #[must_use]
    pub fn of(settings: &impl Serialize, panel: &Panel) -> Self {
        let inputs: Vec<_> = panel.inputs().iter().map(|input| (&input.path, &input.sha256)).collect();
        Self { build: build().to_owned(), settings: digest(settings), inputs: digest(&inputs) }
    }
}

/// Version and SHA-256 of the running program.
///
/// The hash is of the executable, not of the sources: it also distinguishes compilers, versions of dependencies and, for
/// users of the library, their own engines. Rebuilding the same sources in the same place gives the same executable. A
/// program that cannot read its own executable gets a unique build, so that nothing is reused.
#[must_use]
pub fn build() -> &'static str {
    static BUILD: OnceLock<String> = OnceLock::new();
    BUILD.get_or_init(|| {
        let hash = executable().unwrap_or_else(|_| {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            format!("unknown-{}-{}", std::process::id(), now.as_nanos())
        });
        format!("{}-{hash}", env!("CARGO_PKG_VERSION"))
    })
}

fn executable() -> io::Result<String> {
    sha256_of(File::open(std::env::current_exe()?)?)
}

/// SHA-256 of a value as JSON.
pub(crate) fn digest(value: &impl Serialize) -> String {
    match serde_json::to_vec(value) {
        Ok(text) => sha256(&text),
        // Only maps with other keys than strings fail, and no type hashed here has one.
        Err(error) => unreachable!("not representable as JSON: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn every_setting_is_part_of_the_digest() {
        let default = digest(&Config::default());
        assert_eq!(digest(&Config::default()), default);
        let mut config = Config::default();
        config.engines.trend.own_growth_half_count.cases += 1.0;
        assert_ne!(digest(&config), default, "a setting of an engine");
        let mut config = Config::default();
        config.panel.gaps.probability *= 1.0 + f64::EPSILON;
        assert_ne!(digest(&config), default, "the last bit of a number");
        // Asked for with a run, not in a file.
        let mut config = Config::default();
        config.fallback.hidden_share = 0.5;
        assert_ne!(digest(&config), default, "counties without a history");
        let config = Config { every_resident: true, ..Config::default() };
        assert_ne!(digest(&config), default, "full scale");
    }

    #[test]
    fn the_build_is_version_and_hash_of_the_program() {
        let hash = build().strip_prefix(concat!(env!("CARGO_PKG_VERSION"), "-")).unwrap();
        assert_eq!(hash, sha256(&std::fs::read(std::env::current_exe().unwrap()).unwrap()));
    }
}
