#!/usr/bin/env bash
# date-holidays 3.37.0, 2026-11-28
#
# The package states two licences for the same data: package.json says CC-BY-3.0, the LICENSE file says CC BY-SA 3.0.
# A product that contains the data has to name both, since share-alike requires more than attribution.
#
# Output seen:
#   package.json (ISC AND CC-BY-3.0)
#   LICENSE CC BY-SA 3.0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund date-holidays@3.37.0 >/dev/null
seen="package.json $(node -p "require('date-holidays/package.json').license")
LICENSE $(grep -om1 'CC BY-SA 3.0' node_modules/date-holidays/LICENSE)"
printf '%s\n' "$seen"
[[ "$seen" == $'package.json (ISC AND CC-BY-3.0)\nLICENSE CC BY-SA 3.0' ]] || { echo 'it has changed' >&2; exit 1; }
