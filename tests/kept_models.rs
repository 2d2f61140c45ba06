//! A run on the same data does not train again, and gives the same bytes.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod common;

use std::fs;

use common::{demo, manifest, succeed, text};

#[test]
fn a_folder_that_takes_no_models_is_told_before_they_are_trained() {
    let folder = common::scratch();
    let file = folder.path().join("file");
    fs::write(&file, "no folder").unwrap();
    let mut command = common::program(&["project", "--engines", "flat,seir", "--state", "IA", "--data"]);
    command.arg(demo()).arg("--models").arg(file.join("models")).arg("--out").arg(folder.path().join("out"));
    let output = succeed(command);
    let (told, problem) = (text(&output.stderr), "cannot be written");
    let at = |text: &str| told.find(text).unwrap_or_else(|| panic!("no {text} in {told}"));
    assert!(at(problem) < at("train"), "before training: {told}");
    let notices = manifest(&folder.path().join("out"))["notices"].to_string();
    assert!(notices.contains(problem), "{notices}");
}

#[test]
fn a_second_run_on_the_same_data_takes_the_models_of_the_first() {
    let folder = common::scratch();
    let models = folder.path().join("models");
    let run = |out: &str, places: &str, more: &[&str]| {
        let mut command = common::program(&["project", "--engines", "flat,learner,seir", "--data"]);
        command.arg(demo()).args(["--state", places, "--out"]).arg(folder.path().join(out)).args(more);
        text(&succeed(command).stdout)
    };
    let kept = ["--models", models.to_str().unwrap()];
    let reused = |out: &str| {
        let run = manifest(&folder.path().join(out));
        let models = run["models"].as_array().unwrap().clone();
        models.iter().map(|model| model["reused"].as_bool().unwrap()).collect::<Vec<_>>()
    };
    let bytes = |out: &str| fs::read(folder.path().join(out).join("projections.parquet")).unwrap();

    run("first", "IA", &kept);
    assert_eq!(reused("first"), [false, false]);
    let printed = run("second", "IA", &kept);
    assert!(printed.contains("models trained by an earlier run on the same data: learner, seir"), "{printed}");
    assert_eq!(reused("second"), [true, true]);
    run("trained", "IA", &["--retrain"]);
    assert_eq!(reused("trained"), [false, false]);
    assert!(bytes("first") == bytes("second") && bytes("first") == bytes("trained"), "the same models");

    run("other", "NE", &kept);
    assert_eq!(reused("other"), [true, true], "of other places");
    run("day", "IA", &[&kept[..], &["--as-of", "2020-10-17"]].concat());
    assert_eq!(reused("day"), [false, false], "another day has other data");
    // A damaged model is made again.
    for model in fs::read_dir(&models).unwrap() {
        fs::write(model.unwrap().path(), "no model").unwrap();
    }
    run("damaged", "IA", &kept);
    assert_eq!(reused("damaged"), [false, false]);
    assert!(bytes("damaged") == bytes("first"));
}
