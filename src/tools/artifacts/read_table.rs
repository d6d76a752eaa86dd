//! `read_table`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::csv::{Records, delimiter};
use super::document;
use super::file::{beginning, is_text, stream};
use super::lines::{Line, Splitter, Unit};
use super::place::Place;
use super::source;
use super::table::{Cell, Table};
use crate::mlflow::artifacts::Stream;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Kind, Tool, ToolError};

/// Read rows of a table, with the columns you choose: CSV, TSV, or JSON as mlflow.log_table writes it.
///
/// Of a run, a logged model or a model version. Cells of CSV are text as it is written there. Rows are counted through
/// the whole file.
#[derive(Deserialize, JsonSchema)]
pub struct ReadTable {
    /// A run id, a logged model id (m-...), models:/NAME/VERSION or models:/NAME@ALIAS.
    #[schemars(length(min = 1))]
    source: String,
    /// The file, from the source's root; list_artifacts lists them.
    #[schemars(length(min = 1))]
    path: String,
    /// The columns, in the order wanted; all if left out.
    #[serde(default)]
    columns: Vec<String>,
    /// How many rows are left out first.
    #[serde(default)]
    offset: u64,
    /// How many rows at most.
    #[serde(default = "fifty")]
    #[schemars(range(min = 1, max = 1_000))]
    limit: usize,
}

fn fifty() -> usize {
    50
}

/// A part of a table.
#[derive(Serialize, JsonSchema)]
pub struct Rows {
    /// The columns of `result`.
    pub columns: Vec<String>,
    /// Rows: cells in the order of `columns`.
    pub result: Vec<Vec<Cell>>,
    /// All columns of the table.
    pub all_columns: Vec<String>,
    /// How many rows were read: all of the table, unless `note` says otherwise.
    pub total_rows: u64,
    /// The logged model that owns the file (MLflow 3).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_id: Option<String>,
    /// The page in MLflow of the run whose file it is, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Whether the table has rows before or behind those that are shown.
    pub truncated: bool,
    /// To go on, call again with this as `offset`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_offset: Option<u64>,
    /// What to know about this table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Tool for ReadTable {
    const SPEC: Spec = Spec {
        name: "read_table",
        title: "Read rows of a table",
        toolset: Toolset::Analysis,
        effect: Effect::Read,
        progress: true,
    };

    type Output = Rows;

    async fn call(self, cx: &Context<'_>) -> Result<Rows, Failure> {
        let mut place = source::place(cx, &self.source, &self.path).await?;
        let mut table = Table::new(self.columns, self.offset, self.limit, cx.budget);
        let whole = if place.name().ends_with(".json") {
            let (document, _) = document::read(cx, &mut place).await?;
            of_json(document, &mut table)?;
            true
        } else {
            of_csv(cx, &mut place, &mut table).await?
        };
        if table.seen < self.offset && whole {
            let message =
                format!("argument \"offset\" is {}, but the table has {} rows", self.offset, table.seen);
            return Err(ToolError::argument(message).into());
        }
        let mut notes = Vec::new();
        if !whole {
            notes.push(format!("Only {} rows were read, since a call may not take longer.", table.seen));
        }
        if table.too_long > 0 {
            notes.push(format!("{} rows have more cells than there are columns.", table.too_long));
        }
        let behind = self.offset + table.rows.len() as u64;
        Ok(Rows {
            columns: table.shown().into_iter().cloned().collect(),
            total_rows: table.seen,
            model_id: place.model_id(),
            url: place.page(cx),
            truncated: self.offset > 0 || behind < table.seen || !whole,
            next_offset: (behind < table.seen).then_some(behind),
            note: (!notes.is_empty()).then(|| notes.join(" ")),
            result: table.rows,
            all_columns: table.columns,
        })
    }
}

