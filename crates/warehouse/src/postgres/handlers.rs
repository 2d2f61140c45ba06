//! Queries as clients send them: a text of statements, or one that is prepared, given values and run.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::Arc;

use arrow_pg::datatypes::df::deserialize_parameters;
use arrow_pg::datatypes::{arrow_schema_to_pg_fields, into_pg_type};
use async_trait::async_trait;
use datafusion::arrow::datatypes::DataType;
use futures::{Sink, stream};
use pgwire::api::cancel::CancelHandler;
use pgwire::api::portal::{Format, Portal};
use pgwire::api::query::{ExtendedQueryHandler, SimpleQueryHandler};
use pgwire::api::results::{DataRowEncoder, FieldFormat, FieldInfo, QueryResponse, Response};
use pgwire::api::stmt::QueryParser;
use pgwire::api::store::PortalStore;
use pgwire::api::{ClientInfo, ClientPortalStore, PgWireServerHandlers, Type};
use pgwire::error::{PgWireError, PgWireResult};
use pgwire::messages::PgWireBackendMessage;
use pgwire::messages::cancel::CancelRequest;
use tokio::sync::Notify;

use super::Postgres;
use super::failure::told;
use super::login::Login;
use super::plan::{Prepared, split};
use super::session::Word;
use crate::engine::Planned;

/// The handlers of a connection.
pub(super) struct Handlers {
    login: Arc<Login>,
    session: Arc<Session>,
}

/// A connection.
pub(super) struct Session {
    postgres: Arc<Postgres>,
    pid: std::sync::OnceLock<i32>,
}

impl Drop for Session {
    fn drop(&mut self) {
        if let Some(pid) = self.pid.get() {
            self.postgres.cancels.forget(*pid);
        }
    }
}

impl Handlers {
    pub(super) fn new(postgres: &Arc<Postgres>) -> Self {
        let session = Session { postgres: Arc::clone(postgres), pid: std::sync::OnceLock::new() };
        Self { login: Arc::new(Login::new(postgres.keys.as_ref())), session: Arc::new(session) }
    }
}

impl PgWireServerHandlers for Handlers {
    fn simple_query_handler(&self) -> Arc<impl SimpleQueryHandler> {
        Arc::clone(&self.session)
    }

    fn extended_query_handler(&self) -> Arc<impl ExtendedQueryHandler> {
        Arc::clone(&self.session)
    }

    fn startup_handler(&self) -> Arc<impl pgwire::api::auth::StartupHandler> {
        Arc::clone(&self.login)
    }

    fn cancel_handler(&self) -> Arc<impl CancelHandler> {
        Arc::clone(&self.session)
    }
}

#[async_trait]
impl CancelHandler for Session {
    async fn on_cancel_request(&self, request: CancelRequest) {
        self.postgres.cancels.cancel(request.pid, &request.secret_key);
    }
}

impl Session {
    fn cancel<C: ClientInfo>(&self, client: &C) -> Arc<Notify> {
        let (pid, key) = client.pid_and_secret_key();
        self.postgres.cancels.of(*self.pid.get_or_init(|| pid), &key)
    }

    fn answer(&self, planned: Planned, format: &Format, cancel: Arc<Notify>) -> PgWireResult<Response> {
        let fields = Arc::new(fields(&planned, format)?);
        let rows = self.postgres.rows(planned, Arc::clone(&fields), cancel);
        Ok(Response::Query(QueryResponse::new(fields, rows)))
    }
}

fn fields(planned: &Planned, format: &Format) -> PgWireResult<Vec<FieldInfo>> {
    arrow_schema_to_pg_fields(planned.logical().schema().as_arrow(), format, None)
}

/// The answer to a word of the session.
fn answered(word: &Word) -> PgWireResult<Response> {
    let (Word::Show(name, value), None) = (word, word.answer()) else {
        return Ok(word.answer().unwrap_or(Response::EmptyQuery));
    };
    let fields = Arc::new(shown(name));
    let mut encoder = DataRowEncoder::new(Arc::clone(&fields));
    encoder.encode_field(value)?;
    let row = encoder.take_row();
    let mut response = QueryResponse::new(fields, stream::iter([Ok(row)]));
    response.set_command_tag("SHOW");
    Ok(Response::Query(response))
}

