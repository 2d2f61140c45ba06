//! The whole way from claims to the tables of a lake.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use datafusion::config::SpillCompression;
use datafusion::execution::TaskContext;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::prelude::SessionConfig;
use futures::StreamExt;

use super::cells::{Block, Cells};
use super::claim::Span;
use super::codes::Codes;
use super::disease::{self, Disease};
use super::encode::Seen;
use super::exposure::{self, Exposure};
use super::measure::utilisation;
use super::person::Fold;
use super::places::Places;
use super::rows::{Counted, measures, members};
use super::source::Source;
use super::table::Staged;
use super::{drugs, sort};
use crate::engine::{Limits, runtime};
use crate::error::{Error, shown};
use crate::statement::from_engine;

/// Most bytes of temporary files.
const MOST_TEMPORARY: u64 = 200 << 30;

/// Longest time that work which was broken off has to end.
const ENDING: Duration = Duration::from_secs(10);

/// What is to be measured.
#[derive(Debug, Clone)]
pub struct Request {
    /// Claims: a file, or a folder of files.
    pub input: PathBuf,
    /// The lake whose tables `care` and `care_associations` are written.
    pub lake: PathBuf,
    /// A folder of diseases; those that the program knows if there is none.
    pub diseases: Option<PathBuf>,
    /// The FDA's NDC directory, `product.txt`.
    pub drugs: Option<PathBuf>,
    /// Catchments of counties, which take the place of counties.
    pub catchments: Option<PathBuf>,
    /// The epidemic's course.
    pub epidemic: Option<PathBuf>,
    /// Policies.
    pub policies: Option<PathBuf>,
    /// Memory and threads.
    pub limits: Limits,
}

/// What was read and written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Claims.
    pub claims: u64,
    /// People.
    pub people: u64,
    /// Claims without a patient's county, which are not counted.
    pub without_county: u64,
    /// Claims for drugs that no disease uses, or whose code the directory lacks.
    pub other_drugs: u64,
    /// First and last day, counted from 1970-01-01.
    pub days: (i32, i32),
    /// Weeks that are measured.
    pub weeks: usize,
    /// Rows of `care` by disease.
    pub rows: Vec<(String, usize)>,
}

/// Measures care, and writes the tables. Nothing is written unless all is done.
///
/// # Errors
/// [`Error::Input`] where claims, diseases or other files cannot be used, with file, line, column and value;
/// [`Error::System`] where memory runs out, or files cannot be read or written.
pub fn run(request: &Request) -> Result<Summary, Error> {
    let diseases = match &request.diseases {
        Some(folder) => disease::read(folder)?,
        None => disease::shipped()?,
    };
    let directory = request.drugs.as_deref().map(drugs::read).transpose()?;
    let source = Source::open(&request.input)?;
    if request.lake.join("care.parquet").exists() {
        return Err(Error::input(
            format!("{} is the folder of a run, which has a table care of its own", shown(&request.lake)),
            "give another folder with --lake",
        ));
    }
    if source.has_drugs && directory.is_none() {
        return Err(Error::input(
            "the claims have codes of drugs (NDC), and what these stand for is not given",
            "give --drugs product.txt, of the FDA's NDC directory",
        ));
    }
    let places = match &request.catchments {
        Some(file) => Places::read(file)?,
        None => Places::default(),
    };
    let places = Arc::new(places);
    let mut codes = Codes::new(&diseases, directory.as_ref());
    codes.learn_names(source.drug_names.iter().map(String::as_str));
    let codes = Arc::new(codes);
    drop(directory);
    // Before the claims are read, which takes longest.
    let staged = Staged::within(&request.lake)?;
    let seen = Arc::new(Seen::default());
    let plan = sort::by_patient(&source, &codes, &places, &seen, request.limits.threads)?;
    let (cells, people, span) = count(request, &plan, &codes, &seen, &diseases)?;
    let exposures = exposures(request, span, &places)?;
    let rows = write(&diseases, &cells, (span, &places), &exposures, &staged, request.limits.threads)?;
    staged.keep()?;
    let number = |count: &std::sync::atomic::AtomicU64| count.load(Ordering::Relaxed);
    Ok(Summary {
        claims: number(&seen.rows),
        people,
        without_county: number(&seen.without_county),
        other_drugs: number(&seen.other_drugs),
        days: (span.first_day, span.last_day),
        weeks: span.measured().len(),
        rows,
    })
}

fn exposures(request: &Request, span: Span, places: &Places) -> Result<Vec<Exposure>, Error> {
    let mut exposures = Vec::new();
    if let Some(file) = &request.epidemic {
        exposures.push(exposure::epidemic(file, span, places)?);
    }
    if let Some(file) = &request.policies {
        exposures.extend(exposure::policies(file, span, places)?);
    }
    Ok(exposures)
}

