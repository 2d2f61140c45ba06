#!/usr/bin/env bash
# Fuzzes every reader: run.sh [SECONDS for each target, 600 by default]. Needs `cargo install cargo-fuzz --locked`.
set -euo pipefail
cd "$(dirname "$0")"
# The stable compiler builds it: only the instrumentation is behind its nightly options.
export RUSTC_BOOTSTRAP=1
for target in file counts; do
  # New inputs go to a folder of their own; those that broke something to artifacts/.
  mkdir -p "target/corpus/$target"
  cargo fuzz run --fuzz-dir . "$target" "target/corpus/$target" "corpus/$target" -- \
    -max_total_time="${1:-600}" -max_len=65536 -timeout=5 -rss_limit_mb=2048 -dict=tables.dict
done
