//! Rows of a table: those that are asked for, with the columns that are asked for.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::tool::budget::size;
use crate::tool::nearest::suggestion;
use crate::tool::{Budget, Kind, ToolError};

/// A cell: text from CSV, as it is written there; anything from JSON; nothing where a row is too short.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell(pub(super) Value);

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl JsonSchema for Cell {
    fn schema_name() -> Cow<'static, str> {
        "Cell".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": ["string", "number", "boolean", "object", "array", "null"], "x-nullable": true})
    }
}

/// What is read of a table, row by row.
pub(super) struct Table {
    wanted: Vec<String>,
    /// All columns.
    pub(super) columns: Vec<String>,
    /// Which of them are shown, by index.
    chosen: Vec<usize>,
    skip: u64,
    limit: usize,
    left: Budget,
    pub(super) rows: Vec<Vec<Cell>>,
    /// Rows that were seen, shown or not.
    pub(super) seen: u64,
    /// Rows with more cells than there are columns.
    pub(super) too_long: u64,
    full: bool,
}

impl Table {
    pub(super) fn new(wanted: Vec<String>, skip: u64, limit: usize, budget: Budget) -> Self {
        Self {
            wanted,
            columns: Vec::new(),
            chosen: Vec::new(),
            skip,
            limit,
            left: budget,
            rows: Vec::new(),
            seen: 0,
            too_long: 0,
            full: false,
        }
    }

    /// Says what the columns are.
    ///
    /// # Errors
    /// One that was asked for is not among them.
    pub(super) fn columns(&mut self, columns: Vec<String>) -> Result<(), ToolError> {
        self.columns = columns;
        for name in &self.wanted {
            let found = self.columns.iter().position(|column| column == name).ok_or_else(|| {
                let names = self.columns.iter().map(String::as_str);
                let hint = suggestion(name, "The table has", names);
                ToolError::new(
                    Kind::Argument,
                    format!("argument \"columns\": there is no column {name:?}"),
                    hint,
                )
            })?;
            self.chosen.push(found);
        }
        if self.chosen.is_empty() {
            self.chosen = (0..self.columns.len()).collect();
        }
        let names: Vec<&String> = self.shown();
        self.left = self.left.minus(size(&self.columns) + size(&names));
        Ok(())
    }

    /// The columns that are shown.
    pub(super) fn shown(&self) -> Vec<&String> {
        self.chosen.iter().filter_map(|index| self.columns.get(*index)).collect()
    }

    /// Looks at the next row.
    pub(super) fn row(&mut self, mut cells: Vec<Value>) {
        self.seen += 1;
        self.too_long += u64::from(cells.len() > self.columns.len());
        self.full |= self.rows.len() >= self.limit;
        if self.seen <= self.skip || self.full {
            return;
        }
        let mut cell = |index: &usize| Cell(cells.get_mut(*index).map(Value::take).unwrap_or_default());
        let row: Vec<Cell> = self.chosen.iter().map(&mut cell).collect();
        let characters = size(&row) + 1;
        // One row is always shown, so that who goes on gets on; a cell of it may be cut.
        if characters <= self.left.characters() {
            self.left = self.left.minus(characters);
            self.rows.push(row);
        } else {
            if self.rows.is_empty() {
                self.rows.push(
                    row.into_iter().map(|cell| cell.within(self.left.share(self.chosen.len()))).collect(),
                );
            }
            self.full = true;
        }
    }
}

impl Cell {
    /// The cell, or as much of it as text as fits.
    fn within(self, budget: Budget) -> Self {
        if size(&self) <= budget.characters() {
            return self;
        }
        let text = self.0.as_str().map_or_else(|| self.0.to_string(), str::to_owned);
        // A character takes six at most in JSON.
        let kept: String = text.chars().take(budget.characters().saturating_sub(60) / 6).collect();
        Self(Value::String(format!("{kept}... ({} characters)", text.chars().count())))
    }
}
