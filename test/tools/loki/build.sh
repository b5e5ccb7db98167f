#!/usr/bin/env bash
# Builds the real Loki, pinned in go.mod, into .cache/tools. The first build takes twelve minutes of processor time,
# later ones a second. Exit code 3: Go is not installed.
exec bash "$(dirname "${BASH_SOURCE[0]}")/../go-program.sh" loki github.com/grafana/loki/v3/cmd/loki
