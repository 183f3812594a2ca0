#!/usr/bin/env bash
# zod 4.6.7, 2026-11-29
#
# `z.toJSONSchema` takes the names of definitions from the metadata `id`. In a schema that contains itself, an array
# schema that two places share becomes a definition with an invented name (`__schema0`), although nobody asked for one
# and the array itself is no cycle: two arrays of the same element, made in each place, get none.
#
# Output seen:
#   shared array: Step, __schema0
#   an array each: Step
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund zod@4.6.7 >/dev/null
cat >show.mjs <<'JS'
import { z } from 'zod';
function definitions(isShared) {
  const step = z.lazy(() => branch).meta({ id: 'Step' });
  const list = z.array(step);
  const branch = isShared
    ? z.object({ yes: list, no: list })
    : z.object({ yes: z.array(step), no: z.array(step) });
  const schema = z.toJSONSchema(z.object({ steps: isShared ? list : z.array(step) }));
  return Object.keys(schema.$defs ?? {}).sort().join(', ');
}
console.log('shared array:', definitions(true));
console.log('an array each:', definitions(false));
JS
seen=$(node show.mjs)
printf '%s\n' "$seen"
[[ "$seen" == $'shared array: Step, __schema0\nan array each: Step' ]] ||
  { echo 'it has changed' >&2; exit 1; }
