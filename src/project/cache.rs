//! Models trained before on the same data, settings and program: a second run of a day, of other places or after an
//! interruption, need not train.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use countycast_engine::Engine;

use super::Request;
use super::models::trained;
use crate::identity::{digest, sha256};
use crate::lake::MOST_BYTES;
use crate::output::{UNFINISHED, aside, regular};
use crate::panel::Panel;
use crate::pipeline::names;

/// Most models that are kept: those of the last days.
const MOST: usize = 16;
/// Longer than it takes to write a model.
const WRITING: Duration = Duration::from_secs(3_600);
/// Digits of a SHA-256: before a model stands its own, and its name ends with that of what it was trained on.
const HASH: usize = 64;

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

    /// Why models cannot be kept in the folder, if that is so: it is tried before the first is trained.
    pub(super) fn problem(&self) -> Option<String> {
        let trial = self.folder.join(format!("{UNFINISHED}trial-{}", std::process::id()));
        let tried = fs::create_dir_all(self.folder).and_then(|()| fs::write(&trial, []));
        // One that stays is removed as what killed runs left.
        let _ = fs::remove_file(&trial);
        let folder = self.folder.display();
        tried.err().map(|error| format!("models: {folder} cannot be written ({error}): those trained now are not kept"))
    }

    /// The engine with its model, if one was trained on the same data.
    pub(super) fn recall(&self, engine: &Arc<dyn Engine>) -> Option<Arc<dyn Engine>> {
        let kept = regular::bytes(&self.path(engine.as_ref()), MOST_BYTES).ok()?;
        let (hash, model) = kept.split_at_checked(HASH)?;
        // A damaged model may still be one, with other numbers.
        (hash == sha256(model).as_bytes()).then(|| engine.load(model).ok()).flatten()
    }

    /// Keeps a trained engine's model. A folder that cannot be written is no reason to stop.
    pub(super) fn keep(&self, engine: &dyn Engine) {
        let Some(model) = engine.save() else { return };
        let path = self.path(engine);
        let kept = [sha256(&model).as_bytes(), &model].concat();
        if aside(&path, &kept).is_ok() {
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
            .filter(|path| is_ours(path))
            .filter_map(|path| Some((path.metadata().ok()?.modified().ok()?, path)))
            .collect();
        models.sort();
        let old = models.len().saturating_sub(MOST);
        models.iter().take(old).for_each(|(_, path)| drop(fs::remove_file(path)));
        self.sweep_unfinished();
    }

    /// Removes what killed runs left, once no run can be writing it any more.
    fn sweep_unfinished(&self) {
        let entries = fs::read_dir(self.folder).into_iter().flatten().flatten();
        let unfinished = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(UNFINISHED));
        let age = |path: &Path| path.metadata().ok()?.modified().ok()?.elapsed().ok();
        let old = |path: &PathBuf| age(path).is_some_and(|age| age > WRITING);
        unfinished.map(|entry| entry.path()).filter(old).for_each(|path| drop(fs::remove_file(path)));
    }
}

/// Whether a file has a name that only this program gives: `ENGINE-HASH.model`.
fn is_ours(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_suffix(".model"));
    name.and_then(|name| name.rsplit_once('-')).is_some_and(|(engine, hash)| {
        names().contains(&engine) && hash.len() == HASH && hash.bytes().all(|digit| digit.is_ascii_hexdigit())
    })
}
