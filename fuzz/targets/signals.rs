#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| countycast_signals::readers::signals(bytes));
