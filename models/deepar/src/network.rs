//! The network: a layer of long short-term memory (Hochreiter & Schmidhuber 1997) and straight lines to the distributions'
//! parameters, from its state and from the inputs beside it.

use countycast_engine::Streams;
use rand::RngExt;
use serde::{Deserialize, Serialize};

use crate::functions::{logistic, tanh};
use crate::product::{Matrix, multiply};

/// What the network tells of a week: growth and raw dispersion of cases, then of deaths.
pub(crate) const OUTPUTS: usize = 4;
/// Gates of a cell: input, forget, candidate, output.
const GATES: usize = 4;
/// Raw dispersion before anything is learned.
const FIRST_DISPERSION: f32 = 0.5;

/// Sizes, which tell where in the weights each matrix lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Shape {
    pub(crate) inputs: usize,
    pub(crate) units: usize,
}

/// Weights, or anything else with a number for each, such as their gradient.
#[derive(Debug, Clone, Copy)]
struct Parts<T> {
    /// From inputs to gates: a column an input.
    input: T,
    /// From the state to gates: a column a unit.
    recurrent: T,
    /// Constants of the gates.
    gate: T,
    /// From the state to outputs: a column a unit.
    state: T,
    /// From inputs to outputs: a column an input.
    direct: T,
    /// Constants of the outputs.
    output: T,
}

impl Shape {
    fn sizes(self) -> [usize; 6] {
        let gates = GATES * self.units;
        [gates * self.inputs, gates * self.units, gates, OUTPUTS * self.units, OUTPUTS * self.inputs, OUTPUTS]
    }

    /// Number of weights.
    pub(crate) fn weights(self) -> usize {
        self.sizes().iter().sum()
    }

    fn parts(self, weights: &[f32]) -> Parts<&[f32]> {
        let mut rest = weights;
        let [input, recurrent, gate, state, direct, output] = self.sizes().map(|size| {
            let (part, after) = rest.split_at(size);
            rest = after;
            part
        });
        Parts { input, recurrent, gate, state, direct, output }
    }

    fn parts_mut(self, weights: &mut [f32]) -> Parts<&mut [f32]> {
        let mut rest = weights;
        let [input, recurrent, gate, state, direct, output] = self.sizes().map(|size| {
            let (part, after) = std::mem::take(&mut rest).split_at_mut(size);
            rest = after;
            part
        });
        Parts { input, recurrent, gate, state, direct, output }
    }

    /// Random weights: uniform within `±1/√units` in the cells, forget gates open (Jozefowicz et al. 2015), and outputs of 0 but
    /// for a constant dispersion, so that learning starts from weeks that repeat the last one.
    pub(crate) fn random(self, streams: &Streams, member: usize) -> Vec<f32> {
        let mut rng = streams.rng("weights", member);
        let width = 1.0 / (self.units as f32).sqrt();
        let mut weights = vec![0.0; self.weights()];
        let parts = self.parts_mut(&mut weights);
        parts.input.iter_mut().chain(parts.recurrent).for_each(|weight| *weight = rng.random_range(-width..width));
        parts.gate[self.units..2 * self.units].fill(1.0);
        [parts.output[1], parts.output[3]] = [FIRST_DISPERSION; 2];
        weights
    }
}

/// State of the cells of several sequences, a column each.
#[derive(Debug, Clone)]
pub(crate) struct State {
    pub(crate) hidden: Vec<f32>,
    pub(crate) cell: Vec<f32>,
}

impl State {
    /// Before the first week.
    pub(crate) fn new(shape: Shape, sequences: usize) -> Self {
        let zeros = vec![0.0; shape.units * sequences];
        Self { hidden: zeros.clone(), cell: zeros }
    }

    /// The state of one sequence, `copies` times.
    pub(crate) fn repeated(&self, copies: usize) -> Self {
        Self { hidden: self.hidden.repeat(copies), cell: self.cell.repeat(copies) }
    }
}

/// A network that reads a week after the other.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Network<'a> {
    shape: Shape,
    parts: Parts<&'a [f32]>,
}

impl<'a> Network<'a> {
    pub(crate) fn new(shape: Shape, weights: &'a [f32]) -> Self {
        Self { shape, parts: shape.parts(weights) }
    }

