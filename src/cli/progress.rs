//! Progress: a bar on a terminal, plain lines in a log.

use std::io::IsTerminal;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::say::tell;
use crate::error::Error;
use crate::pipeline::Monitor;

/// Set by Ctrl-C and by the termination signal.
static STOP: AtomicBool = AtomicBool::new(false);

/// Shows progress on standard error.
pub(super) struct Progress {
    shown: bool,
    bar: Mutex<Option<ProgressBar>>,
}

impl Progress {
    /// `shown` is false for `--quiet`.
    pub(super) fn new(shown: bool) -> Result<Self, Error> {
        let stop = || {
            if STOP.swap(true, Ordering::Relaxed) {
                std::process::exit(130);
            }
        };
        ctrlc::set_handler(stop).map_err(|error| Error::Request {
            message: format!("cannot handle Ctrl-C: {error}"),
            remedy: "run the program as a separate process".to_owned(),
        })?;
        Ok(Self { shown, bar: Mutex::new(None) })
    }

    /// Ends the stage, if one is under way: what is printed now is not overwritten.
    pub(super) fn finish(&self) {
        if let Ok(mut bar) = self.bar.lock()
            && let Some(bar) = bar.take()
        {
            bar.finish_and_clear();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.finish();
    }
}

impl Monitor for Progress {
    fn begin(&self, stage: &'static str, total: usize) {
        self.finish();
        if !self.shown {
            return;
        }
        if !std::io::stderr().is_terminal() {
            tell(&format!("{stage}: {}\n", if total > 0 { total.to_string() } else { "…".to_owned() }));
            return;
        }
        let bar = ProgressBar::new(total as u64).with_message(stage);
        // Of a stage without steps nothing is known but that it goes on.
        let (counted, uncounted) =
            ("{msg:>9} {wide_bar} {pos}/{len} {elapsed} left {eta}", "{msg:>9} {spinner} {elapsed}");
        let style = ProgressStyle::with_template(if total > 0 { counted } else { uncounted });
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        // Steps may be minutes apart; the clock shows that work continues.
        bar.enable_steady_tick(Duration::from_secs(1));
        if let Ok(mut current) = self.bar.lock() {
            *current = Some(bar);
        }
    }

    fn step(&self) {
        if let Ok(bar) = self.bar.lock()
            && let Some(bar) = bar.as_ref()
        {
            bar.inc(1);
        }
    }

    fn finished(&self, name: &str) {
        if self.shown && !std::io::stderr().is_terminal() {
            tell(&format!("{name} is done\n"));
        }
        self.step();
    }

    fn note(&self, text: &str) {
        self.finish();
        if self.shown {
            eprintln!("{text}");
        }
    }

    fn cancelled(&self) -> bool {
        STOP.load(Ordering::Relaxed)
    }
}
