// Puts the clock of a process wrong: node --import ./scripts/wrong-clock.mjs. The file named by WRONG_CLOCK contains
// the offset in milliseconds (positive: ahead) and is read again and again, so that the clock can jump while the
// process runs.
import { readFileSync } from 'node:fs';

const RightDate = Date;
let ahead = 0;

function set() {
  try {
    ahead = Number(readFileSync(process.env.WRONG_CLOCK, 'utf8'));
  } catch {
    // The file is being written; keep the last offset.
  }
}

globalThis.Date = class Date extends RightDate {
  constructor(...given) {
    if (given.length === 0) super(RightDate.now() + ahead);
    else super(...given);
  }

  static now() {
    return RightDate.now() + ahead;
  }
};
set();
setInterval(set, 100).unref();
