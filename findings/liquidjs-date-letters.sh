#!/usr/bin/env bash
# liquidjs 10.30.1, 2026-11-28
#
# The `date` filter does not support all letters of strftime (the ISO 8601 week is missing). It prints those unchanged,
# without an error even in strict mode, so that a text with "%V" in it is sent.
#
# Output seen:
#   week %V of %G
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund liquidjs@10.30.1 >/dev/null
cat >show.mjs <<'JS'
import { Liquid } from 'liquidjs';
const liquid = new Liquid({ strictFilters: true, strictVariables: true });
console.log(liquid.parseAndRenderSync("{{ at | date: 'week %V of %G' }}", { at: new Date('2026-11-28T12:00:00Z') }));
JS
seen=$(TZ=UTC node show.mjs)
printf '%s\n' "$seen"
[[ "$seen" == 'week %V of %G' ]] || { echo 'it has changed' >&2; exit 1; }
