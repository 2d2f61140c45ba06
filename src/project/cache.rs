//! Models trained before on the same data, settings and program: a second run of a day, of other places or after an
//! interruption, need not train.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use countycast_engine::Engine;

use super::Request;
use super::models::trained;
use crate::identity::digest;
use crate::output::aside;
use crate::panel::Panel;

/// Most models that are kept: those of the last days.
const MOST: usize = 16;

/// A folder of models, by what determines them.
pub(super) struct Cache<'a> {
    folder: &'a Path,
    request: &'a Request,
    panel: &'a Panel,
}

impl<'a> Cache<'a> {
    /// The folder that a request names, if it does.
    pub(super) fn of(request: &'a Request, panel: &'a Panel) -> Option<Self> {
        request.models.as_deref().map(|folder| Self { folder, request, panel })
    }

    /// The engine with its model, if one was trained on the same data.
    pub(super) fn recall(&self, engine: &Arc<dyn Engine>) -> Option<Arc<dyn Engine>> {
        engine.load(&fs::read(self.path(engine.as_ref())).ok()?).ok()
    }

    /// Keeps a trained engine's model. A folder that cannot be written is no reason to stop.
    pub(super) fn keep(&self, engine: &dyn Engine) {
        let Some(model) = engine.save() else { return };
        let path = self.path(engine);
        let write = |aside: &Path| fs::write(aside, &model).map_err(|source| crate::error::Error::write(aside, source));
        if aside(&path, write).is_ok() {
            self.sweep();
        }
    }

    fn path(&self, engine: &dyn Engine) -> PathBuf {
        let made = trained(engine.name(), self.panel.as_of(), &self.request.config);
        let inputs: Vec<_> = self.panel.inputs().iter().map(|input| (&input.path, &input.sha256)).collect();
        let key = digest(&(&made, inputs, self.request.panel.vintage));
        self.folder.join(format!("{}-{key}.model", engine.name()))
    }

    /// Removes the oldest models.
    fn sweep(&self) {
        let entries = fs::read_dir(self.folder).into_iter().flatten().flatten().map(|entry| entry.path());
        let mut models: Vec<(SystemTime, PathBuf)> = entries
            .filter(|path| path.extension().is_some_and(|extension| extension == "model"))
            .filter_map(|path| Some((path.metadata().ok()?.modified().ok()?, path)))
            .collect();
        models.sort();
        let old = models.len().saturating_sub(MOST);
        models.iter().take(old).for_each(|(_, path)| drop(fs::remove_file(path)));
    }
}
