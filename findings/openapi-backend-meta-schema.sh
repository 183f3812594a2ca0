#!/usr/bin/env bash
# openapi-backend 5.20.1, 2026-11-29
#
# The library makes an Ajv of its own for each validator, here three for each operation with one parameter and one
# response, before anything is validated. Ajv compiles JSON Schema's meta-schema when an instance first compiles a
# schema, so that this cost comes once for each validator and not once for the program.
#
# Output seen:
#   3 operations: 9 instances of Ajv
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund openapi-backend@5.20.1 >/dev/null
cat >show.cjs <<'JS'
const { OpenAPIValidator } = require('openapi-backend');
let made = 0;
const operation = (id) => ({
  get: { operationId: id, parameters: [{ name: 'n', in: 'query', schema: { type: 'integer' } }], responses: { 200: { description: 'ok' } } },
});
const definition = {
  openapi: '3.0.3',
  info: { title: 't', version: '1' },
  paths: { '/a': operation('a'), '/b': operation('b'), '/c': operation('c') },
};
const validator = new OpenAPIValidator({ definition, customizeAjv: (ajv) => ((made += 1), ajv) });
for (const path of ['/a', '/b', '/c']) validator.validateRequest({ method: 'get', path, query: { n: '1' }, headers: {} }, path.slice(1));
console.log(`3 operations: ${made} instances of Ajv`);
JS
seen=$(node show.cjs)
printf '%s\n' "$seen"
[[ "$seen" == '3 operations: 9 instances of Ajv' ]] || { echo 'it has changed' >&2; exit 1; }
