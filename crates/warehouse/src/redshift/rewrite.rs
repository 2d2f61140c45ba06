//! Words that are written otherwise for the query engine: `nvl`, `decode`, `listagg`, `getdate`, `len`, `charindex`,
//! `select top`, and parts of dates without quotes.

use std::ops::ControlFlow;

use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::helpers::attached_token::AttachedToken;
use datafusion::sql::sqlparser::ast::{
    CaseWhen, CastKind, DataType, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgumentClause,
    FunctionArguments, Ident, LimitClause, ObjectName, Query, SetExpr, Statement as Sql, TimezoneInfo, TopQuantity,
    Value, VisitMut, VisitorMut,
};
use datafusion::sql::sqlparser::tokenizer::Span;

use super::part::engine_name;
use crate::error::Error;

/// Writes the words of a statement as the query engine has them.
pub(crate) fn rewrite(statement: &mut Statement) -> Result<(), Error> {
    let sql: &mut Sql = match statement {
        Statement::Statement(sql) => sql,
        Statement::Explain(explain) => return rewrite(&mut explain.statement),
        _ => return Ok(()),
    };
    match VisitMut::visit(sql, &mut Words) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(error) => Err(*error),
    }
}

struct Words;

impl VisitorMut for Words {
    type Break = Box<Error>;

    fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<Self::Break> {
        let SetExpr::Select(select) = query.body.as_mut() else { return ControlFlow::Continue(()) };
        let Some(top) = select.top.take() else { return ControlFlow::Continue(()) };
        let limit = match top.quantity {
            Some(TopQuantity::Constant(number)) if !top.percent && !top.with_ties => {
                Expr::Value(Value::Number(number.to_string(), false).into())
            }
            _ => return refuse("TOP with anything but a number", "write `select top 10 …`, or `limit 10` at the end"),
        };
        if query.limit_clause.is_some() {
            return refuse("TOP and LIMIT in one query", "keep one of the two");
        }
        query.limit_clause = Some(LimitClause::LimitOffset { limit: Some(limit), offset: None, limit_by: Vec::new() });
        ControlFlow::Continue(())
    }

    fn post_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<Self::Break> {
        if let Expr::Identifier(name) = expr
            && name.quote_style.is_none()
            && name.value.eq_ignore_ascii_case("sysdate")
        {
            *expr = now();
            return ControlFlow::Continue(());
        }
        let Expr::Function(function) = expr else { return ControlFlow::Continue(()) };
        let name = function.name.to_string().to_ascii_lowercase();
        match name.as_str() {
            "dateadd" | "date_add" => rename(function, "dateadd"),
            "datediff" | "date_diff" => rename(function, "datediff"),
            "pgdate_part" => rename(function, "date_part"),
            "nvl" => rename(function, "coalesce"),
            "len" => rename(function, "character_length"),
            "charindex" => {
                rename(function, "strpos");
                arguments(function).reverse();
            }
            "getdate" => *expr = now(),
            "decode" => return decode(expr),
            "listagg" => return listagg(function),
            _ => {}
        }
        if let Expr::Function(function) = expr {
            name_part(function);
        }
        ControlFlow::Continue(())
    }
}

/// A part of a date as the first argument is a text, with or without quotes.
fn name_part(function: &mut Function) {
    let known = ["dateadd", "datediff", "date_part", "date_trunc"];
    let name = function.name.to_string();
    if !known.iter().any(|known| name.eq_ignore_ascii_case(known)) {
        return;
    }
    let own = name.eq_ignore_ascii_case("dateadd") || name.eq_ignore_ascii_case("datediff");
    if let Some(FunctionArg::Unnamed(FunctionArgExpr::Expr(part))) = arguments(function).first_mut() {
        let written = match part {
            Expr::Identifier(name) => name.value.clone(),
            Expr::Value(value) => match &value.value {
                Value::SingleQuotedString(text) => text.clone(),
                _ => return,
            },
            _ => return,
        };
        *part = text(if own { written } else { engine_name(&written) });
    }
}

