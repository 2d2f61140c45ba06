//! Vintages in a lake: whole, ordered, and one fetch at a time.

use std::fs;

use countycast_fetch::FetchError;

use crate::server::{Reply, Server};
use crate::setup::{Setup, TABLE, content, source};

fn counting() -> Server {
    Server::new(|number, _| Reply::new(200, format!("week,value\n2026-01-10,{number}\n").as_bytes()))
}

#[test]
fn vintages_within_a_second_are_ordered_and_a_clock_that_lags_is_told() {
    let (server, setup) = (counting(), Setup::new());
    let source = source(&server, "/", "");
    let folders: Vec<String> = (0..3).map(|_| setup.fetch_new(&source)).collect();
    assert_eq!(
        folders,
        ["fetched_at=2026-01-14T23-00-00Z", "fetched_at=2026-01-14T23-00-01Z", "fetched_at=2026-01-14T23-00-02Z"]
    );
    setup.clock.later(-48);
    assert!(setup.refused(&source).contains("set the clock"));
    assert_eq!(setup.vintages().len(), 3);
}

#[test]
fn while_one_fetches_another_is_told_to_wait() {
    let (server, setup) = (counting(), Setup::new());
    let source = source(&server, "/", "");
    setup.fetch_new(&source);
    let lock = fs::File::options().append(true).open(setup.lake.raw("table").join(".lock")).unwrap();
    lock.try_lock().unwrap();
    assert!(matches!(setup.fetch(&source), Err(FetchError::Busy)));
    drop(lock);
    setup.fetch_new(&source);
}

#[test]
fn two_fetches_at_once_leave_whole_vintages() {
    let server = Server::new(|_, asked| Reply::file(asked, TABLE.as_bytes(), "\"one\""));
    let setup = Setup::new();
    let (lake, limits) = (setup.lake.clone(), setup.limits);
    let table = source(&server, "/", "");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let mut own = Setup::new();
                (own.lake, own.limits) = (lake.clone(), limits);
                for _ in 0..20 {
                    match own.fetch(&table) {
                        Ok(_) | Err(FetchError::Busy) => {}
                        Err(error) => panic!("{error}"),
                    }
                }
            });
        }
    });
    let vintages = setup.vintages();
    assert_eq!((vintages.len(), content(&vintages[0]).as_str()), (1, TABLE));
}

#[test]
fn what_a_kill_left_at_any_moment_is_no_vintage_and_does_no_harm() {
    let (server, setup) = (counting(), Setup::new());
    let source = source(&server, "/", "");
    setup.fetch_new(&source);
    let raw = setup.lake.raw("table");
    // While the vintage was written; before and while the check was noted.
    fs::create_dir_all(raw.join(".partial/vintage")).unwrap();
    fs::write(raw.join(".partial/vintage/table.csv.gz"), "half").unwrap();
    fs::write(raw.join(".partial/transfer.json"), "{").unwrap();
    fs::write(raw.join(".partial/content"), "half").unwrap();
    fs::write(raw.join("_last_check.json.new"), "{").unwrap();
    fs::remove_file(raw.join("_last_check.json")).unwrap();
    assert_eq!(setup.vintages().len(), 1);
    setup.clock.later(1);
    setup.fetch_new(&source);
    assert_eq!(content(&setup.vintages()[1]), "week,value\n2026-01-10,1\n");
    assert!(setup.left_over().is_empty(), "{:?}", setup.left_over());
}

#[test]
fn a_damaged_vintage_is_named_and_nothing_is_added_to_it() {
    let (server, setup) = (counting(), Setup::new());
    let source = source(&server, "/", "");
    let folder = setup.lake.raw("table").join(setup.fetch_new(&source));
    let manifest = folder.join("_manifest.json");
    let good = fs::read_to_string(&manifest).unwrap();
    for bad in ["{", &good.replace("table.csv.gz", "../table.csv.gz"), &good.replace("table.csv.gz", "other.csv.gz")] {
        fs::write(&manifest, bad).unwrap();
        let message = setup.refused(&source);
        assert!(message.contains("_manifest.json"), "{message}");
    }
    fs::write(&manifest, good).unwrap();
    setup.clock.later(1);
    setup.fetch_new(&source);
}

#[test]
fn a_lake_that_cannot_be_written_is_told() {
    let (server, setup) = (counting(), Setup::new());
    let table = source(&server, "/", "");
    fs::write(setup.lake.root(), "a file").unwrap();
    let error = setup.fetch(&table).unwrap_err();
    assert!(matches!(error, FetchError::Disk { .. }) && error.to_string().contains("lake"), "{error}");
    assert!(error.remedy().contains("permissions"));
    assert!(setup.folder().join("lake").is_file());
}
