#!/usr/bin/env node
import { runCommand } from './command-line.js';
import { BUG, sayBug } from './failure.js';
import { endQuietlyOnClosedPipe } from './output.js';

endQuietlyOnClosedPipe();
// Sends in progress are looked up at the next start, as after a power failure.
process.on('uncaughtException', (error) => {
  sayBug(error);
  process.exit(BUG);
});
process.exitCode = await runCommand(process.argv.slice(2));
