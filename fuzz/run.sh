#!/usr/bin/env bash
# Fuzzes each reader for SECONDS (600 unless told), starting from the committed inputs: run.sh [SECONDS] [TARGET…]
# Needs `cargo install cargo-fuzz --locked` and a C++ compiler. What it finds is kept below target/fuzz.
set -euo pipefail
cd "$(dirname "$0")"
seconds=${1:-600}
targets=("${@:2}")
((${#targets[@]})) || mapfile -t targets < <(ls corpus)
export RUSTC_BOOTSTRAP=1 RAYON_NUM_THREADS=1
export TMPDIR=${TMPDIR:-/dev/shm}
out=$PWD/../target/fuzz

failed=()
for target in "${targets[@]}"; do
  mkdir -p "$out/corpus/$target" "$out/found/$target"
  # Of 64 KiB at most, a file takes far less than 2 s and, also if it unpacks to a thousand times as much, than 1 GiB.
  cargo fuzz run --fuzz-dir . --sanitizer none --target-dir "$out" "$target" "$out/corpus/$target" "corpus/$target" -- \
    -max_total_time="$seconds" -max_len=65536 -timeout=2 -rss_limit_mb=1024 -print_final_stats=1 \
    -dict="words.dict" -artifact_prefix="$out/found/$target/" || failed+=("$target")
done
if ((${#failed[@]})); then
  echo "inputs that stopped ${failed[*]}: $out/found" >&2
  exit 1
fi
