#!/usr/bin/env bash
# The race against DPDK: compare.sh [ROUNDS] [PATTERN]. Both sides in turn on one core, works of two threads on all, ROUNDS times (5); works whose
# name matches PATTERN (all; e.g. 'match.*v4', 'table', 'packet'). Prints one table of medians, spreads and ratios, and keeps it with machine and
# command in results/. A round of all takes ten to twenty minutes; nothing else should run. Ends with 77 where DPDK cannot be had.
source "$(dirname "$0")/common.sh"
rounds=${1:-5}
pattern=${2:-.}
work=../artifacts/race
sets='cloud_100.v4 acl1_1k.v4 fw1_1k.v4 ipc1_1k.v4 acl1_10k.v4 fw1_10k.v4 ipc1_10k.v4 acl1_100k.v4 fw1_100k.v4 ipc1_100k.v4
  acl1_10k.v6 fw1_10k.v6 ipc1_10k.v6'
entries='65536 1000000 8000000'
connections='1000 100000 1000000 8000000'

build() {
  local peer
  mkdir -p "$work"
  for peer in acl_race hash_race; do
    # shellcheck disable=SC2046 # a list of options
    cc -O3 -march=native -o "$work/$peer" "peers/$peer.c" $(pkg-config --cflags --libs libdpdk)
  done
  dotnet build -c Release -v q SecurityGroups.Core.Benchmarks
}

works() {
  local word
  for word in $sets; do echo "match $word"; done
  for word in $entries; do echo "table v4 $word"; echo "table v6 $word"; done
  for word in $connections; do echo "packet $word"; done
  for word in $connections; do echo "datagrams $word"; done
  for word in 65536 1000000; do echo "open $word"; done
  for word in cloud_100.v4 acl1_10k.v4 acl1_100k.v4; do echo "rules $word"; done
  for word in 1000 100000; do echo "cores $word"; done
  echo "update 100000"
}

ours() {
  local on=$core
  # What two threads do together has all processors.
  case $1 in cores* | update*) on=0-$(($(nproc) - 1)) ;; esac
  # shellcheck disable=SC2086 # the words of a work
  taskset -c "$on" dotnet "$program" race $1
}

peer() {
  local program
  case $1 in
    match*) program=acl_race; set -- "${1#match }" "$work/${1#match }.rules" "$work/${1#match }.trace" "${1##*.}" ;;
    table*) program=hash_race; read -r _ family count <<<"$1"; set -- "$family" "$count" ;;
    *) return 0 ;;
  esac
  "$work/$program" -l "$core" --no-huge --no-pci -m 4096 --no-telemetry --force-max-simd-bitwidth=512 --log-level=critical -- "$@" 2>>"$work/algorithms.log"
}

run() { "$1" "$2" | sed "s/^/$round\t$1\t/" >>"$work/figures.tsv"; }

{ pkg-config --exists libdpdk && command -v cc; } >/dev/null 2>&1 || apt_install libdpdk-dev gcc libc6-dev pkg-config
build
rm -f "$work/figures.tsv" "$work/algorithms.log"
mapfile -t list < <(works | grep -E "$pattern")
for name in "${list[@]}"; do
  # Both sides read the same files.
  [[ $name != match* ]] || ours "export ${name#match } $work"
done
for round in $(seq "$rounds"); do
  for name in "${list[@]}"; do
    echo "round $round: $name" >&2
    # Who goes first changes from round to round.
    if ((round % 2)); then run peer "$name"; run ours "$name"; else run ours "$name"; run peer "$name"; fi
  done
done

mkdir -p "$results"
result=$results/$(date +%Y-%m-%d)-${RACE_NAME:-race}.md
{
  echo "# Race of $(date '+%-d %B %Y')"
  echo
  echo "$(machine);"
  echo "DPDK $(pkg-config --modversion libdpdk). \`benchmarks/compare.sh $rounds '$pattern'\`: medians [lowest - highest] of $rounds rounds."
  echo "Million a second where nothing else is said; the peer is rte_acl with the best of its algorithms, or rte_hash."
  echo
  ours "report $work/figures.tsv"
} | tee "$result"
