#!/usr/bin/env bash
# libsql 0.5.29, 2026-11-28
#
# A single statement on a full disk raises SQLITE_FULL. Inside `transaction()` the same error arrives as
# SQLITE_ERROR "cannot rollback - no transaction is active": SQLite has rolled back by itself, and the library's own
# rollback fails and hides the cause. Code that detects a full disk by the error code has to expect both.
#
# Output seen:
#   outside SQLITE_FULL database or disk is full
#   inside SQLITE_ERROR cannot rollback - no transaction is active
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund libsql@0.5.29 >/dev/null
cat >show.mjs <<'JS'
import Database from 'libsql';
const db = new Database('full.db');
db.exec('create table t (x text)');
db.exec('pragma max_page_count = 8');
const insert = db.prepare('insert into t values (?)');
const fill = () => {
  for (let row = 0; row < 100; row += 1) insert.run('x'.repeat(1000));
};
for (const [name, run] of [['outside', fill], ['inside', db.transaction(fill)]]) {
  try {
    run();
    console.log(name, 'no error');
  } catch (error) {
    console.log(name, error.code, error.message);
  }
}
JS
seen=$(node show.mjs)
printf '%s\n' "$seen"
[[ "$seen" == $'outside SQLITE_FULL database or disk is full\ninside SQLITE_ERROR cannot rollback - no transaction is active' ]] ||
  { echo 'it has changed' >&2; exit 1; }
