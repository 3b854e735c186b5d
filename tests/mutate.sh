#!/usr/bin/env bash
# Mutation testing of a folder, or of some of its files: tests/mutate.sh Packets; tests/mutate.sh Tracking 'Tcp*'. Survivors are listed, the
# score is the last line; MUTATION.md says which survivors nothing can tell from the original. An hour or more a folder: not in CI.
set -euo pipefail
cd "$(dirname "$0")/SecurityGroups.Core.Tests"
folder=${1:?folder of src/SecurityGroups.Core, e.g. Packets}
files=${2:-*}

dotnet tool restore
# On a busy machine "dotnet --info" takes longer than Stryker would wait; analyzers have nothing to say about mutants.
DOTNET_INFO_WAIT_TIME=180000 RunAnalyzers=false \
  dotnet stryker --mutate "**/$folder/$files.cs" --output "../../artifacts/mutation/$folder"
