//! Every statement of `docs/warehouse.md`, `docs/care.md` and `docs/lake.md` is run, and finds rows.

use std::path::Path;

use crate::{errors, lake, sql, told};

#[test]
fn documented_statements_find_rows() {
    let text = |name: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name);
        std::fs::read_to_string(path).unwrap()
    };
    let [warehouse, care, questions] = ["warehouse.md", "care.md", "lake.md"].map(text);
    // Other statements of the lake are in the words of DuckDB.
    let questions = questions.split("## Questions\n").nth(1).unwrap().split("\n## ").next().unwrap();
    let blocks = |text: &str| -> Vec<String> {
        text.split("```sql\n").skip(1).map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
    };
    let (of_warehouse, of_lake) = (blocks(&(warehouse + &care)), blocks(questions));
    assert!(of_warehouse.len() >= 7 && of_lake.len() >= 10, "{} and {}", of_warehouse.len(), of_lake.len());
    assert!(of_warehouse.iter().all(|block| block.starts_with("-- ")), "the first line says which folder is meant");
    for block in of_warehouse.iter().chain(&of_lake) {
        let name = if block.starts_with("-- out") { "out" } else { "lake" };
        let mut command = sql(&lake(name));
        command.args(["--format", "csv"]);
        let output = told(command, block);
        assert!(output.status.success(), "{block}: {}", errors(&output));
        let rows = String::from_utf8(output.stdout).unwrap();
        assert!(rows.lines().count() > 1, "{block}\n{rows}");
    }
}
