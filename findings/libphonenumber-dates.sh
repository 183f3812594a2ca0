#!/usr/bin/env bash
# libphonenumber-js 1.13.16, 2026-11-28
#
# With the default country DE, a date as people write it is a valid telephone number: the text search finds
# +4927112026 in "On 27.11.2026 call me", and `isValid` agrees. Remove dates from a sentence before searching it for
# numbers.
#
# Output seen:
#   +4927112026 true
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund libphonenumber-js@1.13.16 >/dev/null
cat >show.mjs <<'JS'
import { findPhoneNumbersInText } from 'libphonenumber-js';
for (const { number } of findPhoneNumbersInText('On 27.11.2026 call me', 'DE')) {
  console.log(number.number, number.isValid());
}
JS
seen=$(node show.mjs)
printf '%s\n' "$seen"
[[ "$seen" == '+4927112026 true' ]] || { echo 'it has changed' >&2; exit 1; }
