#!/usr/bin/env bash
# eld 2.1.0, 2026-11-29
#
# The language detector says whether its answer is reliable. On texts of one to four words, as people write them in
# messages, the smallest data set calls wrong answers reliable: two French requests are Italian and Slovenian, where
# the largest one names French. The largest one in turn is certain that "ok merci" is Polish.
#
# Output seen:
#   le guide svp: it reliable, large: fr reliable
#   je veux le guide: sl reliable, large: fr reliable
#   ok merci: it reliable, large: pl reliable
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund eld@2.1.0 >/dev/null
cat >show.mjs <<'JS'
import { eld as small } from 'eld/extrasmall';
import { eld as large } from 'eld/large';
const shown = (found) => `${found.language} ${found.isReliable() ? 'reliable' : 'in doubt'}`;
for (const text of ['le guide svp', 'je veux le guide', 'ok merci'])
  console.log(`${text}: ${shown(small.detect(text))}, large: ${shown(large.detect(text))}`);
JS
seen=$(node show.mjs)
printf '%s\n' "$seen"
expected='le guide svp: it reliable, large: fr reliable
je veux le guide: sl reliable, large: fr reliable
ok merci: it reliable, large: pl reliable'
[[ "$seen" == "$expected" ]] || { echo 'it has changed' >&2; exit 1; }
