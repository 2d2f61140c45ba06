//! A transaction: changes that are seen together, or not at all.

use std::collections::HashSet;
use std::sync::Arc;

use tokio::sync::OwnedMutexGuard;

use super::manifest::Kept;
use super::{Column, Manifest, Piece, PieceWriter, Tables};
use crate::error::Error;

/// Changes that nobody else sees yet. Others that would change something wait for its end.
#[derive(Debug)]
pub(crate) struct Work {
    tables: Arc<Tables>,
    _turn: OwnedMutexGuard<()>,
    manifest: Arc<Manifest>,
    pieces: Vec<Piece>,
}

impl Work {
    /// Begins a transaction, in its turn.
    pub(crate) async fn begin(tables: &Arc<Tables>) -> Result<Self, Error> {
        let turn = Arc::clone(&tables.turn).lock_owned().await;
        let manifest = tables.current()?;
        Ok(Self { tables: Arc::clone(tables), _turn: turn, manifest, pieces: Vec::new() })
    }

    /// The tables as this transaction sees them.
    pub(crate) fn manifest(&self) -> Arc<Manifest> {
        Arc::clone(&self.manifest)
    }

    /// Makes a table; the name is free.
    pub(crate) fn create(&mut self, name: &str, columns: Vec<Column>) {
        let table = Kept { columns, files: Vec::new(), rows: 0, bytes: 0 };
        Arc::make_mut(&mut self.manifest).tables.insert(name.to_owned(), table);
    }

    /// Removes a table; whether there was one.
    pub(crate) fn remove(&mut self, name: &str) -> bool {
        Arc::make_mut(&mut self.manifest).tables.remove(name).is_some()
    }

    /// Begins a file of rows for a table.
    pub(crate) fn writer(&self, name: &str) -> Result<PieceWriter, Error> {
        let table = self.manifest.table(name).ok_or_else(|| unknown(name))?;
        PieceWriter::begin(&self.tables.folder, table.schema()?)
    }

    /// Adds rows to a table.
    pub(crate) fn add(&mut self, name: &str, piece: Piece) -> Result<(), Error> {
        let table = Arc::make_mut(&mut self.manifest).tables.get_mut(name).ok_or_else(|| unknown(name))?;
        if piece.rows == 0 {
            return Ok(());
        }
        table.files.push(piece.file.clone());
        table.rows += piece.rows;
        table.bytes += piece.bytes;
        self.pieces.push(piece);
        Ok(())
    }

    /// Puts rows in the place of all that a table has; the number of rows before.
    pub(crate) fn replace(&mut self, name: &str, piece: Piece) -> Result<u64, Error> {
        let table = Arc::make_mut(&mut self.manifest).tables.get_mut(name).ok_or_else(|| unknown(name))?;
        let before = table.rows;
        table.files.clear();
        (table.rows, table.bytes) = (0, 0);
        self.add(name, piece)?;
        Ok(before)
    }

    /// Ends the transaction: from now on all see its changes.
    pub(crate) fn commit(mut self) -> Result<(), Error> {
        let before = self.tables.current()?;
        if before == self.manifest {
            return Ok(());
        }
        let wanted: HashSet<&String> = self.manifest.files().collect();
        let dropped = before.files().filter(|file| !wanted.contains(file)).cloned().collect();
        let named: Vec<bool> = self.pieces.iter().map(|piece| wanted.contains(&piece.file)).collect();
        self.tables.commit(Manifest::clone(&self.manifest), dropped)?;
        for (piece, named) in self.pieces.iter_mut().zip(named) {
            piece.taken = named;
        }
        Ok(())
    }
}

fn unknown(name: &str) -> Error {
    Error::statement(format!("there is no table {name} that statements may change"), "make it with CREATE TABLE")
}