    /// Reads one week's inputs, a column a sequence, and moves the state; `gates` is room for as many columns.
    pub(crate) fn read(&self, inputs: &[f32], state: &mut State, gates: &mut Vec<f32>) {
        let Shape { inputs: rows, units } = self.shape;
        gates.resize(GATES * units * (inputs.len() / rows), 0.0);
        constants(gates, self.parts.gate);
        multiply(gates, 1.0, Matrix::new(self.parts.input, GATES * units), Matrix::new(inputs, rows));
        multiply(gates, 1.0, Matrix::new(self.parts.recurrent, GATES * units), Matrix::new(&state.hidden, units));
        let columns = gates.chunks_exact_mut(GATES * units);
        let states = state.hidden.chunks_exact_mut(units).zip(state.cell.chunks_exact_mut(units));
        for (gates, (hidden, cell)) in columns.zip(states) {
            open(gates, cell, hidden);
        }
    }

    /// What the network tells after it has read a week: [`OUTPUTS`] a sequence.
    pub(crate) fn tell(&self, inputs: &[f32], hidden: &[f32], outputs: &mut Vec<f32>) {
        let Shape { inputs: rows, units } = self.shape;
        outputs.resize(OUTPUTS * (inputs.len() / rows), 0.0);
        constants(outputs, self.parts.output);
        multiply(outputs, 1.0, Matrix::new(self.parts.state, OUTPUTS), Matrix::new(hidden, units));
        multiply(outputs, 1.0, Matrix::new(self.parts.direct, OUTPUTS), Matrix::new(inputs, rows));
    }
}

/// Sets every column to the same constants.
fn constants(columns: &mut [f32], constants: &[f32]) {
    columns.chunks_exact_mut(constants.len()).for_each(|column| column.copy_from_slice(constants));
}

/// Opens the gates, whose sums become their values, and moves a cell: `c = f·c + i·g`, `h = o·tanh c`.
fn open(gates: &mut [f32], cell: &mut [f32], hidden: &mut [f32]) {
    let units = cell.len();
    let (first, rest) = gates.split_at_mut(2 * units);
    let (candidate, output) = rest.split_at_mut(units);
    first.iter_mut().chain(output.iter_mut()).for_each(|gate| *gate = logistic(*gate));
    candidate.iter_mut().for_each(|gate| *gate = tanh(*gate));
    let (input, forget) = first.split_at(units);
    for unit in 0..units {
        cell[unit] = forget[unit] * cell[unit] + input[unit] * candidate[unit];
        hidden[unit] = output[unit] * tanh(cell[unit]);
    }
}

/// All weeks of several sequences, kept for the way back: each week has a column a sequence.
#[derive(Debug, Default)]
pub(crate) struct Tape {
    gates: Vec<f32>,
    /// From before the first week on: one more than weeks.
    cells: Vec<f32>,
    hidden: Vec<f32>,
    /// Outputs of the last weeks.
    pub(crate) outputs: Vec<f32>,
    /// Room for gradients.
    by_gates: Vec<f32>,
    by_hidden: Vec<f32>,
    by_cells: Vec<f32>,
}

impl Tape {
    /// Reads all weeks of `sequences` and tells of the last `told`.
    pub(crate) fn forward(&mut self, network: &Network<'_>, inputs: &[f32], sequences: usize, told: usize) {
        let Shape { inputs: rows, units } = network.shape;
        let (gates, weeks) = (GATES * units, inputs.len() / rows / sequences);
        let (wide, narrow) = (gates * sequences, units * sequences);
        self.gates.resize(wide * weeks, 0.0);
        constants(&mut self.gates, network.parts.gate);
        multiply(&mut self.gates, 1.0, Matrix::new(network.parts.input, gates), Matrix::new(inputs, rows));
        for states in [&mut self.cells, &mut self.hidden] {
            states.clear();
            states.resize(narrow * (weeks + 1), 0.0);
        }
        for (week, column) in self.gates.chunks_exact_mut(wide).enumerate() {
            let (before, after) = self.hidden.split_at_mut(narrow * (week + 1));
            let before = Matrix::new(&before[narrow * week..], units);
            multiply(column, 1.0, Matrix::new(network.parts.recurrent, gates), before);
            let (known, cells) = self.cells.split_at_mut(narrow * (week + 1));
            cells[..narrow].copy_from_slice(&known[narrow * week..]);
            let states = cells.chunks_exact_mut(units).zip(after.chunks_exact_mut(units));
            column.chunks_exact_mut(gates).zip(states).for_each(|(gates, (cell, hidden))| open(gates, cell, hidden));
        }
        let first = weeks - told;
        network.tell(&inputs[rows * sequences * first..], &self.hidden[narrow * (first + 1)..], &mut self.outputs);
    }

