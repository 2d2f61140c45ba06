//! A thread pool that survives jobs that panic or hang.
//!
//! A thread cannot be stopped from outside. A job that exceeds its time limit is therefore abandoned: its result is
//! discarded, and a new thread replaces the stuck one.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, unbounded};

use crate::error::NoThread;

/// Name of the threads on which engines run, by which a panic hook recognises them: their panics are failures of one
/// engine in one place and are reported as such.
pub const THREAD_NAME: &str = "countycast-engine";

/// Interval between checks for stuck jobs.
const WATCH_INTERVAL: Duration = Duration::from_millis(50);

/// How a job ended.
#[derive(Debug, PartialEq)]
pub(crate) enum Outcome<T> {
    /// It returned.
    Done(T),
    /// It panicked, with this message.
    Panicked(String),
    /// It exceeded its time limit.
    TimedOut,
}

/// State shared by all threads.
struct Shared<J, T> {
    jobs: Vec<J>,
    next: AtomicUsize,
    work: Box<dyn Fn(&J) -> T + Send + Sync>,
    results: Sender<(usize, Outcome<T>)>,
}

/// A thread's current job and its start; cleared by the first to settle the job, the thread or the watchdog.
#[derive(Default)]
struct Slot(Mutex<Option<(usize, Instant)>>);

impl Slot {
    fn begin(&self, job: usize) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((job, Instant::now()));
    }

    /// True for the caller that settles the job.
    fn settle(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take().is_some()
    }

    /// Settles a job that has run for longer than `limit`.
    fn give_up(&self, limit: Duration) -> Option<usize> {
        let mut slot = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (job, _) = slot.take_if(|(_, since)| since.elapsed() > limit)?;
        Some(job)
    }
}

/// Runs `work` on every job with `threads` threads and hands each outcome to `each` on the calling thread, in order of
/// completion. `each` may stop the run with an error.
///
/// Where fewer threads can be started, those that are there take all jobs.
///
/// # Errors
/// [`NoThread`] if no thread can be started to take the jobs that are left, and the errors of `each` and `idle`.
pub(crate) fn run<J, T, E>(
    jobs: Vec<J>,
    threads: usize,
    limit: Duration,
    work: impl Fn(&J) -> T + Send + Sync + 'static,
    each: impl FnMut(usize, Outcome<T>) -> Result<(), E>,
    idle: impl FnMut() -> Result<(), E>,
) -> Result<(), E>
where
    J: Send + Sync + 'static,
    T: Send + 'static,
    E: From<NoThread>,
{
    let spawn = |work: Work| thread::Builder::new().name(THREAD_NAME.to_owned()).spawn(work).map(drop);
    run_on(spawn, jobs, threads, limit, work, each, idle)
}

/// What a thread does.
type Work = Box<dyn FnOnce() + Send>;

/// The same on threads that `spawn` starts.
fn run_on<J, T, E>(
    spawn: impl Fn(Work) -> io::Result<()>,
    jobs: Vec<J>,
    threads: usize,
    limit: Duration,
    work: impl Fn(&J) -> T + Send + Sync + 'static,
    mut each: impl FnMut(usize, Outcome<T>) -> Result<(), E>,
    mut idle: impl FnMut() -> Result<(), E>,
) -> Result<(), E>
where
    J: Send + Sync + 'static,
    T: Send + 'static,
    E: From<NoThread>,
{
    let total = jobs.len();
    let (results, received): (_, Receiver<(usize, Outcome<T>)>) = unbounded();
    let shared = Arc::new(Shared { jobs, next: AtomicUsize::new(0), work: Box::new(work), results });
    let mut slots = Vec::new();
    for _ in 0..threads.min(total).max(1) {
        start_another(&mut slots, &shared, &spawn)?;
    }
    let mut settled = 0;
    let mut watched = Instant::now();
    let mut run = || {
        while settled < total {
            match received.recv_timeout(WATCH_INTERVAL) {
                Ok((job, outcome)) => {
                    settled += 1;
                    each(job, outcome)?;
                }
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
            }
            if watched.elapsed() > WATCH_INTERVAL {
                watched = Instant::now();
                idle()?;
                let mut stuck = Vec::new();
                slots.retain(|slot| slot.give_up(limit).map(|job| stuck.push(job)).is_none());
                for job in stuck {
                    settled += 1;
                    if shared.next.load(Ordering::Relaxed) < total {
                        start_another(&mut slots, &shared, &spawn)?;
                    }
                    each(job, Outcome::TimedOut)?;
                }
            }
        }
        Ok(())
    };
    let result = run();
    // After an error no job is started; running jobs end on their own.
    shared.next.store(total, Ordering::Relaxed);
    result
}

