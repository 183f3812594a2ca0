#!/usr/bin/env bash
# liquidjs 10.30.1, 2026-11-28
#
# Of the letters of strftime the `date` filter does not know some (the week by ISO 8601 among them) and prints them as
# they stand, without an error in strict mode: a text goes out with "%V" in it.
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