    /// Adds to `gradient` that of a loss whose derivatives by the outputs are `by_outputs`: back-propagation through time.
    pub(crate) fn backward(&mut self, network: &Network<'_>, inputs: &[f32], by_outputs: &[f32], gradient: &mut [f32]) {
        let Shape { inputs: rows, units } = network.shape;
        let gates = GATES * units;
        let columns = inputs.len() / rows;
        let told = by_outputs.len() / OUTPUTS;
        let sequences = self.hidden.len() / units - columns;
        let (wide, narrow) = (gates * sequences, units * sequences);
        let (first, weeks) = (columns - told, columns / sequences);
        let by = network.shape.parts_mut(gradient);
        let outputs = Matrix::new(by_outputs, OUTPUTS);
        let hidden = &self.hidden[narrow + units * first..];
        multiply(by.state, 1.0, outputs, Matrix::new(hidden, units).transposed());
        multiply(by.direct, 1.0, outputs, Matrix::new(&inputs[rows * first..], rows).transposed());
        sum_columns(by_outputs, by.output);

        self.by_hidden.clear();
        self.by_hidden.resize(narrow * weeks, 0.0);
        let state = Matrix::new(network.parts.state, OUTPUTS).transposed();
        multiply(&mut self.by_hidden[units * first..], 0.0, state, outputs);
        self.by_gates.resize(wide * weeks, 0.0);
        self.by_cells.clear();
        self.by_cells.resize(narrow, 0.0);
        for week in (0..weeks).rev() {
            let (this, later) = self.by_gates.split_at_mut(wide * (week + 1));
            let by_hidden = &mut self.by_hidden[narrow * week..narrow * (week + 1)];
            if week + 1 < weeks {
                let recurrent = Matrix::new(network.parts.recurrent, gates).transposed();
                multiply(by_hidden, 1.0, recurrent, Matrix::new(&later[..wide], gates));
            }
            let by_gates = this[wide * week..].chunks_exact_mut(gates);
            let opened = self.gates[wide * week..].chunks_exact(gates);
            let before = self.cells[narrow * week..].chunks_exact(units);
            let after = self.cells[narrow * (week + 1)..].chunks_exact(units);
            let by_states = by_hidden.chunks_exact(units).zip(self.by_cells.chunks_exact_mut(units));
            for ((((by_gates, opened), before), after), (by_hidden, by_cell)) in
                by_gates.zip(opened).zip(before).zip(after).zip(by_states)
            {
                close(by_gates, opened, before, after, by_hidden, by_cell);
            }
        }
        let by_gates = Matrix::new(&self.by_gates, gates);
        multiply(by.input, 1.0, by_gates, Matrix::new(inputs, rows).transposed());
        multiply(by.recurrent, 1.0, by_gates, Matrix::new(&self.hidden[..narrow * weeks], units).transposed());
        sum_columns(&self.by_gates, by.gate);
    }
}

/// The way back through [`open`]: from the derivatives by a week's state to those by its gates' sums and by the cell before.
fn close(by_gates: &mut [f32], opened: &[f32], before: &[f32], after: &[f32], by_hidden: &[f32], by_cell: &mut [f32]) {
    let units = before.len();
    let [input, forget, candidate, output] = [0, 1, 2, 3].map(|gate| &opened[gate * units..(gate + 1) * units]);
    let (first, rest) = by_gates.split_at_mut(2 * units);
    let (by_candidate, by_output) = rest.split_at_mut(units);
    let (by_input, by_forget) = first.split_at_mut(units);
    for unit in 0..units {
        let shown = tanh(after[unit]);
        let by = by_cell[unit] + by_hidden[unit] * output[unit] * (1.0 - shown * shown);
        by_output[unit] = by_hidden[unit] * shown * output[unit] * (1.0 - output[unit]);
        by_input[unit] = by * candidate[unit] * input[unit] * (1.0 - input[unit]);
        by_forget[unit] = by * before[unit] * forget[unit] * (1.0 - forget[unit]);
        by_candidate[unit] = by * input[unit] * (1.0 - candidate[unit] * candidate[unit]);
        by_cell[unit] = by * forget[unit];
    }
}

