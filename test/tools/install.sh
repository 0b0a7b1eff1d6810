#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# install.sh PACKAGE...: installs Debian packages, through sudo where this is not root. Does nothing without packages; shows
# the end of the log where it fails.
set -euo pipefail
[ $# -gt 0 ] || exit 0
echo "installing: $*"
as_root=
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || { echo "make setup needs root or sudo to install: $*" >&2; exit 2; }
    as_root=sudo
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { $as_root apt-get update -qq &&
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    exit 2
fi
