#!/usr/bin/env bash
# What grows with what: growth.sh [SERIES...] (rules members connections updates). Prints one table a series and draws one plot, a PNG beside the
# table in results/. Pinned to one core; about ten minutes, alone on the machine. Ends with 77 where gnuplot cannot be had.
set -euo pipefail
cd "$(dirname "$0")"
core=${RACE_CORE:-$(($(nproc) - 1))}
results=${RACE_RESULTS:-results}
work=../artifacts/growth
name=$results/$(date +%Y-%m-%d)-growth
program=SecurityGroups.Core.Benchmarks/bin/Release/net10.0/SecurityGroups.Core.Benchmarks.dll
series=("${@:-rules members connections updates}")

install_gnuplot() {
  command -v gnuplot >/dev/null && return
  { [ "$(id -u)" -eq 0 ] && apt-get update -qq && apt-get install -y -qq --no-install-recommends gnuplot-nox; } >/dev/null 2>&1 ||
    { echo "growth.sh: gnuplot is missing; install gnuplot-nox, or run this as root on Debian or Ubuntu." >&2; exit 77; }
}

# A table of one kind of line: x down, measures across.
table() {
  awk -F'\t' -v kind="$1" '
    { split($1, what, " ") }
    what[1] == kind {
      if (!($2 in measures)) { measures[$2]; order[++columns] = $2 }
      if (!(what[2] in seen)) { seen[what[2]]; xs[++rows] = what[2] }
      value[what[2], $2] = $3
    }
    END {
      head = "| " kind " |"; rule = "|---|"
      for (c = 1; c <= columns; c++) { head = head " " order[c] " |"; rule = rule "---|" }
      print head; print rule
      for (r = 1; r <= rows; r++) {
        line = "| " xs[r] " |"
        for (c = 1; c <= columns; c++) line = line " " sprintf("%.4g", value[xs[r], order[c]]) " |"
        print line
      }
    }' "$work/figures.tsv"
}

plot() {
  local kind=$1 curves='' measure
  while IFS= read -r measure; do
    awk -F'\t' -v kind="$kind" -v measure="$measure" '{ split($1, what, " ") } what[1] == kind && $2 == measure { print what[2], $3 }' \
      "$work/figures.tsv" >"$work/$kind-$measure.dat"
    curves+="${curves:+, }'$work/$kind-$measure.dat' using 1:2 with linespoints linewidth 2 title '$measure'"
  done < <(awk -F'\t' -v kind="$kind" '{ split($1, what, " ") } what[1] == kind && !seen[$2]++ { print $2 }' "$work/figures.tsv")
  gnuplot <<PLOT
set terminal png size 800,500
set output '$name-$kind.png'
set logscale x
set yrange [0:*]
set grid
set key top left
set xlabel '$kind'
plot $curves
PLOT
}

install_gnuplot
dotnet build -c Release -v q SecurityGroups.Core.Benchmarks
mkdir -p "$work" "$results"
: >"$work/figures.tsv"
# shellcheck disable=SC2068 # words of a list
for one in ${series[@]}; do
  taskset -c "$core" dotnet "$program" race growth "$one" | tee -a "$work/figures.tsv"
done

{
  echo "# Growth, $(date '+%-d %B %Y')"
  echo
  echo "$(lscpu | sed -n 's/^Model name: *//p'), $(nproc) processors, core $core; $(uname -sr); .NET $(dotnet --version | cut -d. -f1,2) SDK; \`benchmarks/growth.sh\`. Best of 20 trials of 50 ms."
  for kind in $(cut -d' ' -f1 "$work/figures.tsv" | uniq); do
    plot "$kind"
    echo
    table "$kind"
    echo
    echo "![$kind]($(basename "$name")-$kind.png)"
  done
} >"$name.md"
cat "$name.md"
