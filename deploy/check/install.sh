#!/bin/sh
# Puts what `deploy/check` uses into target/deploy-check, each file by its hash. Does nothing when it is there already.
set -eu
cd "$(dirname "$0")/../.."
list=deploy/check/requirements.txt
folder=target/deploy-check
if cmp -s "$list" "$folder/installed.txt"; then
    exit 0
fi
python3 -m venv --clear "$folder"
"$folder/bin/python3" -m pip install --quiet --disable-pip-version-check --only-binary :all: --no-deps --require-hashes \
    --requirement "$list"
cp "$list" "$folder/installed.txt"
