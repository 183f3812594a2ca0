#!/usr/bin/env bash
# @blotato/n8n-nodes-blotato 1.0.10, 2026-11-28
#
# The account list of Blotato's own node turns every error into an empty list: with a refused key (401) an owner sees
# "no accounts" instead of the refusal. A test that uses this client has to expect exact rows, because an error looks like
# a success without rows. Instead of n8n itself, this script provides the three functions that the node calls.
#
# Output seen:
#   401 {"results":[]}
#   200 {"results":[{"name":"Lumen","value":"7"}]}
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --legacy-peer-deps --ignore-scripts @blotato/n8n-nodes-blotato@1.0.10 >/dev/null
cat >show.cjs <<'JS'
const { getAccounts } = require('./node_modules/@blotato/n8n-nodes-blotato/dist/nodes/Blotato/SearchFunctions.js');
const answers = {
  401: async () => {
    throw Object.assign(new Error('Unauthorized'), { httpCode: '401' });
  },
  200: async () => ({ items: [{ id: '7', fullname: 'Lumen', username: 'lumen' }] }),
};
async function main() {
  for (const [status, answer] of Object.entries(answers).reverse()) {
    const host = {
      getNodeParameter: () => 'instagram',
      getCredentials: async () => ({ server: 'http://127.0.0.1:1' }),
      helpers: { httpRequestWithAuthentication: answer },
    };
    const { results } = await getAccounts.call(host);
    console.log(status, JSON.stringify({ results: results.map(({ name, value }) => ({ name, value })) }));
  }
}
void main();
JS
seen=$(node show.cjs)
printf '%s\n' "$seen"
[[ "$seen" == $'401 {"results":[]}\n200 {"results":[{"name":"Lumen","value":"7"}]}' ]] ||
  { echo 'it has changed' >&2; exit 1; }
