#!/usr/bin/env bash
# Mutation testing of a folder, or of some of its files: tests/mutate.sh Packets; tests/mutate.sh Tracking 'Tcp*'. Counts per file and the
# score are printed, survivors.txt lists the rest; MUTATION.md says which of them nothing can tell from the original. Up to an hour of one
# processor a folder: not in CI. A run that was broken off goes on with what is left. RETEST=1 tries what survived once more, after tests were
# added, and with a third argument by other tests: RETEST=1 tests/mutate.sh Packets '*' . takes all.
set -euo pipefail
cd "$(dirname "$0")"
folder=${1:?folder of src/SecurityGroups.Core, e.g. Packets}
files=${2:-*}
case $folder in
  Packets) near='BehaviourForm' ;;
  Match) near='Tests\.Compile\.' ;;
  Tracking) near='Behaviour|FragmentChange|Saving\.ConnectionRecord|SaveRestore|RestoredRoom|ConnectionFilter|ConnectionTraffic|FirewallEvents' ;;
  *) near='Conformance' ;;
esac
tests=${3:-Tests\.$folder\.|$near}
work=../artifacts/mutation/$folder
built=SecurityGroups.Core.Tests/bin/Release/net10.0

# Stryker makes the mutants and compiles them all into one assembly. Its own test loop starts a process per mutant, so it gets one test that
# reaches none (stryker-config.json); its assembly is there only while it runs.
make_mutants() {
  mkdir -p "$work/stryker"
  dotnet tool restore
  while sleep 0.5; do
    if grep -qs MutantControl "$built/SecurityGroups.Core.dll"; then cp "$built/SecurityGroups.Core.dll" "$work/mutated.dll"; fi
  done &
  local copying=$!
  trap 'kill $copying' EXIT
  # On a busy machine "dotnet --info" takes longer than Stryker would wait; analyzers have nothing to say about mutants.
  (cd SecurityGroups.Core.Tests && DOTNET_INFO_WAIT_TIME=180000 RunAnalyzers=false \
    dotnet stryker --mutate "**/$folder/$files.cs" --output "../$work/stryker")
  kill $copying
  trap - EXIT
  cp "$work/stryker/reports/mutation-report.json" "$work/report.json"
}

if [[ ! -e $work/report.json ]]; then
  make_mutants
fi

dotnet build -c Release -v q SecurityGroups.Core.Tests
dotnet build -c Release -v q SecurityGroups.Core.Mutation
if [[ ! -e $work/bin || -n ${RETEST:-} ]]; then
  rm -rf "$work/bin" "$work/reach.json"
  cp -r "$built" "$work/bin"
  cp "$work/mutated.dll" "$work/bin/SecurityGroups.Core.dll"
  sed -i '/Survived\|NotReached/d' "$work/results.tsv" 2> /dev/null || true
fi

DOTNET_TieredPGO=0 DOTNET_GCHeapHardLimit=0x100000000 SECURITYGROUPS_PROPERTY_RUNS=20 nice -n 15 SecurityGroups.Core.Mutation/bin/Release/net10.0/SecurityGroups.Core.Mutation "$work" "^$folder/" "$tests"
