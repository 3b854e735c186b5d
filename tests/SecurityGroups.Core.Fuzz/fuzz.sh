#!/usr/bin/env bash
# Coverage-guided fuzzing of one target: AFL++ with the library and the tool instrumented by SharpFuzz.
#   fuzz.sh TARGET MINUTES [OUTPUT]   fuzzes; what is in Corpus/TARGET is where it begins; OUTPUT keeps queue and crashes
#   fuzz.sh --all MINUTES [OUTPUT]    fuzzes every target in turn
#   fuzz.sh --prepare                 only installs and instruments
# MINUTES may be a fraction. AFL_CORE=N pins afl-fuzz to a processor. Ends with 1 if an input broke a promise, with 77 if AFL++ cannot be had.
set -euo pipefail
cd "$(dirname "$0")"

build=${FUZZ_BUILD:-$PWD/bin/instrumented}
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
# The processors belong to others too, and .NET handles its own signals.
export AFL_SKIP_BIN_CHECK=1 AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_UI=1 AFL_FORKSRV_INIT_TMOUT=600000
# Longest time for one input, in milliseconds. The first one compiles everything, and at low priority on a busy machine that takes long.
limit=60000

install_afl() {
  command -v afl-fuzz >/dev/null && return
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "fuzz.sh: AFL++ is missing; install afl++, or run this as root on Debian or Ubuntu." >&2
    exit 77
  fi
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends afl++; } >/dev/null 2>&1 || { echo "fuzz.sh: AFL++ cannot be installed here." >&2; exit 77; }
}

# Publishes once for a state of the sources: instrumenting takes place in copies.
prepare() {
  install_afl
  local assembly sources
  sources=$(find ../../src ../SecurityGroups.Core.Tests ../SecurityGroups.Cli.Tests . ../../Directory.Packages.props \( -name bin -o -name obj \) -prune -o \
    \( -name '*.cs' -o -name '*.csproj' -o -name '*.props' \) -print0 | sort -z | xargs -0 sha256sum | sha256sum)
  [ "$(cat "$build/sources" 2>/dev/null)" != "$sources" ] || return 0
  rm -rf "$build"
  dotnet publish -c Release -o "$build" --nologo -v q -p:RunAnalyzers=false -p:UseAppHost=false >&2
  [ -x "$build/tool/sharpfuzz" ] || dotnet tool install --tool-path "$build/tool" --version 2.3.0 SharpFuzz.CommandLine >&2
  for assembly in SecurityGroups.Core.dll secgroups.dll; do
    DOTNET_ROLL_FORWARD=Major "$build/tool/sharpfuzz" "$build/$assembly"
  done
  echo "$sources" >"$build/sources"
}

fuzz() {
  local target=$1 seconds output=${3:-$PWD/bin/findings/$1}
  seconds=$(awk -v minutes="$2" 'BEGIN { print int(minutes * 60) }')
  mkdir -p "$output"
  local from="Corpus/$target"
  [ ! -d "$output/default/queue" ] || from=-
  # Time enough to start on a busy machine.
  timeout --signal=INT $((seconds + 900)) ${AFL_CORE:+taskset -c "$AFL_CORE"} nice -n 19 \
    afl-fuzz -i "$from" -o "$output" -V "$seconds" -t "$limit" -m none -- dotnet "$build/SecurityGroups.Core.Fuzz.dll" "$target" --afl >"$output/log" 2>&1 || {
      tail -n 30 "$output/log" >&2
      return 1
    }
  report "$target" "$output/default"
}

# Executions, how long, inputs kept, edges, what was found.
report() {
  awk -F ' *: *' -v target="$1" '
    { v[$1] = $2 }
    END {
      printf "%s: %d executions in %.2f h (%.0f a second), %d inputs kept, %d edges, stability %s, %d crashes, %d hangs\n", target,
        v["execs_done"], v["run_time"] / 3600, v["execs_done"] / (v["run_time"] ? v["run_time"] : 1), v["corpus_count"], v["edges_found"], v["stability"],
        v["saved_crashes"], v["saved_hangs"]
      if (v["edges_found"] < 100) { print "too few edges: nothing guided this" > "/dev/stderr"; exit 1 }
    }' "$2/fuzzer_stats" || return 1
  local crashes; crashes=$(find "$2/crashes" -name 'id*' 2>/dev/null | sort)
  [ -z "$crashes" ] || { echo "$crashes"; return 1; }
}

fuzz_all() {
  local target failed=0
  for target in $(dotnet "$build/SecurityGroups.Core.Fuzz.dll" --list); do
    fuzz "$target" "$1" "${2:-$PWD/bin/findings}/$target" || failed=1
  done
  return $failed
}

case "$#-${1:-}" in
  1---prepare) prepare ;;
  [23]---all) prepare; fuzz_all "${@:2}" ;;
  [23]-[!-]*) prepare; fuzz "$@" ;;
  *) sed -n '2,6p' "$0"; exit 2 ;;
esac
