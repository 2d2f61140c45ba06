//! `serve`: the Redshift Data API over a lake, `/api`, the site, and PostgreSQL's wire protocol.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytesize::ByteSize;

use super::{Beside, Use, memory, tell};
use crate::engine::{Warehouse, runtime};
use crate::error::Error;
use crate::names::DATABASE;
use crate::postgres::{self, Postgres};
use crate::service::{Availability, Keys, Limits, Listener, Numbers, Service};
use crate::statement::Access;
use crate::web::Offer;

/// Answers the Redshift Data API over a lake, so that notebooks change nothing but their `endpoint_url`, and GET requests at /api as
/// JSON or Arrow. With --site it serves the report, with --postgres psql, drivers and tools connect as to PostgreSQL.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countycast-warehouse serve --lake lake
  countycast-warehouse serve --lake lake --listen 0.0.0.0:8080 --keys keys.toml
  countycast-warehouse serve --lake lake --availability availability.jsonl --providers hospitals.csv
  countycast-warehouse serve --lake s3://bucket/lake --write --tables tables --root s3://bucket/exchange
  countycast-warehouse serve --lake lake --site site
  curl http://127.0.0.1:8080/api/places/01001/fan          # /api describes what there is
  countycast-warehouse serve --lake lake --postgres 127.0.0.1:5432
  psql \"host=127.0.0.1 dbname=countycast\" -c \"select count(*) from scores\"

In Python:
  boto3.client(\"redshift-data\", endpoint_url=\"http://127.0.0.1:8080\", region_name=\"us-east-1\")

Without keys, the service answers programs on this machine alone. A file of keys has a table for each:
  [[key]]
  id = \"notebook\"
  secret = \"…\"          # openssl rand -base64 30

With --availability, GET /api/availability tells which providers take patients, and who has the token changes it:
  curl -H \"Authorization: Bearer $TOKEN\" -d '{\"provider\": \"15E064\", \"accepting_new_patients\": true,
    \"updated_at\": \"2026-11-29T08:00:00Z\", \"nonce\": \"6f1c…\"}' http://127.0.0.1:8080/api/availability

The service only reads, unless --write is given. It ends with Ctrl-C.")]
pub(super) struct Args {
    /// A run's folder, a lake, or a Parquet file; also s3://BUCKET/FOLDER.
    #[arg(long, default_value = "out")]
    lake: PathBuf,
    /// Address to listen on; port 0 takes any that is free.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Also speak PostgreSQL's wire protocol on this address, such as 127.0.0.1:5432; for reading alone.
    #[arg(long, value_name = "ADDRESS:PORT")]
    postgres: Option<SocketAddr>,
    /// Folder of the site that `countycast report` writes, to be served at /.
    #[arg(long, value_name = "FOLDER")]
    site: Option<PathBuf>,
    /// Let pages of one other site read /api, such as https://example.org.
    #[arg(long, value_name = "ORIGIN")]
    allow_origin: Option<String>,
    /// File of access keys: requests must be signed by one of them; /api, the site and PostgreSQL's clients log in with one.
    #[arg(long, value_name = "FILE")]
    keys: Option<PathBuf>,
    /// Allow statements that change tables of --tables, and COPY and UNLOAD below --root.
    #[arg(long)]
    write: bool,
    #[command(flatten)]
    beside: Beside,
    /// Statements that run at a time; further ones wait.
    #[arg(long, value_name = "NUMBER", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=256))]
    statements: u16,
    /// Longest time of a statement.
    #[arg(long, value_name = "SECONDS", default_value_t = 900, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    statement_time: u64,
    /// Most bytes of one result.
    #[arg(long, value_name = "SIZE", default_value = "500MB", value_parser = memory)]
    result_size: ByteSize,
    /// Most bytes of all results that are kept, for 24 hours at most.
    #[arg(long, value_name = "SIZE", default_value = "5GB", value_parser = memory)]
    kept_size: ByteSize,
    /// Log of what is known of providers: updates are added to it; `countycast report --availability` reads it.
    #[arg(long, value_name = "FILE", requires = "providers")]
    availability: Option<PathBuf>,
    /// File with the token of who may send updates [default: COUNTYCAST_AVAILABILITY_TOKEN].
    #[arg(long, value_name = "FILE", requires = "availability")]
    availability_token: Option<PathBuf>,
    /// Lists of the providers that updates may be of, or folders with them: CSV or Parquet.
    #[arg(long, value_name = "FILE", num_args = 1.., requires = "availability")]
    providers: Vec<PathBuf>,
    #[command(flatten)]
    limits: Use,
}

/// Runs the command.
pub(super) fn run(args: &Args) -> Result<(), Error> {
    let keys = args.keys.as_deref().map(Keys::read).transpose()?.map(Arc::new);
    let open =
        |log: &PathBuf| Availability::open(log, args.availability_token.as_deref(), Numbers::read(&args.providers)?);
    let availability = args.availability.as_ref().map(open).transpose()?;
    let limits = args.limits.limits();
    let access = if args.write { Access::Tables } else { Access::Read };
    let warehouse = Warehouse::open_with(&args.lake, &limits, access, args.beside.holdings()?)?;
    let answers = runtime(2)?;
    let bounds = Limits {
        running: args.statements.into(),
        threads: limits.threads,
        statement_time: Duration::from_secs(args.statement_time),
        result_bytes: args.result_size.as_u64(),
        kept_bytes: args.kept_size.as_u64(),
    };
    let offer = Offer { site: args.site.clone(), origin: args.allow_origin.clone() };
    answers.block_on(async {
        let service = Service::new(warehouse.clone(), &bounds, keys.clone(), args.listen, &offer)?;
        let service = Arc::new(service.with_availability(availability));
        let postgres = match args.postgres {
            Some(address) => {
                let postgres = Postgres::new(&warehouse, service.running(), &bounds, keys, address)?;
                Some((postgres::Listener::bind(address).await?, Arc::new(postgres)))
            }
            None => None,
        };
        let listener = Listener::bind(args.listen).await?;
        tell(&format!("listening on http://{}", listener.address()?));
        if let Some((listener, _)) = &postgres {
            tell(&format!("listening on postgres://{}/{DATABASE}", listener.address()?));
        }
        if let Some((listener, postgres)) = postgres {
            // It ends with the program.
            tokio::spawn(listener.serve(postgres));
        }
        listener.serve(service, end()).await;
        Ok::<(), Error>(())
    })?;
    answers.shutdown_timeout(Duration::from_secs(1));
    Ok(())
}

/// Ctrl-C, or the system's wish that the program ends.
async fn end() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    // Without signals the process is ended from outside.
    let _ = tokio::signal::ctrl_c().await;
}
