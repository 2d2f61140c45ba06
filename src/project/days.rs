//! Running several days in parallel.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::error::Error;
use crate::pipeline::Monitor;

/// Threads per day. A single day keeps two threads 0.9 busy, so two days on two threads gain nothing.
const LEAST_THREADS: usize = 4;

/// Does `work` for every day, with one concurrent day for every four threads, and passes the results to `each` in the order
/// of the days. `work` gets a day, its number of threads, and a monitor to check for cancellation. Days run
/// independently, so they must not learn from each other. A day takes about half a gigabyte.
///
/// # Errors
/// That of the first day that fails, after which the others are asked to stop.
pub(crate) fn side_by_side<D: Sync, T: Send>(
    days: &[D],
    jobs: usize,
    monitor: &dyn Monitor,
    name: impl Fn(&D) -> String + Sync,
    work: impl Fn(&D, usize, &dyn Monitor) -> Result<T, Error> + Sync,
    mut each: impl FnMut(&D, T) -> Result<(), Error> + Send,
) -> Result<(), Error> {
    let lanes = (jobs / LEAST_THREADS).min(days.len());
    if lanes <= 1 {
        return days.iter().try_for_each(|day| each(day, work(day, jobs, monitor)?));
    }
    monitor.begin("days", days.len());
    let (next, failed, error) = (AtomicUsize::new(0), AtomicBool::new(false), Mutex::new(None));
    let in_order = Mutex::new(InOrder { days, next: 0, waiting: BTreeMap::new(), each });
    let lane = |threads: usize| {
        let quiet = Lane { monitor, failed: &failed };
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(day) = days.get(index) else { return };
            let done = work(day, threads, &quiet)
                .and_then(|found| in_order.lock().unwrap_or_else(PoisonError::into_inner).add(index, found));
            if let Err(found) = done {
                // Days that stop because of the first error are not reported.
                if !failed.swap(true, Ordering::Relaxed) {
                    *error.lock().unwrap_or_else(PoisonError::into_inner) = Some(found);
                }
                return;
            }
            monitor.finished(&name(day));
        }
    };
    thread::scope(|scope| {
        for i in 0..lanes {
            let lane = &lane;
            scope.spawn(move || lane(jobs / lanes + usize::from(i < jobs % lanes)));
        }
    });
    error.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
}

/// Results that wait for those of earlier days.
struct InOrder<'a, D, T, F> {
    days: &'a [D],
    next: usize,
    waiting: BTreeMap<usize, T>,
    each: F,
}

impl<D, T, F: FnMut(&D, T) -> Result<(), Error>> InOrder<'_, D, T, F> {
    fn add(&mut self, index: usize, found: T) -> Result<(), Error> {
        self.waiting.insert(index, found);
        while let Some(found) = self.waiting.remove(&self.next) {
            (self.each)(&self.days[self.next], found)?;
            self.next += 1;
        }
        Ok(())
    }
}

/// Passes on cancellation but not a day's stages: several days cannot share a progress bar.
struct Lane<'a> {
    monitor: &'a dyn Monitor,
    failed: &'a AtomicBool,
}

impl Monitor for Lane<'_> {
    fn begin(&self, _: &'static str, _: usize) {}
    fn step(&self) {}
    fn cancelled(&self) -> bool {
        self.monitor.cancelled() || self.failed.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts finished days.
    #[derive(Default)]
    struct Counted(AtomicUsize);

    impl Monitor for Counted {
        fn begin(&self, _: &'static str, _: usize) {}
        fn step(&self) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn every_day_is_done_once_and_all_threads_are_given_away() {
        for jobs in [1, 4, 11, 19, 64] {
            let days: Vec<usize> = (0..5).collect();
            let mut done = Vec::new();
            let (given, at_once) = (AtomicUsize::new(0), AtomicUsize::new(0));
            let work = |day: &usize, threads: usize, _: &dyn Monitor| {
                let now = at_once.fetch_add(threads, Ordering::SeqCst) + threads;
                given.fetch_max(now, Ordering::SeqCst);
                // The later, the sooner done.
                thread::sleep(std::time::Duration::from_millis(30 - 5 * *day as u64));
                at_once.fetch_sub(threads, Ordering::SeqCst);
                Ok(10 * day)
            };
            let each = |day: &usize, found| {
                done.push((*day, found));
                Ok(())
            };
            side_by_side(&days, jobs, &Counted::default(), usize::to_string, work, each).unwrap();
            assert_eq!(done, days.iter().map(|day| (*day, 10 * day)).collect::<Vec<_>>(), "in the days' order");
            assert!(given.into_inner() <= jobs);
        }
    }

    #[test]
    fn a_day_that_fails_ends_the_others() {
        let days: Vec<usize> = (0..100).collect();
        let counted = Counted::default();
        let work = |day: &usize, _: usize, monitor: &dyn Monitor| {
            if *day == 0 {
                return Err::<(), _>(Error::Request { message: "day 0".to_owned(), remedy: String::new() });
            }
            while !monitor.cancelled() {
                thread::yield_now();
            }
            Err(Error::Interrupted)
        };
        let error = side_by_side(&days, 16, &counted, usize::to_string, work, |_, ()| Ok(())).unwrap_err();
        assert!(matches!(error, Error::Request { message, .. } if message == "day 0"));
        assert_eq!(counted.0.into_inner(), 0);
    }
}
