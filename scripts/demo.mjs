// `npm run demo`: the built program, since it starts in a third of the time that the sources take. `npm ci` builds it.
import { buildIfOlder } from './build-if-older.mjs';

buildIfOlder((text) => process.stderr.write(`demo: ${text}\n`));
process.argv.splice(2, 0, 'demo');
await import('../bin/autoresponder.js');
