//! Addresses of `/api`, and what each is answered with.

use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use futures::TryStreamExt;
use hyper::StatusCode;
use hyper::body::Bytes;
use hyper::header::HeaderValue;
use hyper::http::request::Parts;

use super::fans::plain;
use super::questions::Question;
use super::reply::{Form, Reply};
use super::state::State;
use super::{QUESTION_TIME, Web};
use crate::error::Error;
use crate::statement::{Parameter, from_engine};

/// The interface's description, which is also served.
const DESCRIPTION: &str = include_str!("openapi.json");
const ROOT: &str = "/api";
/// Longest value of a parameter, in bytes.
const LONGEST: usize = 64;

/// Whether a path is one of these.
pub(super) fn is_api(path: &str) -> bool {
    path.strip_prefix(ROOT).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// What is asked for.
#[derive(Debug, PartialEq, Eq)]
enum Asked {
    Description,
    Fan { fips: String, wanted: Vec<(&'static str, String)> },
    Question(Question),
}

/// Answers a request.
pub(super) async fn answer(web: &Web, head: &Parts) -> Result<Arc<Reply>, Box<Reply>> {
    let asked = read(head.uri.path(), head.uri.query().unwrap_or_default())?;
    if asked == Asked::Description {
        let kind = HeaderValue::from_static("application/json");
        return Ok(Arc::new(Reply::body(kind, Bytes::from_static(DESCRIPTION.as_bytes()))));
    }
    let form = Form::of(head).ok_or_else(|| {
        Reply::refusal(
            StatusCode::NOT_ACCEPTABLE,
            "rows are written as JSON or Arrow alone",
            "accept application/json or application/vnd.apache.arrow.stream",
        )
    })?;
    let state = web.current.get();
    let key = (head.uri.to_string(), form);
    if let Some(known) = state.as_ref().and_then(|state| state.known(&key)) {
        return Ok(known);
    }
    let rows = match asked {
        Asked::Fan { fips, wanted } => match in_memory(state.as_deref(), &fips, &wanted)? {
            Some(rows) => vec![rows],
            None => ask(web, Question::fan(fips, wanted)).await?,
        },
        Asked::Question(question) => ask(web, question).await?,
        Asked::Description => Vec::new(),
    };
    let reply = Reply::rows(&rows, form).map_err(|error| failed(&error.to_string()))?;
    let reply = Arc::new(reply);
    if let Some(state) = state {
        state.keep(key, &reply);
    }
    Ok(reply)
}

/// Reads a path and the values that follow it.
fn read(path: &str, query: &str) -> Result<Asked, Box<Reply>> {
    let parts: Vec<&str> = path.trim_start_matches(ROOT).trim_matches('/').split('/').collect();
    let mut values = Values::read(query)?;
    let asked = match parts[..] {
        [""] | ["openapi.json"] => Asked::Description,
        ["places"] => Asked::Question(Question::places(values.take("state"))),
        ["places", fips] => Asked::Question(Question::place(named(fips)?)),
        ["places", fips, "fan"] => {
            let with = |name: &'static str, value: Option<String>| value.map(|value| (name, value));
            let model = with("model", values.take("model"));
            let target = with("target", values.take("target").or_else(|| Some("inc case".to_owned())));
            let resolution = with("resolution", values.take("resolution").or_else(|| Some("week".to_owned())));
            Asked::Fan { fips: named(fips)?, wanted: [model, target, resolution].into_iter().flatten().collect() }
        }
        ["places", fips, "capacity"] => Asked::Question(Question::capacity(named(fips)?)),
        ["runs"] => Asked::Question(Question::runs()),
        ["scores"] => Asked::Question(Question::scores(values.take("target").unwrap_or_else(|| "inc case".to_owned()))),
        ["signals", area] => {
            let wanted = ["signal", "model"].map(|name| values.take(name).map(|value| (name, value)));
            Asked::Question(Question::signals(named(area)?, wanted.into_iter().flatten().collect()))
        }
        _ => {
            return Err(Reply::refusal(
                StatusCode::NOT_FOUND,
                "there is no such address",
                "GET /api lists those there are",
            ));
        }
    };
    values.none_left()?;
    Ok(asked)
}

/// The name of a place or area in a path.
fn named(text: &str) -> Result<String, Box<Reply>> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    if !text.is_empty() && text.len() <= LONGEST && text.chars().all(plain) {
        return Ok(text.to_owned());
    }
    Err(Reply::refusal(
        StatusCode::BAD_REQUEST,
        "a place is named by its code",
        "such as 01001 for a county, 01 for a state, or US",
    ))
}

/// Values that follow a path.
struct Values(Vec<(String, String)>);

impl Values {
    fn read(query: &str) -> Result<Self, Box<Reply>> {
        let values: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        if values.iter().any(|(_, value)| value.len() > LONGEST) {
            return Err(Reply::refusal(StatusCode::BAD_REQUEST, "a value is too long", "values have at most 64 bytes"));
        }
        Ok(Self(values))
    }

    fn take(&mut self, name: &str) -> Option<String> {
        let at = self.0.iter().position(|(known, _)| known == name)?;
        Some(self.0.swap_remove(at).1)
    }

    fn none_left(&self) -> Result<(), Box<Reply>> {
        let Some((name, _)) = self.0.first() else { return Ok(()) };
        let name: String = name.chars().take(LONGEST).collect();
        let error = format!("the value {name:?} is not known here, or is given twice");
        Err(Reply::refusal(StatusCode::BAD_REQUEST, &error, "GET /api lists the values of each address"))
    }
}

/// A fan from memory; none where it has to be asked for.
fn in_memory(
    state: Option<&State>,
    fips: &str,
    wanted: &[(&'static str, String)],
) -> Result<Option<RecordBatch>, Box<Reply>> {
    let wanted: Vec<(&str, &str)> = wanted.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let found = state.and_then(|state| state.fans.as_ref()).and_then(|fans| fans.of(fips, &wanted));
    let rows = found.transpose().map_err(|error| failed(&error.to_string()))?;
    match rows {
        Some(rows) if rows.num_rows() == 0 => Err(nothing()),
        rows => Ok(rows),
    }
}

/// Asks the engine.
async fn ask(web: &Web, question: Question) -> Result<Vec<RecordBatch>, Box<Reply>> {
    let Some(threads) = &web.threads.0 else { return Err(failed("the service ends")) };
    let busy = || Reply::refusal(StatusCode::SERVICE_UNAVAILABLE, "too many statements are running", "ask again later");
    let (warehouse, finds) = (web.warehouse.clone(), question.finds);
    let work = async {
        let place = Arc::clone(&web.running).acquire_owned().await.map_err(|_| busy())?;
        // The work goes on without its client, and the place with it.
        let asked = threads.spawn(async move {
            let _place = place;
            if warehouse.table(question.table)?.is_none() {
                return Ok(None);
            }
            let given = |(name, value): (&str, String)| Parameter { name: name.to_owned(), value };
            let values: Vec<Parameter> = question.values.into_iter().map(given).collect();
            let mut rows = warehouse.run(warehouse.plan(&question.sql, &values).await?).await?;
            let mut batches = vec![RecordBatch::new_empty(rows.schema())];
            while let Some(batch) = rows.try_next().await.map_err(|error| from_engine(&error, &question.sql))? {
                batches.push(batch);
            }
            Ok::<_, Error>(Some(batches))
        });
        asked.await.map_err(|_| failed("the query engine failed"))?.map_err(|error| failed(&error.to_string()))
    };
    let found = tokio::time::timeout(QUESTION_TIME, work).await.map_err(|_| busy())??;
    let rows = found.ok_or_else(|| {
        Reply::refusal(StatusCode::NOT_FOUND, "the lake has no such table", "`countycast project --lake` writes it")
    })?;
    if finds && rows.iter().all(|batch| batch.num_rows() == 0) {
        return Err(nothing());
    }
    rows.iter().map(plain).collect::<Result<_, _>>().map_err(|error| failed(&error.to_string()))
}

fn nothing() -> Box<Reply> {
    Reply::refusal(StatusCode::NOT_FOUND, "the latest day has nothing of this", "GET /api/places lists the places")
}

fn failed(what: &str) -> Box<Reply> {
    Reply::refusal(StatusCode::INTERNAL_SERVER_ERROR, what, "see whether `countycast sql` reads the lake")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read() {
        let fan = |fips: &str, wanted: &[(&'static str, &str)]| Asked::Fan {
            fips: fips.into(),
            wanted: wanted.iter().map(|(name, value)| (*name, (*value).to_owned())).collect(),
        };
        let usual = [("target", "inc case"), ("resolution", "week")];
        assert_eq!(read("/api/places/01001/fan", "").unwrap(), fan("01001", &usual));
        let chosen = [("model", "blend"), ("target", "inc death"), ("resolution", "week")];
        assert_eq!(read("/api/places/US/fan/", "target=inc+death&model=blend").unwrap(), fan("US", &chosen));
        assert_eq!(read("/api", "").unwrap(), Asked::Description);
        for (path, query) in [
            ("/api/nothing", ""),
            ("/api/places/01001'--/fan", ""),
            ("/api/places/..%2f/fan", ""),
            ("/api/places/01001/fan", "limit=1"),
            ("/api/places/01001/fan", "model=a&model=b"),
        ] {
            assert!(read(path, query).is_err(), "{path}?{query}");
        }
        assert!(is_api("/api") && is_api("/api/x") && !is_api("/apiary") && !is_api("/"));
    }
}
