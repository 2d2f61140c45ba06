//! Joint trajectories by ancestral sampling: each week is drawn from what the network tells after the weeks drawn before.

use std::sync::Arc;

use countycast_engine::counts::share_out;
use countycast_engine::{
    Date, Draws, EngineError, Epidemiology, Fitted, History, Horizon, Scenario, Streams, Target, response,
    weekday_index,
};
use rand_distr::{Distribution, Gamma, StandardNormal};

use crate::model::Model;
use crate::network::{Network, OUTPUTS, State};
use crate::site::{Site, Week};
use crate::window::{INPUTS, LEARNED, Lag, RECENT, Window};

/// Draws that a network makes together. A draw has its place in a group of this many however many are asked for: sums over
/// another number of columns may be rounded otherwise.
const TOGETHER: usize = 32;

/// One location, ready to be drawn.
#[derive(Debug)]
pub(crate) struct Projection {
    model: Arc<Model>,
    epidemiology: Epidemiology,
    as_of: Date,
    window: Window,
    /// State of each member after all weeks of the context but the last.
    states: Vec<State>,
    /// The nation's expected course, as far as the network has learned to look ahead.
    course: Vec<f64>,
    case_weekday: [f64; 7],
    death_weekday: [f64; 7],
    /// Residents who have not been counted yet.
    left: f64,
}

/// A trajectory on its way.
struct Path {
    recent: [Lag; RECENT],
    /// Normal deviate of the nation's course.
    common: f64,
    left: f64,
    rng: rand_philox::Philox,
}

impl Projection {
    pub(crate) fn new(
        model: Arc<Model>,
        site: &Site<'_>,
        history: &History,
        epidemiology: Epidemiology,
        left: f64,
    ) -> Self {
        let settings = &model.summary.settings;
        let seen = history.days();
        let window = Window::new(site, &model.standard, seen, settings.context_weeks, 0);
        let read = |weights: &Vec<f32>| {
            let network = Network::new(model.shape, weights);
            let (mut state, mut gates, mut inputs) = (State::new(model.shape, 1), Vec::new(), vec![0.0; INPUTS]);
            for week in 0..window.weeks() - 1 {
                window.known(week, &mut inputs);
                network.read(&inputs, &mut state, &mut gates);
            }
            state
        };
        let states = model.members.iter().map(read).collect();
        let weeks = Horizon::MAX_DAYS.div_ceil(7);
        let course = site.course.expected(site.shifted(seen), settings.nation_damping).take(weeks).collect();
        Self {
            window,
            states,
            course,
            epidemiology,
            as_of: history.as_of(),
            case_weekday: *history.cases().weekday(),
            death_weekday: *history.deaths().weekday(),
            left,
            model,
        }
    }

    /// Weekly counts of all draws.
    fn weeks(&self, draws: usize, weeks: usize, streams: &Streams) -> Vec<Vec<Week>> {
        let members = self.model.members.len();
        let mut drawn = vec![Vec::new(); draws];
        for member in 0..members.min(draws) {
            let numbers: Vec<usize> = (member..draws).step_by(members).collect();
            for numbers in numbers.chunks(TOGETHER) {
                let paths = self.group(member, numbers, weeks, streams);
                numbers.iter().zip(paths).for_each(|(number, path)| drawn[*number] = path);
            }
        }
        drawn
    }

    /// Weekly counts of some draws of a member.
    fn group(&self, member: usize, numbers: &[usize], weeks: usize, streams: &Streams) -> Vec<Vec<Week>> {
        let network = Network::new(self.model.shape, &self.model.members[member]);
        let mut state = self.states[member].repeated(TOGETHER);
        let path = |number: &usize| {
            let mut rng = streams.rng("weeks", *number);
            Path { recent: self.window.recent(), common: StandardNormal.sample(&mut rng), left: self.left, rng }
        };
        let mut paths: Vec<Path> = numbers.iter().map(path).collect();
        let mut inputs = vec![0.0; INPUTS * TOGETHER];
        let (mut gates, mut outputs) = (Vec::new(), Vec::new());
        let mut drawn = vec![Vec::with_capacity(weeks); numbers.len()];
        for ahead in 0..weeks {
            for (path, column) in paths.iter().zip(inputs.chunks_exact_mut(INPUTS)) {
                self.window.ahead(&path.recent, ahead, column);
            }
            network.read(&inputs, &mut state, &mut gates);
            network.tell(&inputs, &state.hidden, &mut outputs);
            for ((path, answer), drawn) in paths.iter_mut().zip(outputs.chunks_exact(OUTPUTS)).zip(&mut drawn) {
                drawn.push(self.step(path, answer, ahead));
            }
        }
        drawn
    }

    /// Draws a week of a trajectory.
    fn step(&self, path: &mut Path, answer: &[f32], ahead: usize) -> Week {
        let settings = &self.model.summary.settings;
        let course = self.course[ahead] + path.common * self.model.common.ahead(ahead);
        let beyond = (ahead + 1).saturating_sub(LEARNED);
        let damping = settings.damping.powf(beyond as f64);
        let [cases, deaths] = self.window.counts(&path.recent, course, answer, damping);
        let cases = cases.sample(&mut path.rng).min(path.left.floor());
        let deaths = deaths.sample(&mut path.rng);
        path.left -= cases;
        path.recent.rotate_left(1);
        let week = Week { cases, deaths };
        path.recent[RECENT - 1] = Lag { week, course, observed: true };
        week
    }

    /// Daily counts of weekly ones: shared out at random, in proportion to weekday factors times gamma noise.
    fn days(
        &self,
        weeks: &[f64],
        weekday: &[f64; 7],
        effect: &[f64],
        purpose: &str,
        draw: usize,
        streams: &Streams,
    ) -> Vec<f32> {
        let gamma = Gamma::new(self.model.summary.settings.daily_shape, 1.0).ok();
        let first = weekday_index(self.as_of) + 1;
        let mut rng = streams.rng(purpose, draw);
        let mut left = self.left;
        let mut days = Vec::with_capacity(effect.len());
        for (week, effect) in weeks.iter().zip(effect.chunks(7)) {
            let shares = std::array::from_fn(|day| {
                weekday[(first + day) % 7] * gamma.map_or(1.0, |gamma| gamma.sample(&mut rng))
            });
            for (count, effect) in share_out(*week, shares, &mut rng).into_iter().zip(effect) {
                let count = (count * effect).min(left);
                left -= count;
                days.push(count as f32);
            }
        }
        days
    }
}

impl Fitted for Projection {
    fn draw(
        &self,
        scenario: &Scenario,
        horizon: Horizon,
        draws: usize,
        streams: &Streams,
    ) -> Result<Draws, EngineError> {
        let days = horizon.days();
        let [case_effect, death_effect] = response::counts(scenario, self.as_of, days, &self.epidemiology);
        let (mut cases, mut deaths) = (Vec::with_capacity(draws * days), Vec::with_capacity(draws * days));
        for (draw, weeks) in self.weeks(draws, days.div_ceil(7), streams).into_iter().enumerate() {
            let (new, died): (Vec<f64>, Vec<f64>) = weeks.into_iter().map(|week| (week.cases, week.deaths)).unzip();
            cases.extend(self.days(&new, &self.case_weekday, &case_effect, "case days", draw, streams));
            deaths.extend(self.days(&died, &self.death_weekday, &death_effect, "death days", draw, streams));
        }
        Ok(Draws::new(draws, days)?.with(Target::Cases, cases)?.with(Target::Deaths, deaths)?)
    }
}
