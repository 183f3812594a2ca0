#!/usr/bin/env bash
# node-cron 4.6.0, 2026-11-28
#
# `validate` accepts a step that is longer than its field (every 70th of 60 minutes) and a range that runs backwards
# (hours 22 to 2), but refuses a date that never comes (31 February). A schedule that it accepts may therefore fire less
# often than expected.
#
# Output seen:
#   */70 * * * * true
#   0 22-2 * * * true
#   0 0 31 2 * false
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund node-cron@4.6.0 >/dev/null
cat >show.mjs <<'JS'
import cron from 'node-cron';
for (const each of ['*/70 * * * *', '0 22-2 * * *', '0 0 31 2 *']) console.log(each, cron.validate(each));
JS
seen=$(node show.mjs)
printf '%s\n' "$seen"
[[ "$seen" == $'*/70 * * * * true\n0 22-2 * * * true\n0 0 31 2 * false' ]] || { echo 'it has changed' >&2; exit 1; }
