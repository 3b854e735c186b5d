#!/usr/bin/env bash
# What grows with what: growth.sh [SERIES...] (rules members connections updates). Prints one table a series and draws one plot, a PNG beside the
# table in results/. Pinned to one core; about ten minutes, alone on the machine. Ends with 77 where gnuplot cannot be had.
source "$(dirname "$0")/common.sh"
work=../artifacts/growth
name=$results/$(date +%Y-%m-%d)-growth
series=("${@:-rules members connections updates}")

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

command -v gnuplot >/dev/null || apt_install gnuplot-nox
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
  echo "$(machine); \`benchmarks/growth.sh\`. Best of 20 trials of 50 ms."
  for kind in $(cut -d' ' -f1 "$work/figures.tsv" | uniq); do
    plot "$kind"
    echo
    table "$kind"
    echo
    echo "![$kind]($(basename "$name")-$kind.png)"
  done
} >"$name.md"
cat "$name.md"
