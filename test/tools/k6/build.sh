#!/usr/bin/env bash
# Builds the real k6, pinned in go.mod, into .cache/tools. The first build takes two and a half minutes of processor
# time, later ones a second. Exit code 3: Go is not installed.
exec bash "$(dirname "${BASH_SOURCE[0]}")/../go-program.sh" k6 go.k6.io/k6
