//! Every statement of `docs/warehouse.md` and `docs/care.md` is run, and finds rows.

use std::path::Path;

use crate::{errors, lake, sql, told};

#[test]
fn documented_statements_find_rows() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    let text = ["warehouse.md", "care.md"].map(|page| std::fs::read_to_string(folder.join(page)).unwrap()).concat();
    let blocks: Vec<&str> = text.split("```sql\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(blocks.len() >= 10, "{} statements", blocks.len());
    for block in blocks {
        // The first line says which lake is meant.
        let name = if block.starts_with("-- archive") { "archive" } else { "out" };
        assert!(block.starts_with("-- "), "{block}");
        let mut command = sql(&lake(name));
        command.args(["--format", "csv"]);
        let output = told(command, block);
        assert!(output.status.success(), "{block}: {}", errors(&output));
        let rows = String::from_utf8(output.stdout).unwrap();
        assert!(rows.lines().count() > 1, "{block}\n{rows}");
    }
}
