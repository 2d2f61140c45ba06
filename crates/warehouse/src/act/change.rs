//! Changes of tables by statements alone: CREATE TABLE, INSERT, DELETE and DROP TABLE.

use datafusion::arrow::datatypes::{Field, SchemaRef};
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::{
    ColumnOption, CreateTable, Delete, Expr, FromTable, Ident, Insert, ObjectName, Query, SetExpr, Statement as Sql,
    TableFactor, TableObject,
};
use futures::StreamExt;

use super::Transaction;
use super::conform::Conform;
use crate::engine::Planned;
use crate::error::Error;
use crate::names::SCHEMA;
use crate::statement::{Parameter, from_engine, parse_one, quoted, refused};
use crate::tables::{Column, Piece};

/// The name of a table that statements may change: in lower case unless it stands in quotes.
pub(super) fn own_name(name: &ObjectName) -> Result<String, Error> {
    let part = |ident: &Ident| match ident.quote_style {
        Some(_) => ident.value.clone(),
        None => ident.value.to_lowercase(),
    };
    let parts: Option<Vec<String>> = name.0.iter().map(|part_of| part_of.as_ident().map(part)).collect();
    match parts.as_deref() {
        Some([table]) => Ok(table.clone()),
        Some([schema, table]) if schema == SCHEMA => Ok(table.clone()),
        _ => Err(Error::statement(
            format!("there is no schema for a table {name}"),
            format!("tables are in the schema {SCHEMA}"),
        )),
    }
}

/// The columns of a table that a statement gives values for, by number: all, where it names none.
pub(super) fn targets(schema: &SchemaRef, named: &[String], table: &str) -> Result<Vec<usize>, Error> {
    if named.is_empty() {
        return Ok((0..schema.fields().len()).collect());
    }
    let mut found = Vec::new();
    for name in named {
        let wrong = |what: &str| {
            Error::statement(
                format!("the column {} {what}", quoted(name)),
                format!("`describe {}` lists them", quoted(table)),
            )
        };
        let at = schema.index_of(name).map_err(|_| wrong("is not in the table"))?;
        if found.contains(&at) {
            return Err(wrong("stands twice"));
        }
        found.push(at);
    }
    Ok(found)
}

pub(super) async fn create(
    transaction: &mut Transaction,
    table: &CreateTable,
    sql: &str,
    parameters: &[Parameter],
) -> Result<u64, Error> {
    let name = own_name(&table.name)?;
    let work = transaction.work().await?;
    let taken = work.manifest().table(&name).is_some() || transaction.warehouse.lake().tables()?.contains_key(&name);
    if taken && table.if_not_exists {
        return Ok(0);
    }
    if taken {
        return Err(Error::statement(
            format!("there is a table {} already", quoted(&name)),
            "choose another name, or drop it",
        ));
    }
    if table.like.is_some() || table.clone.is_some() || table.or_replace {
        return Err(refused("CREATE TABLE with LIKE, CLONE or OR REPLACE"));
    }
    if let Some(query) = &table.query {
        let planned = transaction.plan(of_query(query), sql, parameters).await?;
        let fields = planned.fields();
        let fields = fields.iter().map(|field| field.as_ref().clone().with_nullable(true));
        make(transaction, &name, table.temporary, fields).await?;
        return fill(transaction, &name, &[], planned, sql).await;
    }
    // Only names, types and NOT NULL are the table's; a key is no more than a remark in Redshift, too.
    let mut plain = table.clone();
    plain.temporary = false;
    plain.constraints.clear();
    for column in &mut plain.columns {
        if let Some(option) = column.options.iter().find(|option| {
            !matches!(
                option.option,
                ColumnOption::NotNull | ColumnOption::Null | ColumnOption::PrimaryKey(_) | ColumnOption::Unique(_)
            )
        }) {
            return Err(refused(&format!("CREATE TABLE with a column that has {}", option.option)));
        }
        column.options.retain(|option| option.option == ColumnOption::NotNull);
    }
    let planned = transaction.plan(Statement::Statement(Box::new(Sql::CreateTable(plain))), sql, parameters).await?;
    let fields: Vec<Field> = planned.fields().iter().map(|field| field.as_ref().clone()).collect();
    make(transaction, &name, table.temporary, fields.into_iter()).await?;
    Ok(0)
}

async fn make(
    transaction: &mut Transaction,
    name: &str,
    temporary: bool,
    fields: impl Iterator<Item = Field>,
) -> Result<(), Error> {
    let columns = fields.map(|field| Column::of(&field)).collect::<Result<Vec<_>, Error>>()?;
    if columns.is_empty() {
        return Err(Error::statement("a table has at least one column", "create table t (a integer)"));
    }
    transaction.work().await?.create(name, columns);
    if temporary {
        transaction.temporary.push(name.to_owned());
    }
    Ok(())
}