/// Adds all columns to `sums`.
fn sum_columns(columns: &[f32], sums: &mut [f32]) {
    for column in columns.chunks_exact(sums.len()) {
        sums.iter_mut().zip(column).for_each(|(sum, value)| *sum += value);
    }
}

#[cfg(test)]
mod tests {
    use countycast_engine::Fips;

    use super::*;

    const SHAPE: Shape = Shape { inputs: 6, units: 7 };
    const SEQUENCES: usize = 9;
    const WEEKS: usize = 5;
    const TOLD: usize = 3;

    fn numbers(purpose: &str, count: usize) -> Vec<f32> {
        let mut rng = Streams::new(3, "deepar", Fips::US).rng(purpose, 0);
        let mut number = |_| (f64::from(rng.next_u32()) / f64::from(u32::MAX) - 0.5) as f32;
        (0..count).map(&mut number).collect()
    }

    #[test]
    fn the_gradient_is_that_of_finite_differences() {
        let inputs = numbers("inputs", SHAPE.inputs * SEQUENCES * WEEKS);
        let by_outputs = numbers("outputs", OUTPUTS * SEQUENCES * TOLD);
        let weights = numbers("weights", SHAPE.weights());
        // A loss that is linear in the outputs: its derivatives by them are `by_outputs`.
        let loss = |weights: &[f32]| {
            let mut tape = Tape::default();
            tape.forward(&Network::new(SHAPE, weights), &inputs, SEQUENCES, TOLD);
            tape.outputs.iter().zip(&by_outputs).map(|(value, by)| f64::from(*value) * f64::from(*by)).sum::<f64>()
        };
        let mut gradient = vec![0.0; SHAPE.weights()];
        let (mut tape, network) = (Tape::default(), Network::new(SHAPE, &weights));
        tape.forward(&network, &inputs, SEQUENCES, TOLD);
        tape.backward(&network, &inputs, &by_outputs, &mut gradient);
        let step = 0.02;
        let difference = |weight: usize| {
            let moved = |by: f32| {
                let mut weights = weights.clone();
                weights[weight] += by;
                loss(&weights)
            };
            (moved(step) - moved(-step)) / (2.0 * f64::from(step))
        };
        let mut weight = 0;
        for (part, size) in SHAPE.sizes().into_iter().enumerate() {
            let (mut errors, mut squares) = (0.0, 0.0);
            for by in &gradient[weight..weight + size] {
                errors += (difference(weight) - f64::from(*by)).powi(2);
                squares += f64::from(*by).powi(2);
                weight += 1;
            }
            // Single precision leaves about 3e-5 of noise in each difference, of gradients of 0.005 and more.
            assert!(errors.sqrt() < 0.03 * squares.sqrt(), "part {part}: {errors} of {squares}");
        }
        assert_eq!(weight, weights.len());
    }

    #[test]
    fn reading_week_by_week_is_reading_all_weeks() {
        let inputs = numbers("inputs", SHAPE.inputs * SEQUENCES * WEEKS);
        let weights = SHAPE.random(&Streams::new(3, "deepar", Fips::US), 0);
        let network = Network::new(SHAPE, &weights);
        let mut tape = Tape::default();
        tape.forward(&network, &inputs, SEQUENCES, TOLD);
        let (mut state, mut gates, mut outputs) = (State::new(SHAPE, SEQUENCES), Vec::new(), Vec::new());
        for (week, inputs) in inputs.chunks_exact(SHAPE.inputs * SEQUENCES).enumerate() {
            network.read(inputs, &mut state, &mut gates);
            network.tell(inputs, &state.hidden, &mut outputs);
            let columns = OUTPUTS * SEQUENCES;
            if let Some(told) = week.checked_sub(WEEKS - TOLD) {
                let expected = &tape.outputs[columns * told..columns * (told + 1)];
                assert!(outputs.iter().zip(expected).all(|(one, all)| (one - all).abs() < 1e-6), "week {week}");
            }
        }
    }
}
