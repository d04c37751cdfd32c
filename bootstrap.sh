#!/bin/sh
# Makes ./configure out of configure.ac; needed once after a clone.
set -e
cd "$(dirname "$0")"
mkdir -p build-aux
exec autoreconf --install --force
