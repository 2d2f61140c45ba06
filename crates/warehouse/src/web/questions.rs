//! Questions of `/api`: each a statement with parameters.

/// A question.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Question {
    /// The table that it is put to.
    pub(super) table: &'static str,
    pub(super) sql: String,
    /// Names and values of its parameters.
    pub(super) values: Vec<(&'static str, String)>,
    /// Whether there is nothing to find without a row.
    pub(super) finds: bool,
}

/// Days of scores that are summed up.
const SCORE_DAYS: u16 = 28;
/// Runs that are listed.
const RUNS: u16 = 100;

impl Question {
    fn new(table: &'static str, sql: impl Into<String>, values: Vec<(&'static str, String)>, finds: bool) -> Self {
        Self { table, sql: sql.into(), values, finds }
    }

    /// A table's rows of the latest day, where columns have values.
    fn latest(table: &'static str, day: &str, values: Vec<(&'static str, String)>, order: &str, finds: bool) -> Self {
        let conditions: String = values.iter().map(|(name, _)| format!(" and {name} = :{name}")).collect();
        let sql = format!(
            "select * from {table} where {day} = (select max({day}) from {table}){conditions} order by {order}"
        );
        Self::new(table, sql, values, finds)
    }

    pub(super) fn places(state: Option<String>) -> Self {
        let Some(state) = state else { return Self::latest("counties", "as_of", Vec::new(), "fips", false) };
        let sql = "select * from counties where as_of = (select max(as_of) from counties) and left(fips, 2) = :state order by fips";
        Self::new("counties", sql, vec![("state", state)], false)
    }

    pub(super) fn place(fips: String) -> Self {
        Self::latest("counties", "as_of", vec![("fips", fips)], "fips", true)
    }

    pub(super) fn fan(fips: String, wanted: Vec<(&'static str, String)>) -> Self {
        let values = std::iter::once(("fips", fips)).chain(wanted).collect();
        Self::latest("projections", "as_of", values, "model, target, resolution, horizon", true)
    }

    pub(super) fn capacity(fips: String) -> Self {
        Self::latest("capacity", "as_of", vec![("fips", fips)], "model, bed, area", true)
    }

    pub(super) fn runs() -> Self {
        Self::new("runs", format!("select * from runs order by as_of desc limit {RUNS}"), Vec::new(), false)
    }

    pub(super) fn scores(target: String) -> Self {
        let sql = format!(
            "select model, horizon, count(*) as forecasts, avg(wis) as mean_wis, avg(absolute_error) as mean_error, \
             avg(case when covered_95 then 1e0 else 0e0 end) as covered_95 from scores \
             where target = :target and as_of > (select max(as_of) from scores) - interval '{SCORE_DAYS}' day \
             group by model, horizon order by horizon, model"
        );
        Self::new("scores", sql, vec![("target", target)], false)
    }

    pub(super) fn signals(area: String, wanted: Vec<(&'static str, String)>) -> Self {
        let values = std::iter::once(("area", area)).chain(wanted).collect();
        Self::latest("signals", "reference_date", values, "signal, model, horizon, quantile", true)
    }
}
