# What compare.sh and growth.sh share; to be sourced. They run in this folder, on one core, and say where they ran.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
core=${RACE_CORE:-$(($(nproc) - 1))}
results=${RACE_RESULTS:-results}
program=SecurityGroups.Core.Benchmarks/bin/Release/net10.0/SecurityGroups.Core.Benchmarks.dll

# apt_install PACKAGE...: what the machine lacks. Ends the script with 77 where it cannot be had.
apt_install() {
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "${0##*/}: install $*, or run this as root on Debian or Ubuntu." >&2
    exit 77
  fi
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends "$@"; } >/dev/null 2>&1 ||
    { echo "${0##*/}: $* cannot be installed here." >&2; exit 77; }
}

machine() { echo "$(lscpu | sed -n 's/^Model name: *//p'), $(nproc) processors, core $core; $(uname -sr); .NET $(dotnet --version | cut -d. -f1,2) SDK"; }