pub(super) async fn insert(
    transaction: &mut Transaction,
    insert: &Insert,
    sql: &str,
    parameters: &[Parameter],
) -> Result<u64, Error> {
    let (TableObject::TableName(table), Some(query)) = (&insert.table, &insert.source) else {
        return Err(refused("INSERT of this form"));
    };
    if insert.on.is_some() || insert.returning.is_some() || insert.overwrite || insert.partitioned.is_some() {
        return Err(refused("INSERT with ON, RETURNING, OVERWRITE or PARTITION"));
    }
    let name = changed(transaction, table, "INSERT").await?;
    let columns = insert.columns.iter().map(own_name).collect::<Result<Vec<_>, Error>>()?;
    let planned = transaction.plan(of_query(query), sql, parameters).await?;
    fill(transaction, &name, &columns, planned, sql).await
}

/// The name of a table that is there and may be changed.
pub(super) async fn changed(transaction: &mut Transaction, table: &ObjectName, what: &str) -> Result<String, Error> {
    let name = own_name(table)?;
    if transaction.warehouse.lake().tables()?.contains_key(&name) {
        return Err(refused(&format!("{what} of {}", quoted(&name))));
    }
    if transaction.work().await?.manifest().table(&name).is_none() {
        return Err(Error::statement(format!("there is no table {}", quoted(&name)), "make it with CREATE TABLE"));
    }
    Ok(name)
}

/// Adds rows to a table.
async fn fill(
    transaction: &mut Transaction,
    name: &str,
    columns: &[String],
    planned: Planned,
    sql: &str,
) -> Result<u64, Error> {
    let piece = written(transaction, name, columns, planned, sql).await?;
    let rows = piece.rows;
    transaction.work().await?.add(name, piece)?;
    Ok(rows)
}

async fn written(
    transaction: &mut Transaction,
    name: &str,
    columns: &[String],
    planned: Planned,
    sql: &str,
) -> Result<Piece, Error> {
    let mut writer = transaction.work().await?.writer(name)?;
    let conform = Conform::new(writer.schema(), targets(writer.schema(), columns, name)?);
    let mut rows = transaction.warehouse.run(planned).await?;
    while let Some(batch) = rows.next().await {
        let batch = batch.map_err(|error| from_engine(&error, sql))?;
        writer.write(&conform.rows(&batch, "the statement")?)?;
    }
    writer.finish()
}

pub(super) async fn delete(
    transaction: &mut Transaction,
    delete: &Delete,
    sql: &str,
    parameters: &[Parameter],
) -> Result<u64, Error> {
    let (FromTable::WithFromKeyword(from) | FromTable::WithoutKeyword(from)) = &delete.from;
    let table = match from.as_slice() {
        [table] if table.joins.is_empty() => match &table.relation {
            TableFactor::Table { name, alias: None, .. } => name,
            _ => return Err(refused("DELETE with an alias")),
        },
        _ => return Err(refused("DELETE from several tables")),
    };
    if delete.using.is_some() || delete.returning.is_some() || !delete.order_by.is_empty() || delete.limit.is_some() {
        return Err(refused("DELETE with USING, RETURNING, ORDER BY or LIMIT"));
    }
    let name = changed(transaction, table, "DELETE").await?;
    // What remains are the rows for which the condition is false or unknown.
    let mut remaining = parse_one(&format!("select * from {} where false", quoted(&name)))?;
    if let (Some(condition), Statement::Statement(parsed)) = (&delete.selection, &mut remaining)
        && let Sql::Query(query) = parsed.as_mut()
        && let SetExpr::Select(select) = query.body.as_mut()
    {
        select.selection = Some(Expr::IsNotTrue(Box::new(Expr::Nested(Box::new(condition.clone())))));
    }
    let planned = transaction.plan(remaining, sql, parameters).await?;
    let piece = written(transaction, &name, &[], planned, sql).await?;
    let rows = piece.rows;
    Ok(transaction.work().await?.replace(&name, piece)? - rows)
}

pub(super) async fn drop_tables(
    transaction: &mut Transaction,
    names: &[ObjectName],
    if_exists: bool,
) -> Result<u64, Error> {
    for table in names {
        let name = own_name(table)?;
        if if_exists
            && transaction.work().await?.manifest().table(&name).is_none()
            && !transaction.warehouse.lake().tables()?.contains_key(&name)
        {
            continue;
        }
        let name = changed(transaction, table, "DROP").await?;
        transaction.work().await?.remove(&name);
    }
    Ok(0)
}

fn of_query(query: &Query) -> Statement {
    Statement::Statement(Box::new(Sql::Query(Box::new(query.clone()))))
}
