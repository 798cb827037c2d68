#!/usr/bin/env bash
# Writes requirements/worker.txt and requirements/build.txt anew: what the container installs, by the bytes of its files.
# Needs uv.
set -euo pipefail
cd "$(dirname "$0")/.."

lock() {
    local output=$1
    shift
    {
        echo "# Written by scripts/write_locks.sh: every file that the container may install, by its bytes."
        uv pip compile --quiet --no-config --generate-hashes --no-annotate --no-header --python-version 3.11 \
            --python-platform linux "$@"
    } >"$output.new"
    mv "$output.new" "$output"
}

lock requirements/worker.txt --extra temporal --extra stores --extra otel --extra service pyproject.toml
lock requirements/build.txt - <<<"$(python3 -c '
import tomllib
print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], sep="\n")')"
