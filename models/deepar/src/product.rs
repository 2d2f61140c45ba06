//! Products of matrices that lie in slices, a column after the other.

use nalgebra::{DMatrixView, DMatrixViewMut, Dyn, MatrixView};

/// Products with a side of this length or less are made here: nalgebra 0.34 makes them a column after the other, and writes past
/// the end of a column where the rows of a view do not lie side by side.
const NARROW: usize = 5;

/// A matrix in a slice.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Matrix<'a> {
    values: &'a [f32],
    rows: usize,
    columns: usize,
    transposed: bool,
}

impl<'a> Matrix<'a> {
    /// Of columns of `rows` values each.
    pub(crate) fn new(values: &'a [f32], rows: usize) -> Self {
        Self { values, rows, columns: values.len() / rows, transposed: false }
    }

    /// The same with rows for columns.
    pub(crate) fn transposed(self) -> Self {
        Self { transposed: !self.transposed, ..self }
    }

    fn rows(self) -> usize {
        if self.transposed { self.columns } else { self.rows }
    }

    fn columns(self) -> usize {
        if self.transposed { self.rows } else { self.columns }
    }

    /// From one row, and from one column, to the next.
    fn steps(self) -> (usize, usize) {
        if self.transposed { (self.rows, 1) } else { (1, self.rows) }
    }

    fn view(self) -> MatrixView<'a, f32, Dyn, Dyn, Dyn, Dyn> {
        let (row, column) = self.steps();
        DMatrixView::from_slice_with_strides(self.values, self.rows(), self.columns(), row, column)
    }
}

/// `sum = keep · sum + a · b`, with as many columns inside as `sum` has room for.
pub(crate) fn multiply(sum: &mut [f32], keep: f32, a: Matrix<'_>, b: Matrix<'_>) {
    if a.rows().min(a.columns()).min(b.columns()) <= NARROW {
        return narrow(sum, keep, a, b);
    }
    DMatrixViewMut::from_slice(sum, a.rows(), b.columns()).gemm(1.0, &a.view(), &b.view(), keep);
}

/// The same a column after the other.
fn narrow(sum: &mut [f32], keep: f32, a: Matrix<'_>, b: Matrix<'_>) {
    let ((a_row, a_column), (b_row, b_column)) = (a.steps(), b.steps());
    for (j, column) in sum.chunks_exact_mut(a.rows()).enumerate() {
        column.iter_mut().for_each(|value| *value *= keep);
        for k in 0..a.columns() {
            let factor = b.values[k * b_row + j * b_column];
            let terms = a.values[k * a_column..].iter().step_by(a_row);
            column.iter_mut().zip(terms).for_each(|(value, term)| *value += factor * term);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_are_those_of_sums() {
        let a: Vec<f32> = (0..6 * 7).map(|i| i as f32).collect();
        let b: Vec<f32> = (0..7 * 8).map(|i| (i % 5) as f32).collect();
        let mut plain = vec![0.0; 6 * 8];
        for (row, column, k) in (0..6).flat_map(|r| (0..8).flat_map(move |c| (0..7).map(move |k| (r, c, k)))) {
            plain[row + 6 * column] += a[row + 6 * k] * b[k + 7 * column];
        }
        let mut product = vec![1.0; 6 * 8];
        multiply(&mut product, 0.0, Matrix::new(&a, 6), Matrix::new(&b, 7));
        assert_eq!(product, plain);
        narrow(&mut product, 0.0, Matrix::new(&a, 6), Matrix::new(&b, 7));
        assert_eq!(product, plain);
        let turned: Vec<f32> = (0..6 * 7).map(|i| a[i / 7 + 6 * (i % 7)]).collect();
        multiply(&mut product, 1.0, Matrix::new(&turned, 7).transposed(), Matrix::new(&b, 7));
        assert_eq!(product, plain.iter().map(|x| 2.0 * x).collect::<Vec<_>>());
        narrow(&mut product, 0.5, Matrix::new(&turned, 7).transposed(), Matrix::new(&b, 7));
        assert_eq!(product, plain.iter().map(|x| 2.0 * x).collect::<Vec<_>>());
    }
}