/// `decode(x, a, b, …, z)`: a case whose comparisons hold for two nulls.
fn decode(expr: &mut Expr) -> ControlFlow<Box<Error>> {
    let Expr::Function(function) = expr else { return ControlFlow::Continue(()) };
    let mut given: Vec<Expr> = arguments(function)
        .iter()
        .filter_map(|argument| match argument {
            FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Some(expr.clone()),
            _ => None,
        })
        .collect();
    if given.len() < 3 {
        return refuse("DECODE with fewer than three arguments", "write decode(column, value, result, otherwise)");
    }
    let subject = given.remove(0);
    let otherwise = if given.len() % 2 == 1 { given.pop().map(Box::new) } else { None };
    let conditions = given
        .chunks_exact(2)
        .map(|pair| CaseWhen {
            condition: Expr::IsNotDistinctFrom(Box::new(subject.clone()), Box::new(pair[0].clone())),
            result: pair[1].clone(),
        })
        .collect();
    *expr = Expr::Case {
        case_token: AttachedToken::empty(),
        end_token: AttachedToken::empty(),
        operand: None,
        conditions,
        else_result: otherwise,
    };
    ControlFlow::Continue(())
}

/// `listagg(x, ', ') within group (order by y)` is `string_agg(x, ', ' order by y)`.
fn listagg(function: &mut Function) -> ControlFlow<Box<Error>> {
    rename(function, "string_agg");
    let order = std::mem::take(&mut function.within_group);
    let FunctionArguments::List(list) = &mut function.args else { return ControlFlow::Continue(()) };
    if let Some(FunctionArg::Unnamed(FunctionArgExpr::Expr(listed))) = list.args.first_mut() {
        let inner = std::mem::replace(listed, text(String::new()));
        *listed = cast(inner, DataType::Varchar(None));
    }
    if list.args.len() == 1 {
        list.args.push(FunctionArg::Unnamed(FunctionArgExpr::Expr(text(String::new()))));
    }
    if !order.is_empty() {
        list.clauses.push(FunctionArgumentClause::OrderBy(order));
    }
    ControlFlow::Continue(())
}

/// The time of the statement, in UTC, without a time zone.
fn now() -> Expr {
    let name = ObjectName::from(vec![Ident::new("now")]);
    let function = Function {
        name,
        uses_odbc_syntax: false,
        parameters: FunctionArguments::None,
        args: FunctionArguments::List(datafusion::sql::sqlparser::ast::FunctionArgumentList {
            duplicate_treatment: None,
            args: Vec::new(),
            clauses: Vec::new(),
        }),
        filter: None,
        null_treatment: None,
        over: None,
        within_group: Vec::new(),
    };
    cast(Expr::Function(function), DataType::Timestamp(None, TimezoneInfo::None))
}

fn cast(expr: Expr, data_type: DataType) -> Expr {
    Expr::Cast { kind: CastKind::Cast, expr: Box::new(expr), data_type, array: false, format: None }
}

fn text(value: String) -> Expr {
    Expr::Value(Value::SingleQuotedString(value).into())
}

fn rename(function: &mut Function, name: &str) {
    let span = function.name.0.first().and_then(|part| part.as_ident()).map_or(Span::empty(), |ident| ident.span);
    let mut ident = Ident::new(name);
    ident.span = span;
    function.name = ObjectName::from(vec![ident]);
}

/// The arguments of a function; none of one that is called without parentheses.
fn arguments(function: &mut Function) -> &mut [FunctionArg] {
    match &mut function.args {
        FunctionArguments::List(list) => &mut list.args,
        _ => &mut [],
    }
}

fn refuse(what: &str, remedy: &str) -> ControlFlow<Box<Error>> {
    ControlFlow::Break(Box::new(Error::statement(format!("{what} is not understood"), remedy)))
}