fn shown(name: &str) -> Vec<FieldInfo> {
    vec![FieldInfo::new(name.to_owned(), None, None, Type::VARCHAR, FieldFormat::Text)]
}

#[async_trait]
impl SimpleQueryHandler for Session {
    async fn do_query<C>(&self, client: &mut C, query: &str) -> PgWireResult<Vec<Response>>
    where
        C: ClientInfo + ClientPortalStore + Sink<PgWireBackendMessage> + Unpin + Send + Sync,
        C::PortalStore: PortalStore,
        C::Error: Debug,
        PgWireError: From<<C as Sink<PgWireBackendMessage>>::Error>,
    {
        let cancel = self.cancel(client);
        let mut answers = Vec::new();
        for sql in split(query) {
            answers.push(match self.postgres.prepare(sql).await.map_err(|error| told(&error, sql))? {
                Prepared::Word(word) => answered(&word)?,
                Prepared::Query(planned) => self.answer(planned, &Format::UnifiedText, Arc::clone(&cancel))?,
            });
        }
        Ok(answers)
    }
}

#[async_trait]
impl ExtendedQueryHandler for Session {
    type Statement = Prepared;
    type QueryParser = Reader;

    fn query_parser(&self) -> Arc<Reader> {
        Arc::new(Reader(Arc::clone(&self.postgres)))
    }

    async fn do_query<C>(&self, client: &mut C, portal: &Portal<Prepared>, _: usize) -> PgWireResult<Response>
    where
        C: ClientInfo + ClientPortalStore + Sink<PgWireBackendMessage> + Unpin + Send + Sync,
        C::PortalStore: PortalStore<Statement = Prepared>,
        C::Error: Debug,
        PgWireError: From<<C as Sink<PgWireBackendMessage>>::Error>,
    {
        let planned = match &portal.statement.statement {
            Prepared::Word(word) => return answered(word),
            Prepared::Query(planned) => planned.clone(),
        };
        let kinds = kinds(&planned)?;
        let planned = if kinds.is_empty() {
            planned
        } else {
            let kinds: Vec<Option<&DataType>> = kinds.iter().map(Option::as_ref).collect();
            planned.with_values(deserialize_parameters(portal, &kinds)?).map_err(|error| told(&error, ""))?
        };
        self.answer(planned, &portal.result_column_format, self.cancel(client))
    }
}

/// The types of the values that a statement takes, in the order of their numbers.
fn kinds(planned: &Planned) -> PgWireResult<Vec<Option<DataType>>> {
    let found = planned.logical().get_parameter_types().map_err(|error| PgWireError::ApiError(Box::new(error)))?;
    let numbered =
        found.into_iter().filter_map(|(name, kind)| Some((name.strip_prefix('$')?.parse::<usize>().ok()?, kind)));
    let numbered: BTreeMap<usize, Option<DataType>> = numbered.collect();
    let most = numbered.keys().next_back().copied().unwrap_or(0);
    Ok((1..=most).map(|number| numbered.get(&number).cloned().flatten()).collect())
}

/// Reads statements that are prepared.
pub(super) struct Reader(Arc<Postgres>);

#[async_trait]
impl QueryParser for Reader {
    type Statement = Prepared;

    async fn parse_sql<C>(&self, _: &C, sql: &str, _: &[Option<Type>]) -> PgWireResult<Option<Prepared>>
    where
        C: ClientInfo + Unpin + Send + Sync,
    {
        self.0.prepare(sql).await.map(Some).map_err(|error| told(&error, sql))
    }

    fn get_parameter_types(&self, prepared: &Prepared) -> PgWireResult<Vec<Type>> {
        match prepared {
            Prepared::Word(_) => Ok(Vec::new()),
            Prepared::Query(planned) => {
                kinds(planned)?.iter().map(|kind| kind.as_ref().map_or(Ok(Type::UNKNOWN), into_pg_type)).collect()
            }
        }
    }

    fn get_result_schema(&self, prepared: &Prepared, format: Option<&Format>) -> PgWireResult<Vec<FieldInfo>> {
        match prepared {
            Prepared::Word(Word::Show(name, _)) => Ok(shown(name)),
            Prepared::Word(_) => Ok(Vec::new()),
            Prepared::Query(planned) => fields(planned, format.unwrap_or(&Format::UnifiedText)),
        }
    }
}
