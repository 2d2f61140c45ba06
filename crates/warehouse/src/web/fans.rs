//! The latest day's projections in memory, by place: a fan is asked for far more often than the lake changes.

use std::collections::HashMap;
use std::ops::Range;

use datafusion::arrow::array::{Array, AsArray, BooleanArray, RecordBatch};
use datafusion::arrow::compute::{cast, concat_batches, filter_record_batch};
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::arrow::error::ArrowError;
use futures::TryStreamExt;

use crate::engine::Warehouse;

const LATEST: &str = "select * from projections where as_of = (select max(as_of) from projections) \
     order by fips, model, target, resolution, horizon";
/// Most bytes that are kept; a lake of more is asked each time.
const MOST_BYTES: usize = 512 << 20;

/// Projections of a day.
#[derive(Debug)]
pub(super) struct Fans {
    rows: RecordBatch,
    places: HashMap<String, Range<usize>>,
}

impl Fans {
    /// Reads the latest day; none of a lake without days, or with too many rows of one.
    pub(super) async fn read(warehouse: &Warehouse) -> Option<Self> {
        let planned = warehouse.plan(LATEST, &[]).await.ok()?;
        let mut stream = warehouse.run(planned).await.ok()?;
        let (mut batches, mut bytes) = (Vec::new(), 0);
        while let Some(batch) = stream.try_next().await.ok()? {
            let batch = plain(&batch).ok()?;
            bytes += batch.get_array_memory_size();
            if bytes > MOST_BYTES {
                return None;
            }
            batches.push(batch);
        }
        let rows = concat_batches(batches.first()?.schema_ref(), &batches).ok()?;
        let mut places: HashMap<String, Range<usize>> = HashMap::new();
        let fips = rows.column_by_name("fips")?.as_string_opt::<i32>()?;
        for (i, place) in fips.iter().enumerate() {
            let place = place?;
            match places.get_mut(place) {
                Some(range) => range.end = i + 1,
                None => {
                    places.insert(place.to_owned(), i..i + 1);
                }
            }
        }
        Some(Self { rows, places })
    }

    /// The rows of a place whose columns have these values; none of a place that there is not.
    pub(super) fn of(&self, place: &str, wanted: &[(&str, &str)]) -> Option<Result<RecordBatch, ArrowError>> {
        let range = self.places.get(place)?;
        let rows = self.rows.slice(range.start, range.len());
        let mut fits = vec![true; rows.num_rows()];
        for (name, value) in wanted {
            let column = rows.column_by_name(name)?.as_string_opt::<i32>()?;
            fits.iter_mut().enumerate().for_each(|(i, fits)| *fits &= column.is_valid(i) && column.value(i) == *value);
        }
        Some(filter_record_batch(&rows, &BooleanArray::from(fits)))
    }
}

/// Texts in the form that every reader of Arrow knows.
pub(super) fn plain(batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let is_view = |field: &Field| matches!(field.data_type(), DataType::Utf8View | DataType::LargeUtf8);
    let schema = batch.schema();
    let field =
        |field: &Field| if is_view(field) { field.clone().with_data_type(DataType::Utf8) } else { field.clone() };
    let fields: Vec<Field> = schema.fields().iter().map(|known| field(known)).collect();
    let columns = batch.columns().iter().zip(&fields).map(|(column, field)| cast(column, field.data_type()));
    let columns = columns.collect::<Result<_, _>>()?;
    RecordBatch::try_new(Schema::new(fields).into(), columns)
}
