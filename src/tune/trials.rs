//! The table of trials, from which an interrupted search resumes.

use std::path::Path;

use polars::prelude::{Column, DataFrame};
use serde::Serialize;

use super::space::Parameter;
use crate::error::{Error, InputError};
use crate::output::parquet;

/// One trial.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Trial {
    /// Values of the parameters, in their order.
    pub values: Vec<f64>,
    /// The loss relative to the baseline's on the same county-weeks; none if the settings were refused.
    pub loss: Option<f64>,
    /// Coverage of the central 95 % interval.
    pub coverage_95: Option<f64>,
    /// Share of forecasts from the engine; the others are the baseline's.
    pub answered: Option<f64>,
    /// Reason for refusal.
    pub refused: Option<String>,
    /// Wall-clock seconds.
    pub seconds: f64,
}

/// The trial with the least loss; of equal ones the first.
#[must_use]
pub fn best(trials: &[Trial]) -> Option<(usize, &Trial)> {
    let tried = trials.iter().enumerate().filter(|(_, trial)| trial.loss.is_some());
    tried.min_by(|a, b| a.1.loss.unwrap_or(f64::NAN).total_cmp(&b.1.loss.unwrap_or(f64::NAN)))
}

/// Writes all trials, one row each, with one column per parameter.
pub(super) fn write(path: &Path, parameters: &[Parameter], trials: &[Trial]) -> Result<(), Error> {
    let number = |name: &str, value: &dyn Fn(&Trial) -> Option<f64>| {
        Column::new(name.into(), trials.iter().map(value).collect::<Vec<Option<f64>>>())
    };
    let order: Vec<u32> = (0..).take(trials.len()).collect();
    let refused: Vec<Option<&str>> = trials.iter().map(|trial| trial.refused.as_deref()).collect();
    let mut columns = vec![
        Column::new("trial".into(), order),
        number("loss", &|t| t.loss),
        number("coverage_95", &|t| t.coverage_95),
        number("answered", &|t| t.answered),
        number("seconds", &|t| Some(t.seconds)),
        Column::new("refused".into(), refused),
    ];
    columns.extend((0..).zip(parameters).map(|(i, p): (usize, _)| number(&p.key, &|t| t.values.get(i).copied())));
    let frame = DataFrame::new(trials.len(), columns).map_err(|error| parquet::write_error(path, error))?;
    parquet::write(path, frame)
}

/// Reads them back.
pub(super) fn read(path: &Path, parameters: &[Parameter]) -> Result<Vec<Trial>, Error> {
    let frame = parquet::read(path)?;
    let fail = |error: polars::error::PolarsError| {
        Error::from(InputError::new(path, error.to_string(), "remove the folder, or give another --out"))
    };
    let number = |name: &str| -> Result<Vec<Option<f64>>, Error> {
        Ok(frame.column(name).and_then(|c| c.f64()).map_err(fail)?.iter().collect())
    };
    let [loss, coverage, answered, seconds] =
        [number("loss")?, number("coverage_95")?, number("answered")?, number("seconds")?];
    let refused = frame.column("refused").and_then(|c| c.str()).map_err(fail)?;
    let values: Vec<_> = parameters.iter().map(|p| number(&p.key)).collect::<Result<_, _>>()?;
    let trial = |i: usize| Trial {
        values: values.iter().map(|column| column[i].unwrap_or(f64::NAN)).collect(),
        loss: loss[i],
        coverage_95: coverage[i],
        answered: answered[i],
        refused: refused.get(i).map(str::to_owned),
        seconds: seconds[i].unwrap_or_default(),
    };
    Ok((0..frame.height()).map(trial).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tune::space::Space;

    #[test]
    fn what_is_written_is_read_back_to_the_bit() {
        let text =
            "\"fallback.ridge\" = { low = 1.0, high = 9.0 }\n\"engines.trend.rise.cases\" = { low = 0.1, high = 1.0 }";
        let space = Space::parse(text, Path::new("space.toml"), "").unwrap();
        let trial = |values: [f64; 2], loss: Option<f64>| Trial {
            values: values.to_vec(),
            loss,
            coverage_95: loss.map(|_| 0.93),
            answered: loss,
            refused: loss.is_none().then(|| "out of range".to_owned()),
            seconds: 0.1 + 0.2,
        };
        let trials = [trial([1.0 / 3.0, 2.0], Some(0.9)), trial([0.1, f64::MIN_POSITIVE], None)];
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("trials.parquet");
        write(&path, space.parameters(), &trials).unwrap();
        assert_eq!(read(&path, space.parameters()).unwrap(), trials);
        assert_eq!(best(&trials).map(|(i, _)| i), Some(0));
    }
}
