//! Options of COPY and UNLOAD, by Redshift's words.

use datafusion::sql::sqlparser::ast::{CopyLegacyCsvOption as Csv, CopyLegacyOption as Word};

use crate::error::Error;

/// How files are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// Fields between delimiters, without quotes.
    Text,
    /// Fields between delimiters, in quotes where they need them.
    Csv,
    /// Parquet.
    Parquet,
}

/// What the words ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Options {
    pub(super) format: Format,
    pub(super) gzip: bool,
    pub(super) delimiter: u8,
    pub(super) quote: u8,
    /// Lines that are passed over.
    pub(super) skip: u64,
    /// The text that stands for a null.
    pub(super) null: Option<String>,
    /// Whether empty texts are nulls.
    pub(super) empty_as_null: bool,
    /// Whether texts of blanks alone are nulls.
    pub(super) blank_as_null: bool,
    pub(super) header: bool,
    pub(super) overwrite: bool,
    /// Whether the file's name has a number of a part.
    pub(super) parallel: bool,
    pub(super) extension: Option<String>,
}

/// Reads the options of a COPY, or of an UNLOAD.
pub(super) fn read(words: &[Word], unload: bool) -> Result<Options, Error> {
    let verb = if unload { "UNLOAD" } else { "COPY" };
    let mut options = Options {
        format: Format::Text,
        gzip: false,
        delimiter: 0,
        quote: b'"',
        skip: 0,
        null: None,
        empty_as_null: false,
        blank_as_null: false,
        header: false,
        overwrite: false,
        parallel: true,
        extension: None,
    };
    for word in words {
        match word {
            // Roles and regions are those of the program's environment; how a table is stored is no question here.
            Word::IamRole(_) | Word::Region(_) | Word::CompUpdate { .. } | Word::StatUpdate(_) => {}
            Word::Csv(details) => {
                options.format = Format::Csv;
                for detail in details {
                    match detail {
                        Csv::Quote(quote) => options.quote = ascii(*quote, "QUOTE")?,
                        Csv::Header if unload => options.header = true,
                        other => return Err(unknown(verb, &other.to_string())),
                    }
                }
            }
            Word::Parquet => options.format = Format::Parquet,
            Word::Gzip => options.gzip = true,
            Word::Delimiter(delimiter) => options.delimiter = ascii(*delimiter, "DELIMITER")?,
            Word::Null(text) => options.null = Some(text.clone()),
            Word::IgnoreHeader(lines) if !unload => options.skip = *lines,
            Word::EmptyAsNull if !unload => options.empty_as_null = true,
            Word::BlankAsNull if !unload => options.blank_as_null = true,
            Word::DateFormat(format) if !unload && is_iso(format.as_ref(), &["YYYY-MM-DD"]) => {}
            Word::TimeFormat(format)
                if !unload && is_iso(format.as_ref(), &["YYYY-MM-DD HH:MI:SS", "YYYY-MM-DD HH24:MI:SS"]) => {}
            Word::Header if unload => options.header = true,
            Word::AllowOverwrite if unload => options.overwrite = true,
            Word::Parallel(on) if unload => options.parallel = on.unwrap_or(true),
            Word::Extension(extension) if unload => options.extension = Some(extension.clone()),
            Word::Credentials(_) => {
                return Err(Error::statement(
                    format!("{verb} takes no keys: they would be seen in lists of statements"),
                    "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY where the program is started; IAM_ROLE is read and not used",
                ));
            }
            other => return Err(unknown(verb, &other.to_string())),
        }
    }
    if options.format == Format::Parquet
        && (options.gzip || options.header || options.skip > 0 || options.delimiter != 0)
    {
        return Err(Error::statement(
            format!("{verb} of PARQUET takes no GZIP, HEADER, IGNOREHEADER or DELIMITER"),
            "leave them out: Parquet compresses and names its columns itself",
        ));
    }
    if options.delimiter == 0 {
        options.delimiter = if options.format == Format::Csv { b',' } else { b'|' };
    }
    if options.extension.as_ref().is_some_and(|text| !text.chars().all(|c| c.is_ascii_alphanumeric() || c == '.')) {
        return Err(Error::statement("EXTENSION has letters, digits and points alone", "EXTENSION 'csv'"));
    }
    Ok(options)
}