/// Starts a thread that takes jobs until none is left or it has been abandoned. Without it, the others take its jobs; if there is no
/// other, nobody would, and the run would wait forever.
fn start_another<J: Send + Sync + 'static, T: Send + 'static>(
    slots: &mut Vec<Arc<Slot>>,
    shared: &Arc<Shared<J, T>>,
    spawn: impl Fn(Work) -> io::Result<()>,
) -> Result<(), NoThread> {
    let (slot, shared) = (Arc::new(Slot::default()), Arc::clone(shared));
    let mine = Arc::clone(&slot);
    let work = move || {
        loop {
            let job = shared.next.fetch_add(1, Ordering::Relaxed);
            let Some(input) = shared.jobs.get(job) else { return };
            mine.begin(job);
            let outcome = match catch_unwind(AssertUnwindSafe(|| (shared.work)(input))) {
                Ok(value) => Outcome::Done(value),
                Err(panic) => Outcome::Panicked(message(panic.as_ref())),
            };
            if !mine.settle() || shared.results.send((job, outcome)).is_err() {
                return;
            }
        }
    };
    match spawn(Box::new(work)) {
        Ok(()) => slots.push(slot),
        Err(error) if slots.is_empty() => return Err(NoThread(error)),
        Err(_) => {}
    }
    Ok(())
}

fn message(panic: &(dyn std::any::Any + Send)) -> String {
    let text =
        panic.downcast_ref::<&str>().map(ToString::to_string).or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "panicked without a message".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    /// What stops a run of these tests.
    #[derive(Debug, PartialEq)]
    enum Stop {
        Full,
        NoThread,
    }

    impl From<NoThread> for Stop {
        fn from(_: NoThread) -> Self {
            Self::NoThread
        }
    }

    fn outcomes(jobs: Vec<u64>, threads: usize, limit: u64) -> Vec<Outcome<u64>> {
        let mut found: Vec<Option<Outcome<u64>>> = jobs.iter().map(|_| None).collect();
        let work = |job: &u64| match job {
            7 => panic!("seven"),
            8 => loop {
                thread::sleep(Duration::from_millis(5));
            },
            n => n * 2,
        };
        let each = |job: usize, outcome| {
            assert!(found[job].replace(outcome).is_none(), "job {job} ended twice");
            Ok::<(), Stop>(())
        };
        run(jobs, threads, Duration::from_millis(limit), work, each, || Ok(())).unwrap();
        found.into_iter().map(Option::unwrap).collect()
    }

    #[test]
    fn every_job_ends_once_whatever_its_neighbours_do() {
        for threads in [1, 2, 8] {
            let found = outcomes(vec![1, 7, 8, 2, 8, 3], threads, 1_000);
            let panicked = Outcome::Panicked("seven".to_owned());
            use Outcome::{Done, TimedOut};
            assert_eq!(found, [Done(2), panicked, TimedOut, Done(4), TimedOut, Done(6)]);
        }
    }

    #[test]
    fn no_job_is_no_work() {
        assert_eq!(outcomes(vec![], 4, 100), []);
    }

    #[test]
    fn an_error_stops_the_run() {
        let stopped =
            run((0..1000).collect(), 2, Duration::from_secs(1), |n: &u64| *n, |_, _| Err(Stop::Full), || Ok(()));
        assert_eq!(stopped, Err(Stop::Full));
    }

    /// Jobs that end, on as many of four threads as may be started.
    fn on_threads(may_start: usize, jobs: Vec<u64>) -> Result<usize, Stop> {
        let started = Cell::new(0);
        let spawn = |work: Work| {
            if started.get() == may_start {
                return Err(io::Error::from(io::ErrorKind::WouldBlock));
            }
            started.set(started.get() + 1);
            thread::Builder::new().spawn(work).map(drop)
        };
        let mut ended = 0;
        let work = |job: &u64| {
            if *job == 8 {
                thread::sleep(Duration::from_secs(60))
            }
        };
        let each = |_: usize, _: Outcome<()>| {
            ended += 1;
            Ok(())
        };
        run_on(spawn, jobs, 4, Duration::from_millis(200), work, each, || Ok(())).map(|()| ended)
    }

    #[test]
    fn fewer_threads_take_all_jobs_and_none_at_all_is_an_error() {
        assert_eq!(on_threads(0, vec![1; 20]), Err(Stop::NoThread));
        assert_eq!(on_threads(1, vec![1; 20]), Ok(20));
        assert_eq!(on_threads(2, vec![8, 1, 1, 1]), Ok(4), "the other thread goes on where one is stuck");
        assert_eq!(on_threads(1, vec![8, 1]), Err(Stop::NoThread), "the only thread is stuck");
        assert_eq!(on_threads(1, vec![1, 8]), Ok(2), "nothing is left to do");
    }
}
