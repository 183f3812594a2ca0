#!/usr/bin/env bash
# yaml 2.9.1, 2026-11-29
#
# With `uniqueKeys` (the default) each key of a block is compared with all earlier ones (compose/util-map-includes.js):
# twice the keys take four times the comparisons. A function as `uniqueKeys` is called for each pair as well, so that only
# `uniqueKeys: false` and a check of one's own are linear. The script counts calls, since times differ.
#
# Output seen:
#   1000 keys: 499500 comparisons
#   2000 keys: 1999000 comparisons
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund yaml@2.9.1 >/dev/null
cat >show.mjs <<'JS'
import { parseDocument } from 'yaml';
for (const keys of [1000, 2000]) {
  const text = Array.from({ length: keys }, (_, n) => `key${n}: v`).join('\n');
  let calls = 0;
  parseDocument(text, { uniqueKeys: (a, b) => { calls += 1; return a.value === b.value; } });
  console.log(`${keys} keys: ${calls} comparisons`);
}
JS
seen=$(node show.mjs)
printf '%s\n' "$seen"
[[ "$seen" == $'1000 keys: 499500 comparisons\n2000 keys: 1999000 comparisons' ]] || { echo 'it has changed' >&2; exit 1; }