/// Reads and sorts the claims, and counts their people: half of the memory is for sorting, half for counts.
fn count(
    request: &Request,
    plan: &Arc<dyn ExecutionPlan>,
    codes: &Arc<Codes>,
    seen: &Arc<Seen>,
    diseases: &[Disease],
) -> Result<(Cells, u64, Span), Error> {
    let failed = |error: &datafusion::error::DataFusionError| from_engine(error, "");
    let half = request.limits.memory / 2;
    let environment = RuntimeEnvBuilder::new()
        .with_memory_pool(Arc::new(FairSpillPool::new(half)))
        .with_max_temp_directory_size(MOST_TEMPORARY)
        .build_arc()
        .map_err(|error| failed(&error))?;
    let mut config = SessionConfig::new().with_target_partitions(request.limits.threads);
    let options = &mut config.options_mut().execution;
    options.spill_compression = SpillCompression::Lz4Frame;
    // What each sort keeps for merging what it has spilled.
    options.sort_spill_reservation_bytes = (half / request.limits.threads / 8).min(10 << 20);
    let context = Arc::new(TaskContext::default().with_session_config(config).with_runtime(environment));
    let clear_days: Arc<[u16]> = diseases.iter().map(|disease| disease.clear_days).collect();
    let classes: Vec<usize> = diseases.iter().map(|disease| disease.treatments.len()).collect();
    let taken = Arc::new(AtomicUsize::new(0));
    let runtime = runtime(request.limits.threads)?;
    let counted = runtime.block_on(async {
        let partitions = plan.properties().partitioning.partition_count();
        let mut tasks = tokio::task::JoinSet::new();
        for partition in 0..partitions {
            let stream = plan.execute(partition, Arc::clone(&context)).map_err(|error| failed(&error))?;
            let (codes, seen, taken) = (Arc::clone(codes), Arc::clone(seen), Arc::clone(&taken));
            let (clear_days, classes) = (Arc::clone(&clear_days), classes.clone());
            tasks.spawn(async move {
                let mut stream = stream;
                let mut fold: Option<Fold<'_>> = None;
                let mut bytes = 0;
                while let Some(batch) = stream.next().await {
                    let batch = batch.map_err(|error| from_engine(&error, ""))?;
                    // The first sorted batch comes when all claims have been read: their days are known.
                    let fold = fold.get_or_insert_with(|| {
                        let span = span(&seen);
                        Fold::new(&codes, &clear_days, span, Cells::new(span.weeks(), classes.clone()))
                    });
                    let now = fold.push(&batch);
                    let all = taken.fetch_add(now - bytes, Ordering::Relaxed) + now - bytes;
                    bytes = now;
                    if all > half {
                        return Err(too_much());
                    }
                }
                Ok(fold.map(Fold::finish))
            });
        }
        let work = async {
            let mut all: Option<(Cells, u64)> = None;
            while let Some(done) = tasks.join_next().await {
                let done = done.map_err(|error| Error::System {
                    message: format!("a thread broke off: {error}"),
                    remedy: "report this as a fault".into(),
                })??;
                all = match (all, done) {
                    (Some((mut cells, people)), Some((more, others))) => {
                        cells.merge(more);
                        Some((cells, people + others))
                    }
                    (all, done) => all.or(done),
                };
            }
            Ok(all)
        };
        tokio::select! {
            done = work => done,
            _ = tokio::signal::ctrl_c() => Err(Error::Interrupted),
        }
    });
    // What has been broken off takes its temporary files along.
    runtime.shutdown_timeout(ENDING);
    let (cells, people) = counted?.ok_or_else(|| Error::input("there is no claim", "give files with claims"))?;
    let span = span(seen);
    if span.measured().is_empty() {
        return Err(Error::input(
            format!("the claims span {} days, and the first year tells who is new", span.last_day - span.first_day + 1),
            "give claims of at least 380 days; two years and more are compared with the year before",
        ));
    }
    Ok((cells, people, span))
}

fn span(seen: &Seen) -> Span {
    Span::new(seen.first.load(Ordering::Relaxed), seen.last.load(Ordering::Relaxed))
}

fn too_much() -> Error {
    Error::System {
        message: "counts by disease, county and week need more than half of the memory that may be used".into(),
        remedy: "raise --memory, or give fewer diseases with --diseases".into(),
    }
}

/// Writes the partition of each disease.
fn write(
    diseases: &[Disease],
    cells: &Cells,
    (span, places): (Span, &Places),
    exposures: &[Exposure],
    staged: &Staged,
    threads: usize,
) -> Result<Vec<(String, usize)>, Error> {
    let members = members(cells);
    let loads = utilisation(cells, diseases.len(), span.weeks());
    let one = |place: usize| -> Result<(String, usize), Error> {
        let disease = &diseases[place];
        // A county without the disease has members, too.
        let none = Block::new(disease.treatments.len(), span.weeks());
        let mut blocks: BTreeMap<u32, &Block> = members.keys().map(|county| (*county, &none)).collect();
        let own = cells.blocks.iter().filter(|((disease, _), _)| usize::from(*disease) == place);
        blocks.extend(own.map(|((_, county), block)| (*county, block)));
        let counted = Counted { disease, blocks, members: &members, loads: &loads[place], span, places, exposures };
        let mut writer = staged.writer(&disease.name, places)?;
        measures(&counted, &mut writer)?;
        Ok((disease.name.clone(), writer.finish()?))
    };
    let next = AtomicUsize::new(0);
    let mut rows = std::thread::scope(|scope| {
        let work = || {
            let mut done = Vec::new();
            loop {
                let place = next.fetch_add(1, Ordering::Relaxed);
                if place >= diseases.len() {
                    return Ok(done);
                }
                done.push(one(place)?);
            }
        };
        let threads: Vec<_> = (0..threads.clamp(1, diseases.len())).map(|_| scope.spawn(work)).collect();
        let mut rows = Vec::new();
        for thread in threads {
            let done: Result<Vec<_>, Error> = thread.join().map_err(|_| Error::System {
                message: "a thread broke off".into(),
                remedy: "report this as a fault".into(),
            })?;
            rows.extend(done?);
        }
        Ok::<_, Error>(rows)
    })?;
    rows.sort();
    Ok(rows)
}
