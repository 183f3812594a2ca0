import { runCommand } from './command-line.js';
import { BUG, sayBug } from './failure.js';
import { endQuietlyOnClosedPipe } from './output.js';

endQuietlyOnClosedPipe();
// Sends in progress are looked up at the next start, as after a power failure.
process.on('uncaughtException', (error) => {
  sayBug(error);
  process.exit(BUG);
});
const sayUnfinished = (): void => {
  sayBug('the command waits for something that cannot happen any more');
  process.exitCode = BUG;
};
process.once('beforeExit', sayUnfinished);
void runCommand(process.argv.slice(2)).then((code) => {
  process.off('beforeExit', sayUnfinished);
  process.exitCode = code;
});
