#!/usr/bin/env bash
# liquidjs 10.30.1, 2026-11-29
#
# With `strictVariables` and `ownPropertyOnly`, `{{ fields.size }}` of an object without such a key is not an undefined
# variable: it is the number of the object's keys, so that `default` does not apply either. `first` and `last` of the same
# object are undefined variables. A form field named `size` that nobody has filled in is sent as "0".
#
# Output seen:
#   size: 0
#   size with default: 0
#   first: undefined variable: fields.first
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund liquidjs@10.30.1 >/dev/null
cat >show.mjs <<'JS'
import { Liquid } from 'liquidjs';
const engine = new Liquid({ strictVariables: true, ownPropertyOnly: true });
const show = (name, template) => {
  try {
    console.log(`${name}: ${engine.parseAndRenderSync(template, { fields: {} })}`);
  } catch (error) {
    console.log(`${name}: ${error.message.split(',')[0]}`);
  }
};
show('size', '{{ fields.size }}');
show('size with default', "{{ fields.size | default: 'none' }}");
show('first', '{{ fields.first }}');
JS
seen=$(node show.mjs)
printf '%s\n' "$seen"
[[ "$seen" == $'size: 0\nsize with default: 0\nfirst: undefined variable: fields.first' ]] ||
  { echo 'it has changed' >&2; exit 1; }
