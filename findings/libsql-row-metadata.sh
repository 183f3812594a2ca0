#!/usr/bin/env bash
# libsql 0.5.29, 2026-11-29
#
# The package has the interface of better-sqlite3, but a row of `get()` has one key more than the statement selects:
# `_metadata`, enumerable, with the duration. It ends up in spread copies and in JSON. Rows of `all()` do not have it.
#
# Output seen:
#   get: n, _metadata
#   all: n
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund libsql@0.5.29 >/dev/null
cat >show.mjs <<'JS'
import Database from 'libsql';
const db = new Database(':memory:');
const statement = db.prepare('select 1 as n');
console.log('get:', Object.keys(statement.get()).join(', '));
console.log('all:', Object.keys(statement.all()[0]).join(', '));
db.close();
JS
seen=$(node show.mjs)
printf '%s\n' "$seen"
[[ "$seen" == $'get: n, _metadata\nall: n' ]] || { echo 'it has changed' >&2; exit 1; }
