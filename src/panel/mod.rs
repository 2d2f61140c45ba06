//! One cleaned, aligned table of locations × days, from any publisher's own files.
