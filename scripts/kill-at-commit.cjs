// Loaded before the program by the soak (`node --require`): kills the process, as `kill -9` does, right
// before or right after the n-th commit of its life, so that a crash can happen at every point between two
// commits. It changes nothing else.
'use strict';
const { appendFileSync } = require('node:fs');
const Database = require('libsql');

const { SOAK_COMMIT: nth, SOAK_WHEN: when, SOAK_LOG: log } = process.env;
let commits = 0;
/** The writes of the current transaction so far, for the record. */
let written = [];

const WRITE = /^\s*(?:insert(?: or \w+)? into|update|delete from)\s+(\w+)/iu;

function note(sql, values) {
  const table = WRITE.exec(sql)?.[1];
  if (table === undefined) return false;
  const [only] = values;
  const state =
    typeof only === 'object' && only !== null && 'state' in only
      ? only.state
      : /set state = '(\w+)'/u.exec(sql)?.[1];
  const what = `${/^\s*(\w+)/u.exec(sql)[1]} ${table}${state === undefined ? '' : ` ${state}`}`;
  if (!written.includes(what)) written.push(what);
  return true;
}

function maybeKill(moment) {
  if (commits !== Number(nth) || moment !== when) return;
  appendFileSync(log, `${moment}: ${written.join(', ')}\n`);
  process.kill(process.pid, 'SIGKILL');
}

function commit(run) {
  commits += 1;
  maybeKill('before');
  const result = run();
  maybeKill('after');
  written = [];
  return result;
}

const { prepare, exec } = Database.prototype;
Database.prototype.exec = function (sql) {
  // A transaction without writes does not count.
  if (sql === 'COMMIT' && written.length > 0) return commit(() => exec.call(this, sql));
  if (sql.startsWith('BEGIN')) written = [];
  return exec.call(this, sql);
};
Database.prototype.prepare = function (sql) {
  const statement = prepare.call(this, sql);
  for (const method of ['run', 'get', 'all']) {
    const original = statement[method].bind(statement);
    statement[method] = (...values) => {
      if (!note(sql, values) || this.inTransaction) return original(...values);
      return commit(() => original(...values));
    };
  }
  return statement;
};
