#!/usr/bin/env bash
# liquidjs 10.30.1, 2026-11-28
#
# The result of the `date` filter with a zone as its second argument depends on the zone of the process. The instant
# below is formatted in Paris time, which does not change on that day; a process in New York shows it an hour late,
# because the clocks there change. Tests that only run under TZ=UTC do not detect it.
#
# Output seen:
#   UTC 07:30
#   Asia/Tokyo 07:30
#   America/New_York 08:30
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund liquidjs@10.30.1 >/dev/null
cat >show.mjs <<'JS'
import { Liquid } from 'liquidjs';
const text = "{{ at | date: '%H:%M', 'Europe/Paris' }}";
const at = new Date('2026-03-08T06:30:00Z');
console.log(process.env.TZ, new Liquid().parseAndRenderSync(text, { at }));
JS
seen=$(for zone in UTC Asia/Tokyo America/New_York; do TZ=$zone node show.mjs; done)
printf '%s\n' "$seen"
[[ "$seen" == $'UTC 07:30\nAsia/Tokyo 07:30\nAmerica/New_York 08:30' ]] || { echo 'it has changed' >&2; exit 1; }