fn is_iso(format: Option<&String>, known: &[&str]) -> bool {
    format.is_none_or(|format| {
        format.eq_ignore_ascii_case("auto") || known.iter().any(|known| format.eq_ignore_ascii_case(known))
    })
}

fn ascii(c: char, what: &str) -> Result<u8, Error> {
    u8::try_from(c).ok().filter(|byte| byte.is_ascii() && !matches!(byte, 0 | b'\n' | b'\r')).ok_or_else(|| {
        Error::statement(
            format!("{what} is {c:?}, which cannot tell fields apart"),
            "give a comma, a bar or a tab: ',' '|' '\\t'",
        )
    })
}

fn unknown(verb: &str, word: &str) -> Error {
    let word: String = word.chars().take(40).collect();
    let known = if verb == "COPY" {
        "CSV QUOTE DELIMITER IGNOREHEADER GZIP PARQUET NULL EMPTYASNULL BLANKSASNULL and dates in ISO form are known"
    } else {
        "CSV PARQUET DELIMITER HEADER GZIP NULL ALLOWOVERWRITE PARALLEL and EXTENSION are known"
    };
    Error::statement(format!("{verb} with {word} is not offered"), known)
}

#[cfg(test)]
mod tests {
    use datafusion::sql::parser::Statement;
    use datafusion::sql::sqlparser::ast::Statement as Sql;

    use super::*;
    use crate::statement::parse_one;

    fn of(sql: &str) -> Result<Options, String> {
        let read_statement = parse_one(sql).map_err(|error| error.to_string())?;
        let Statement::Statement(parsed) = read_statement else { panic!("{sql}") };
        match *parsed {
            Sql::Copy { legacy_options, .. } => read(&legacy_options, false),
            Sql::Unload { options, .. } => read(&options, true),
            _ => panic!("{sql}"),
        }
        .map_err(|error| error.to_string())
    }

    #[test]
    fn words_are_read_in_any_order() {
        let csv = of("copy t from 's3://data/x' iam_role 'arn' csv ignoreheader 1 region 'us-east-1'").unwrap();
        assert_eq!((csv.format, csv.skip, csv.delimiter), (Format::Csv, 1, b','));
        let tab =
            of("copy t (a, b) from 's3://data/x' iam_role default gzip delimiter '\\t' ignoreheader as 2 null as 'NA'")
                .unwrap();
        assert_eq!((tab.format, tab.skip, tab.delimiter, tab.gzip), (Format::Text, 2, b'\t', true));
        assert_eq!(tab.null.as_deref(), Some("NA"));
        assert_eq!(of("copy t from 's3://data/x' iam_role 'arn' format as parquet").unwrap().format, Format::Parquet);
        let out = of(
            "unload ('select 1') to 's3://data/x' iam_role 'arn' format as csv header allowoverwrite gzip parallel off",
        )
        .unwrap();
        assert!(out.header && out.overwrite && out.gzip && !out.parallel && out.format == Format::Csv);
    }

    #[test]
    fn what_is_not_offered_is_named() {
        for (sql, word) in [
            ("copy t from 's3://data/x' iam_role 'arn' json 'auto'", "JSON"),
            ("copy t from 's3://data/x' iam_role 'arn' csv zstd", "ZSTD"),
            ("copy t from 's3://data/x' credentials 'aws_access_key_id=a;aws_secret_access_key=b'", "takes no keys"),
            ("copy t from 's3://data/x' iam_role 'arn' manifest", "MANIFEST"),
            ("copy t from 's3://data/x' iam_role 'arn' delimiter '§'", "found delimiter"),
            ("copy t from 's3://data/x' iam_role 'arn' delimiter '\\n'", "cannot tell fields apart"),
            ("copy t from 's3://data/x' iam_role 'arn' parquet gzip", "takes no GZIP"),
            ("copy t from 's3://data/x' iam_role 'arn' dateformat 'MM/DD/YYYY'", "DATEFORMAT"),
            ("unload ('select 1') to 's3://data/x' iam_role 'arn' cleanpath", "CLEANPATH"),
            ("unload ('select 1') to 's3://data/x' iam_role 'arn' extension '../x'", "EXTENSION"),
        ] {
            let message = of(sql).unwrap_err();
            assert!(message.contains(word), "{sql}: {message}");
            assert!(!message.contains("secret"), "{message}");
        }
    }
}
