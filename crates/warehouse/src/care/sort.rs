//! Claims of each patient together: distributed by patient, and sorted in bounded memory.

use std::sync::{Arc, Mutex, PoisonError};

use datafusion::arrow::compute::SortOptions;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::DataFusionError;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::expressions::col;
use datafusion::physical_expr::{LexOrdering, Partitioning, PhysicalSortExpr};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::repartition::RepartitionExec;
use datafusion::physical_plan::sorts::sort::SortExec;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::{PartitionStream, StreamingTableExec};

use super::codes::Codes;
use super::encode::{Encoder, Seen, schema};
use super::places::Places;
use super::source::{Part, Source};
use crate::error::Error;

/// Parts of a source that one thread reads, one after the other.
#[derive(Debug)]
struct Reading {
    schema: SchemaRef,
    parts: Vec<Part>,
    encoder: Mutex<Option<Encoder>>,
}

impl PartitionStream for Reading {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _: Arc<TaskContext>) -> SendableRecordBatchStream {
        let encoder = self.encoder.lock().unwrap_or_else(PoisonError::into_inner).take();
        let parts = self.parts.clone();
        let batches = encoder.into_iter().flat_map(move |mut encoder| {
            let raws = parts.clone().into_iter().flat_map(|part| match part.read() {
                Ok(batches) => batches,
                Err(error) => Box::new(std::iter::once(Err(error))),
            });
            raws.map(move |raw| raw.and_then(|raw| encoder.encode(&raw)))
        });
        let batches = batches.map(|batch| batch.map_err(|error| DataFusionError::External(Box::new(error))));
        Box::pin(RecordBatchStreamAdapter::new(Arc::clone(&self.schema), futures::stream::iter(batches)))
    }
}

/// A plan whose partitions are each sorted by patient, and share no patient.
pub(super) fn by_patient(
    source: &Source,
    codes: &Arc<Codes>,
    places: &Arc<Places>,
    seen: &Arc<Seen>,
    threads: usize,
) -> Result<Arc<dyn ExecutionPlan>, Error> {
    let threads = threads.max(1);
    let readings = (0..threads).map(|thread| {
        let parts = source.parts.iter().skip(thread).step_by(threads).cloned().collect();
        let encoder = Encoder::new(Arc::clone(codes), Arc::clone(places), source.vocabulary, Arc::clone(seen));
        Arc::new(Reading { schema: schema(), parts, encoder: Mutex::new(Some(encoder)) }) as Arc<dyn PartitionStream>
    });
    let plan = || -> Result<Arc<dyn ExecutionPlan>, DataFusionError> {
        let reading = StreamingTableExec::try_new(schema(), readings.collect(), None, [], false, None)?;
        let patient = col("patient", &schema())?;
        let hash = Partitioning::Hash(vec![Arc::clone(&patient)], threads);
        let shared = RepartitionExec::try_new(Arc::new(reading), hash)?;
        let order = PhysicalSortExpr::new(patient, SortOptions::default());
        let order = LexOrdering::new([order])
            .ok_or_else(|| DataFusionError::Internal("claims are sorted by their patient".into()))?;
        Ok(Arc::new(SortExec::new(order, Arc::new(shared)).with_preserve_partitioning(true)))
    };
    plan().map_err(|error| crate::statement::from_engine(&error, ""))
}
