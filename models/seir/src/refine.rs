//! Local refinement: Fisher scoring within a trust region, by the crate `argmin`.

use std::cell::{Cell, RefCell};

use argmin::core::{
    CostFunction, Error, Executor, Gradient, Hessian, IterState, KV, Problem, Solver, State, TerminationReason,
};
use argmin::solver::trustregion::{Steihaug, TrustRegion};
use nalgebra::{DMatrix, DVector};

use crate::past::Past;

/// Steps at most, those that were not taken among them.
const STEPS: u64 = 14;
/// Steps in a row that are not taken before the search gives up.
const REFUSED: usize = 4;
/// A gain of log posterior below this is none: the search ends.
const GAIN: f64 = 0.01;
/// Length of the first step at most, on the log scale of the parameters.
const RADIUS: f64 = 2.0;
/// Residual of the conjugate gradients that find a step within the region (Steihaug 1983), over that of no step.
const RESIDUAL: f64 = 1e-4;
/// Step of the numerical derivatives, on the log scale.
const EPSILON: f64 = 1e-4;

/// The best parameters found from a start.
#[derive(Debug, Clone, PartialEq)]
pub struct Optimum {
    /// Parameters, in the order of [`Posterior::names`](crate::Posterior::names).
    pub theta: Vec<f64>,
    /// Negative log posterior, up to a constant.
    pub loss: f64,
    /// Integrations of the equations, including those for derivatives.
    pub evaluations: usize,
    /// Fisher information plus that of the prior.
    pub(crate) information: DMatrix<f64>,
}

/// The problem as `argmin` asks for it. Gradient and curvature come out of one pass; the last one is kept.
struct Place<'a> {
    past: &'a Past,
    curved: RefCell<Option<Curved>>,
    evaluations: Cell<usize>,
}

/// Gradient and curvature at a place.
struct Curved {
    theta: Vec<f64>,
    gradient: DVector<f64>,
    information: DMatrix<f64>,
}

impl Place<'_> {
    /// Something of the gradient and the curvature here.
    fn with<T>(&self, theta: &[f64], take: impl Fn(&Curved) -> T) -> Result<T, Error> {
        let mut last = self.curved.borrow_mut();
        let known = last.take().filter(|seen| seen.theta == theta);
        let curved = known.unwrap_or_else(|| {
            self.evaluations.set(self.evaluations.get() + 1 + theta.len());
            let (gradient, information) = normal_equations(self.past, theta);
            Curved { theta: theta.to_vec(), gradient, information }
        });
        if !curved.gradient.iter().chain(curved.information.iter()).all(|value| value.is_finite()) {
            return Err(Error::msg("a derivative of the posterior is not finite"));
        }
        Ok(take(last.insert(curved)))
    }
}

impl CostFunction for &Place<'_> {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, theta: &Vec<f64>) -> Result<f64, Error> {
        self.evaluations.set(self.evaluations.get() + 1);
        Ok(self.past.loss(theta))
    }
}

impl Gradient for &Place<'_> {
    type Param = Vec<f64>;
    type Gradient = Vec<f64>;

    fn gradient(&self, theta: &Vec<f64>) -> Result<Vec<f64>, Error> {
        self.with(theta, |curved| curved.gradient.iter().copied().collect())
    }
}

impl Hessian for &Place<'_> {
    type Param = Vec<f64>;
    type Hessian = Vec<Vec<f64>>;

    fn hessian(&self, theta: &Vec<f64>) -> Result<Vec<Vec<f64>>, Error> {
        let rows = |curved: &Curved| curved.information.row_iter().map(|row| row.iter().copied().collect()).collect();
        self.with(theta, rows)
    }
}

/// A solver that ends where a step gains less than [`GAIN`], or after [`REFUSED`] ones that gained nothing.
struct Until<S> {
    solver: S,
    refused: usize,
}

impl<O, I: State<Float = f64>, S: Solver<O, I>> Solver<O, I> for Until<S> {
    fn name(&self) -> &str {
        self.solver.name()
    }

    fn init(&mut self, problem: &mut Problem<O>, state: I) -> Result<(I, Option<KV>), Error> {
        self.solver.init(problem, state)
    }

    fn next_iter(&mut self, problem: &mut Problem<O>, state: I) -> Result<(I, Option<KV>), Error> {
        let before = state.get_cost();
        let (state, told) = self.solver.next_iter(problem, state)?;
        let gain = before - state.get_cost();
        self.refused = if gain > 0.0 { 0 } else { self.refused + 1 };
        let done = (gain > 0.0 && gain < GAIN) || self.refused == REFUSED;
        Ok((if done { state.terminate_with(TerminationReason::SolverConverged) } else { state }, told))
    }
}

/// The optimum reached by a descent from `start`; none if the posterior or its derivatives are not finite.
pub(crate) fn refine(past: &Past, start: Vec<f64>) -> Option<Optimum> {
    let loss = past.loss(&start);
    let place = Place { past, curved: RefCell::new(None), evaluations: Cell::new(1) };
    let region = TrustRegion::new(Steihaug::new().with_epsilon(RESIDUAL).ok()?).with_radius(RADIUS).ok()?;
    let done = Executor::new(&place, Until { solver: region, refused: 0 })
        .configure(|state: IterState<_, Vec<f64>, (), Vec<Vec<f64>>, (), f64>| {
            state.param(start).cost(loss).max_iters(STEPS)
        })
        .timer(false)
        .run()
        .ok()?;
    let (theta, loss) = (done.state.get_best_param()?.clone(), done.state.get_best_cost());
    let information = place.curved.take()?.information;
    loss.is_finite().then_some(Optimum { theta, loss, evaluations: place.evaluations.get(), information })
}

/// Gradient of the loss and its expected curvature (Fisher scoring).
pub(crate) fn normal_equations(past: &Past, theta: &[f64]) -> (DVector<f64>, DMatrix<f64>) {
    let moved = |p: usize| {
        let mut moved = theta.to_vec();
        moved[p] += EPSILON;
        moved
    };
    // Nothing moved, then one parameter after the other.
    let thetas: Vec<Vec<f64>> = std::iter::once(theta.to_vec()).chain((0..theta.len()).map(moved)).collect();
    let expected = past.expect(&thetas);
    let (base, prior) = (&expected[0], past.prior_residuals(theta));
    let weights: Vec<f64> = past.came().zip(base).map(|((_, size), m)| (m + m * m / size).sqrt()).collect();
    let counted = past.came().zip(base).zip(&weights).map(|(((came, _), mean), weight)| (mean - came) / weight);
    let residuals: DVector<f64> = counted.chain(prior.iter().copied()).collect::<Vec<f64>>().into();
    let mut jacobian = DMatrix::zeros(residuals.len(), theta.len());
    for (p, mut column) in jacobian.column_iter_mut().enumerate() {
        let (ahead, prior_ahead) = (&expected[p + 1], past.prior_residuals(&thetas[p + 1]));
        let counted = ahead.iter().zip(base).zip(&weights).map(|((ahead, here), weight)| (ahead - here) / weight);
        let changes = counted.chain(prior_ahead.iter().zip(&prior).map(|(ahead, here)| ahead - here));
        column.iter_mut().zip(changes).for_each(|(slope, change)| *slope = change / EPSILON);
    }
    let transposed = jacobian.transpose();
    (&transposed * residuals, &transposed * jacobian)
}
