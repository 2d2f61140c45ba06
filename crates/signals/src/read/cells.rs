//! Cells of a column.

use std::collections::HashMap;

use countycast_engine::Date;

/// The cells of a column.
#[derive(Debug)]
#[cfg_attr(fuzzing, expect(dead_code, reason = "tables of text alone are fuzzed"))]
pub(super) enum Cells {
    Text(Words),
    Number(Vec<f64>),
    Date(Vec<Option<Date>>),
}

/// A column of text, in which each word is kept once: names of places and models recur a million times.
#[derive(Debug, Default)]
pub(super) struct Words {
    known: HashMap<Box<str>, u32>,
    words: Vec<Box<str>>,
    cells: Vec<u32>,
}

impl Words {
    pub(super) fn push(&mut self, word: &str) {
        let number = self.known.get(word).copied().unwrap_or_else(|| {
            let number = self.words.len() as u32;
            self.known.insert(word.into(), number);
            self.words.push(word.into());
            number
        });
        self.cells.push(number);
    }

    pub(super) fn at(&self, row: usize) -> &str {
        &self.words[self.cells[row] as usize]
    }
}
