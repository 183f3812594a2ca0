#!/usr/bin/env bash
# date-holidays 3.37.0, 2026-11-28
#
# By Korean law the Korean new year (17 February 2026) is a holiday together with the day before and the day after. In
# the library the three days begin on the new year itself: the 16th is a working day, and the 19th a holiday.
#
# Output seen:
#   2026-02-16 open
#   2026-02-17 closed
#   2026-02-18 closed
#   2026-02-19 closed
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund date-holidays@3.37.0 >/dev/null
cat >show.mjs <<'JS'
import Holidays from 'date-holidays';
const korea = new Holidays('KR');
for (const day of ['16', '17', '18', '19']) {
  const found = korea.isHoliday(new Date(`2026-02-${day}T12:00:00+09:00`));
  console.log(`2026-02-${day}`, found ? 'closed' : 'open');
}
JS
seen=$(node show.mjs)
printf '%s\n' "$seen"
[[ "$seen" == $'2026-02-16 open\n2026-02-17 closed\n2026-02-18 closed\n2026-02-19 closed' ]] ||
  { echo 'it has changed' >&2; exit 1; }
