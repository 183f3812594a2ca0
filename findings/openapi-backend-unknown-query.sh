#!/usr/bin/env bash
# openapi-backend 5.20.1, 2026-11-28
#
# OpenAPI lists the query parameters that an operation knows and does not say that others are an error. With `validate`
# on, the library refuses a request that has a query key beside the listed ones, and its error does not name the key.
# Headers and cookies that are not listed are accepted.
#
# Output seen:
#   listed key 200
#   unlisted header 200
#   unlisted key 400 /query must NOT have additional properties
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund openapi-backend@5.20.1 >/dev/null
cat >show.cjs <<'JS'
const { OpenAPIBackend } = require('openapi-backend');
const parameters = [{ name: 'limit', in: 'query', schema: { type: 'integer' } }];
const operation = { operationId: 'list', parameters, responses: { 200: { description: 'the items' } } };
const definition = { openapi: '3.0.3', info: { title: 'shop', version: '1' }, paths: { '/items': { get: operation } } };
const api = new OpenAPIBackend({ definition, quick: true });
api.register('list', () => [200]);
api.register('validationFail', ({ validation }) => [
  400,
  ...validation.errors.map(({ instancePath, message }) => `${instancePath} ${message}`),
]);
const call = async (name, query, headers = {}) =>
  console.log(name, (await api.handleRequest({ method: 'GET', path: '/items', query, headers })).join(' '));
(async () => {
  await api.init();
  await call('listed key', { limit: '5' });
  await call('unlisted header', { limit: '5' }, { 'x-trace': '1' });
  await call('unlisted key', { limit: '5', utm_source: 'mail' });
})();
JS
seen=$(node show.cjs)
printf '%s\n' "$seen"
[[ "$seen" == $'listed key 200\nunlisted header 200\nunlisted key 400 /query must NOT have additional properties' ]] ||
  { echo 'it has changed' >&2; exit 1; }
