//! Which of several files is used on which days: years are joined, and a longer file wins over its excerpts.

use std::path::PathBuf;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::error::{Error, InputError};

/// A file with its first and last day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Years {
    pub(crate) path: PathBuf,
    pub(crate) days: (Date, Date),
}

/// The files that are used, each with the days that no longer one has, in order of their days.
///
/// # Errors
/// Where two files have the same days, or no file has the days between others.
pub(crate) fn joined(mut files: Vec<Years>) -> Result<Vec<Years>, Error> {
    files.sort_by_key(|Years { days: (from, to), .. }| (from.duration_until(*to), *from));
    files.reverse();
    let mut used: Vec<Years> = Vec::with_capacity(files.len());
    for (index, Years { path, days: (from, to) }) in files.iter().enumerate() {
        let longer = &files[..index];
        if let Some(same) = longer.iter().find(|other| other.days == (*from, *to)) {
            let problem = format!("has counts from {from} to {to}, and so does {}", same.path.display());
            return Err(InputError::new(path, problem, "keep one of them, or give the folder of one").into());
        }
        // A longer file covers the beginning, the end or all of a shorter one.
        let covering = |day: Date| longer.iter().map(|l| l.days).filter(move |(from, to)| (*from..=*to).contains(&day));
        let starts = covering(*from).map(|(_, to)| to.saturating_add(1.day())).max().unwrap_or(*from);
        let ends = covering(*to).map(|(from, _)| from.saturating_sub(1.day())).min().unwrap_or(*to);
        if starts <= ends {
            used.push(Years { path: path.clone(), days: (starts, ends) });
        }
    }
    used.sort_by_key(|years| years.days);
    for (earlier, later) in used.iter().zip(used.iter().skip(1)) {
        let (ends, starts) = (earlier.days.1, later.days.0);
        if ends.saturating_add(1.day()) != starts {
            let problem = format!("starts on {starts}, and {} ends on {ends}", earlier.path.display());
            let remedy = "add the file with the days between, or remove one of the two";
            return Err(InputError::new(&later.path, problem, remedy).into());
        }
    }
    Ok(used)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Files `0`, `1`, … of these days of January.
    fn files(days: &[(i8, i8)]) -> Vec<Years> {
        let day = |day| jiff::civil::date(2021, 1, day);
        let file = |(name, (from, to)): (usize, &(i8, i8))| Years {
            path: PathBuf::from(name.to_string()),
            days: (day(*from), day(*to)),
        };
        days.iter().enumerate().map(file).collect()
    }

    #[test]
    fn years_are_joined_and_longer_files_win() {
        /// Days of the files, and of those used: number, first and last day.
        type Case = (&'static [(i8, i8)], &'static [(usize, i8, i8)]);
        let table: [Case; 8] = [
            (&[(1, 31)], &[(0, 1, 31)]),
            (&[(11, 20), (1, 10)], &[(1, 1, 10), (0, 11, 20)]),
            (&[(25, 31), (1, 31)], &[(1, 1, 31)]),
            (&[(1, 31), (12, 12), (31, 31)], &[(0, 1, 31)]),
            (&[(1, 20), (11, 31)], &[(0, 1, 10), (1, 11, 31)]),
            (&[(1, 20), (15, 25)], &[(0, 1, 20), (1, 21, 25)]),
            (&[(1, 14), (14, 16), (16, 31)], &[(0, 1, 14), (1, 15, 15), (2, 16, 31)]),
            (&[(1, 10), (11, 20), (5, 16)], &[(0, 1, 4), (2, 5, 16), (1, 17, 20)]),
        ];
        for (days, expected) in table {
            let used = joined(files(days)).unwrap();
            let used = used.iter().map(|Years { path, days: (from, to) }| {
                (path.display().to_string().parse().unwrap(), from.day(), to.day())
            });
            assert_eq!(used.collect::<Vec<_>>(), expected, "{days:?}");
        }
    }

    #[test]
    fn files_that_do_not_fit_are_refused() {
        let gap = joined(files(&[(1, 10), (12, 20)])).unwrap_err().to_string();
        assert_eq!(gap, "1: starts on 2021-01-12, and 0 ends on 2021-01-10");
        let same = joined(files(&[(1, 10), (1, 10)])).unwrap_err().to_string();
        assert!(same.contains("has counts from 2021-01-01 to 2021-01-10, and so does"), "{same}");
    }
}
