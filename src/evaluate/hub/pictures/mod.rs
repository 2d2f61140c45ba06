//! Charts of an evaluation in a hub, for each of its targets.

mod coverage;
mod fans;
mod models;
mod over_time;
mod places;
mod words;

use std::collections::BTreeSet;

use countycast_engine::weekly::{Disease, Measure, Week};
use countycast_signals::{By, Forecasts, Group, Hub, Scores, Signals, Target};
use plotters::prelude::*;

use crate::error::Error;
use crate::output::Staging;
use crate::pictures::{DISTINCT, svg};

/// Our blend.
const OURS: RGBColor = DISTINCT[0];
/// The hub's ensemble.
const ENSEMBLE: RGBColor = DISTINCT[1];
/// The best of the teams.
const BEST: RGBColor = DISTINCT[2];
/// What is behind the baseline, which must be seen.
const BEHIND: RGBColor = DISTINCT[5];
/// All other models.
const OTHERS: RGBColor = RGBColor(140, 140, 140);
/// Lines and letters.
const INK: RGBColor = RGBColor(40, 40, 40);
/// Lines that guide the eye.
const FAINT: RGBColor = RGBColor(225, 225, 225);
/// Share of the baseline's tasks from which on a team may be the best: one that answered a few easy dates is not.
const LEAST_SHARE: f64 = 0.5;

/// What is drawn of a target.
pub(super) struct Content<'a> {
    hub: &'a Hub,
    target: Option<&'a Target>,
    scores: &'a Scores,
    forecasts: &'a Forecasts,
    read: &'a Signals,
    /// The name of our blend.
    blend: &'a str,
    weeks: &'a BTreeSet<Week>,
    /// Over all tasks; none where nothing was scored.
    all: Option<Group>,
}

impl<'a> Content<'a> {
    pub(super) fn new(
        hub: &'a Hub,
        scores: &'a Scores,
        forecasts: &'a Forecasts,
        read: &'a Signals,
        blend: &'a str,
        weeks: &'a BTreeSet<Week>,
    ) -> Self {
        let all = scores.by(By::All).into_iter().next();
        Self { hub, target: hub.target(&scores.target), scores, forecasts, read, blend, weeks, all }
    }

    /// The hub, what is forecast, and the reference dates.
    fn title(&self) -> String {
        let dates = self.weeks.first().zip(self.weeks.last());
        let dates = dates.map_or_else(String::new, |(first, last)| format!(", {first} to {last}"));
        let disease = match self.scores.signal.disease {
            Disease::Covid => "COVID-19",
            Disease::Influenza => "influenza",
            Disease::Rsv => "RSV",
            Disease::InfluenzaLike => "influenza-like illness",
        };
        let measure = match self.scores.signal.measure {
            Measure::Admissions => "hospital admissions",
            Measure::EmergencyVisits => "emergency visits",
            Measure::OutpatientVisits => "outpatient visits",
        };
        format!("{}: {disease}, {measure}{dates}", self.hub.title)
    }

    /// Models that stand for all others: name, what it is, and its colour. Ours comes last, on top of the others.
    fn shown(&self) -> Vec<(&str, String, RGBColor)> {
        let models = self.all.iter().flat_map(|group| &group.models);
        let ensemble = self.hub.ensemble.as_deref();
        let is_team = |name: &str| {
            name != self.blend && name != self.hub.baseline && Some(name) != ensemble && !self.is_ours(name)
        };
        let best = models.clone().find(|model| model.share >= LEAST_SHARE && is_team(&model.model));
        let known = |name: &str| models.clone().any(|model| model.model == name);
        let mut shown = Vec::new();
        if let Some(best) = best {
            shown.push((best.model.as_str(), format!("best team, {}", best.model), BEST));
        }
        if let Some(ensemble) = ensemble.filter(|name| known(name)) {
            shown.push((ensemble, "the hub's ensemble".to_owned(), ENSEMBLE));
        }
        if known(self.blend) {
            shown.push((self.blend, self.blend.to_owned(), OURS));
        }
        shown
    }

    /// Whether a model is one of ours: an engine or the blend.
    fn is_ours(&self, model: &str) -> bool {
        let team = |name: &str| name.split('-').next().map(str::to_owned);
        team(model) == team(self.blend)
    }
}

/// Draws `SIGNAL_NAME.svg` for each chart into a hub's folder.
///
/// # Errors
/// [`Error::Io`] where one cannot be written.
pub(super) fn all(staging: &Staging, folder: &str, content: &Content<'_>) -> Result<(), Error> {
    let name = |chart: &str| format!("{folder}/pictures/{}_{chart}.svg", content.scores.signal);
    svg(staging, &name("models"), models::size(content), |area| models::draw(area, content))?;
    svg(staging, &name("over_time"), over_time::SIZE, |area| over_time::draw(area, content))?;
    svg(staging, &name("places"), places::size(content), |area| places::draw(area, content))?;
    svg(staging, &name("coverage"), coverage::SIZE, |area| coverage::draw(area, content))?;
    svg(staging, &name("fans"), fans::SIZE, |area| fans::draw(area, content))
}
