//! Long work without Python's lock: progress is shown and Ctrl-C honoured meanwhile.

use std::any::Any;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use countycast::error::Error;
use countycast::pipeline::Monitor;
use pyo3::prelude::*;

use crate::failure::{exception, internal};

/// Interval between looks at signals and at the number of steps done.
const INTERVAL: Duration = Duration::from_millis(50);

enum Event {
    Begin(&'static str, usize),
    Note(String),
}

/// Takes what the work tells, on its threads.
struct Watcher<'a> {
    events: Sender<Event>,
    steps: &'a AtomicUsize,
    stop: &'a AtomicBool,
}

impl Monitor for Watcher<'_> {
    fn begin(&self, stage: &'static str, total: usize) {
        // The listener may be gone only when the process ends.
        let _ = self.events.send(Event::Begin(stage, total));
    }

    fn step(&self) {
        self.steps.fetch_add(1, Ordering::Relaxed);
    }

    fn note(&self, text: &str) {
        let _ = self.events.send(Event::Note(text.to_owned()));
    }

    fn cancelled(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

/// Does work on a thread of its own. `progress` has the methods `begin(stage, total)`, `advance(steps)` and `note(text)`, which are
/// called on this thread; whatever they or a signal's handler raise stops the work and is raised when it has stopped.
pub(crate) fn watched<T: Send>(
    py: Python<'_>,
    progress: &Bound<'_, PyAny>,
    work: impl FnOnce(&dyn Monitor) -> Result<T, Error> + Send,
) -> PyResult<T> {
    let progress = progress.clone().unbind();
    let (steps, stop) = (&AtomicUsize::new(0), &AtomicBool::new(false));
    let (events, heard) = channel();
    let watcher = Watcher { events, steps, stop };
    let (result, raised) = py.detach(move || {
        thread::scope(|scope| {
            let worker = thread::Builder::new().name("countycast".to_owned()).spawn_scoped(scope, move || {
                // Dropped at the end, by which the listener knows it.
                let watcher = watcher;
                work(&watcher)
            });
            let raised = listen(&heard, &progress, steps, stop);
            (worker.map(thread::ScopedJoinHandle::join), raised)
        })
    });
    if let Some(raised) = raised {
        return Err(raised);
    }
    match result {
        Ok(Ok(done)) => done.map_err(|error| exception(py, &error)),
        Ok(Err(panic)) => Err(internal(py, &format!("a fault of countycast: {}", told(panic.as_ref())))),
        Err(error) => Err(exception(py, &Error::Threads(error.into()))),
    }
}

/// Passes on events until the work has ended; the first exception.
fn listen(heard: &Receiver<Event>, progress: &Py<PyAny>, steps: &AtomicUsize, stop: &AtomicBool) -> Option<PyErr> {
    let mut raised = None;
    loop {
        let event = match heard.recv_timeout(INTERVAL) {
            Ok(event) => Some(event),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => return raised,
        };
        if raised.is_some() {
            continue;
        }
        let told = Python::attach(|py| {
            py.check_signals()?;
            let done = steps.swap(0, Ordering::Relaxed);
            if done > 0 {
                progress.call_method1(py, "advance", (done,))?;
            }
            match event {
                Some(Event::Begin(stage, total)) => progress.call_method1(py, "begin", (stage, total)).map(drop),
                Some(Event::Note(text)) => progress.call_method1(py, "note", (text,)).map(drop),
                None => Ok(()),
            }
        });
        if let Err(error) = told {
            stop.store(true, Ordering::Relaxed);
            raised = Some(error);
        }
    }
}

fn told(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("it panicked")
}
