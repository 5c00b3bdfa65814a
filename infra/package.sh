#!/bin/sh
# Usage: sh infra/package.sh [zip file]
# Builds the package of the function app for Flex Consumption. The default zip file is package.zip. The bytes of the zip file depend only on
# the commit, and not on the machine, the folder or the time: the compilers are deterministic, the entries are sorted, and all entries have
# the same time and no owner. A second build of the same commit therefore proves what an app runs.
set -eu
case ${1:-package.zip} in /*) zip=$1 ;; *) zip=$PWD/${1:-package.zip} ;; esac
cd "$(dirname "$0")/.."

# MSBuild reads this property from the environment, so that it also applies to the project that the Functions SDK generates. The compiler
# then writes paths that begin with /_/ into the assemblies.
export PathMap="$PWD/=/_/"
folder=artifacts/package
rm -rf "$folder" "$zip" # otherwise the zip file would keep files of an earlier version
dotnet publish src/Functions --configuration Release --runtime linux-x64 --no-self-contained --output "$folder"

export LC_ALL=C TZ=UTC0
cd "$folder"
find . -type f -exec chmod u=rwX,go=rX {} + -exec touch -t 198001010000.00 {} +
find . -type f | sort | zip -q -X -D "$zip" -@