/// The table that a JSON file is: columns and data, as mlflow.log_table and pandas (orient="split") write it, or a list of
/// objects.
fn of_json(document: Value, table: &mut Table) -> Result<(), ToolError> {
    match document {
        Value::Object(mut members) => {
            let (columns, data) = (members.remove("columns"), members.remove("data"));
            let (Some(Value::Array(columns)), Some(Value::Array(data))) = (columns, data) else {
                return Err(no_table("it has no \"columns\" and \"data\""));
            };
            table.columns(columns.iter().map(text).collect())?;
            for row in data {
                match row {
                    Value::Array(cells) => table.row(cells),
                    other => table.row(vec![other]),
                }
            }
            Ok(())
        }
        Value::Array(rows) if rows.iter().all(Value::is_object) && !rows.is_empty() => {
            let mut columns: Vec<String> = Vec::new();
            for name in rows.iter().filter_map(Value::as_object).flat_map(Map::keys) {
                if !columns.contains(name) {
                    columns.push(name.clone());
                }
            }
            table.columns(columns)?;
            for row in rows {
                let cells =
                    table.columns.iter().map(|name| row.get(name).cloned().unwrap_or_default()).collect();
                table.row(cells);
            }
            Ok(())
        }
        _ => Err(no_table("it is no list of objects")),
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn no_table(why: &str) -> ToolError {
    ToolError::new(Kind::Argument, format!("the file is no table: {why}"), "read_artifact shows what it is.")
}

/// What becomes a table, line by line.
struct Reading<'t> {
    table: &'t mut Table,
    unit: Unit,
    records: Option<Records>,
    /// The line that is not over yet.
    number: u64,
    failed: Option<ToolError>,
}

/// Reads the rows of a CSV file as they come; whether the end was reached in time.
async fn of_csv(cx: &Context<'_>, place: &mut Place, table: &mut Table) -> Result<bool, Failure> {
    let end = cx.end();
    let mut stream = stream(cx, place, 0).await?;
    let mut piece = beginning(&mut stream).await?;
    if !is_text(&piece) {
        let parquet = piece.starts_with(b"PAR1");
        return Err(no_table(if parquet { "Parquet is not read" } else { "it is no text" }).into());
    }
    let unit = Unit::of(&piece);
    let mut splitter = Splitter::new(unit, 0, 1, 0);
    let mut reading = Reading { table, unit, records: None, number: 1, failed: None };
    loop {
        splitter.push(&piece, &mut |line| reading.take(&line));
        if let Some(error) = reading.failed.take() {
            return Err(error.into());
        }
        say(cx, &stream, splitter.position().0, reading.table.seen);
        if cx.clock.now() >= end {
            return Ok(false);
        }
        match stream.next().await? {
            Some(next) => piece = next,
            None => break,
        }
    }
    splitter.finish(&mut |line| reading.take(&line));
    reading.finish()?;
    Ok(true)
}

impl Reading<'_> {
    fn take(&mut self, line: &Line<'_>) {
        if self.failed.is_none() {
            self.failed = self.line(line).err();
        }
    }

    fn line(&mut self, line: &Line<'_>) -> Result<(), ToolError> {
        // A long line comes in parts that have its number.
        if line.number != self.number {
            self.number = line.number;
            let record = self.records.as_mut().and_then(Records::end_line);
            self.record(record)?;
        }
        let text = self.unit.decode(line.bytes);
        let records = self.records.get_or_insert_with(|| Records::new(delimiter(&text)));
        records.take(&text).map_err(|why| no_table(&why))
    }

    fn record(&mut self, record: Option<Vec<String>>) -> Result<(), ToolError> {
        match record {
            None => Ok(()),
            Some(names) if self.table.columns.is_empty() => self.table.columns(names),
            Some(cells) => {
                self.table.row(cells.into_iter().map(Value::String).collect());
                Ok(())
            }
        }
    }

    fn finish(mut self) -> Result<(), ToolError> {
        let record = self.records.as_mut().and_then(Records::end);
        self.record(record)?;
        self.failed.map_or(Ok(()), Err)
    }
}

#[expect(clippy::cast_precision_loss, reason = "sizes of files are far below 2^53")]
fn say(cx: &Context<'_>, stream: &Stream<'_>, read: u64, rows: u64) {
    cx.progress.report(read as f64, stream.total().map(|total| total as f64), &format!("{rows} rows read"));
}
