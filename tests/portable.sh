#!/usr/bin/env bash
# The tests of the code that chooses by what the processor has, with its choices taken away one after another: no vectors of 512 bits, of 256, none
# and no AES. Needs a Release build. All code is optimized from its first call: the runtime's own stand-ins for vectors allocate before, which the tests
# of allocation would see.
set -euo pipefail
cd "$(dirname "$0")/SecurityGroups.Core.Tests"
export DOTNET_TieredCompilation=0

# tests_without WIDEST SWITCH: the tests with vectors of WIDEST bits at most, which one of them makes sure of.
tests_without() {
  echo "$2"
  env "SECURITYGROUPS_WIDEST_VECTOR=$1" "$2" dotnet test -c Release --no-build --nologo -v q \
    --filter 'FullyQualifiedName~.Match.|FullyQualifiedName~.Packets.|FullyQualifiedName~.Tracking.|FullyQualifiedName~.Compile.|FullyQualifiedName~.Properties.'
}

tests_without 256 DOTNET_EnableAVX512=0
tests_without 128 DOTNET_EnableAVX2=0
tests_without 0 DOTNET_EnableHWIntrinsic=0
