import { Command, CommanderError } from 'commander';
import { StoreError } from '../store/store-error.js';
import type { CalendarOptions } from './calendar.js';
import type { CheckOptions } from './check.js';
import type { ContactsExportOptions, ContactsListOptions } from './contacts.js';
import type { DemoOptions } from './demo.js';
import type { ExplainOptions } from './explain.js';
import type { InitOptions } from './init.js';
import type { JournalOptions } from './journal.js';
import type { MigrateOptions } from './migrate.js';
import type { OutboxListOptions } from './outbox.js';
import type { PauseOptions } from './pause.js';
import type { CommonOptions } from './project.js';
import type { ReplayOptions } from './replay.js';
import type { RunOptions } from './run.js';
import type { SandboxCommandOptions } from './sandbox.js';
import type { TestOptions } from './test.js';
import { Exit } from './exit.js';
import { say } from './output.js';
import { version } from './version.js';

// Commands are imported when they are called, so that `--help` and `check` do not load the sandbox.
function command(parent: Command, name: string, description: string): Command {
  return parent
    .command(name)
    .description(description)
    .option('--config <file>', 'the configuration', './config.yaml')
    .option('--workspace <name>', 'one of several that the configuration names')
    .option('--json', 'machine-readable output on stdout');
}

function define(program: Command): void {
  program
    .exitOverride()
    .description('Answers direct messages and comments of social accounts connected to Blotato, by rules.')
    .version(version())
    .showHelpAfterError('(`autoresponder --help` lists the commands)');

  command(program, 'run', 'poll, decide and send, until it is stopped')
    .option('--once', 'one poll, send what may be sent now, stop')
    .option('--shadow', 'send nothing, whatever the configuration says')
    .action(async (options: RunOptions) => (await import('./run.js')).run(options));
  command(program, 'init', 'a first configuration and rules, after a few questions')
    .option('--yes', 'ask nothing')
    .action(async (options: InitOptions) => (await import('./init.js')).init(options));
  command(program, 'check', 'validate configuration and rules, and lint them')
    .option('--strict', 'warnings are errors')
    .option('--sarif', 'findings as SARIF 2.1.0 on stdout, for code hosts')
    .option('--links', 'ask for each link in the texts of rules whether it still works')
    .action(async (options: CheckOptions) => (await import('./check.js')).check(options));
  command(
    program,
    'doctor',
    'ask the key, accounts, pages, clock, store and rules how they are; sends nothing',
  ).action(async (options: CommonOptions) => (await import('./doctor.js')).doctor(options));
  command(program, 'test', "run the rules' tests")
    .argument('[files...]', 'rule files; default: those of the configuration')
    .option('--watch', 'again whenever a file changes')
    .option('--junit <file>', 'the outcomes as JUnit XML too')
    .option('--coverage', 'list the rules, keywords and branches that no test reaches')
    .action(async (files: string[], options: TestOptions) =>
      (await import('./test.js')).test(files, options),
    );
  command(program, 'calendar', 'open hours and holidays by date, and where each comes from')
    .argument('<name>', 'a calendar of the configuration')
    .option('--for <length>', 'how far from today, such as 12mo or 30d', '12mo')
    .action(async (name: string, options: CalendarOptions) =>
      (await import('./calendar.js')).calendar(name, options),
    );
  command(program, 'explain', 'the whole decision for one event')
    .option('--text <text>', 'what the contact writes')
    .option('--event <id>', 'instead: a message or comment of the journal')
    .option('--on <kind>', 'message or comment', 'message')
    .option('--platform <platform>', 'default: that of the account')
    .option('--account <name>', 'default: the first of the platform')
    .option('--at <time>', 'ISO 8601; default: now')
    .option('--name <name>', "the contact's name")
    .action(async (options: ExplainOptions) => (await import('./explain.js')).explain(options));
  command(program, 'replay', 'decide over many events')
    .option('--input <file>', 'a JSON object a line; - for stdin')
    .option('--since <duration>', 'instead: what the journal has of so long, such as 30d')
    .option(
      '--against <rules>',
      'other rules, a file or a folder: show what those of the configuration change',
    )
    .option('--fail-on-change', 'exit 1 if a decision differs')
    .action(async (options: ReplayOptions) => (await import('./replay.js')).replay(options));
  defineOwnerCommands(program);
  defineOtherCommands(program);
}

function defineOwnerCommands(program: Command): void {
  command(program, 'status', 'what was read, decided, sent, and what went wrong').action(
    async (options: CommonOptions) => (await import('./status.js')).status(options),
  );
  command(program, 'journal', 'every message and comment with its reason')
    .option('--limit <n>', 'how many, newest first', '50')
    .option('--reason <reason>', 'only those')
    .option('--rule <id>', 'only those')
    .option('--account <name>', 'only those')
    .action(async (options: JournalOptions) => (await import('./journal.js')).journal(options));

  const outbox = program.command('outbox').description('sends: list, retry, discard');
  const sub = (name: string, description: string): Command => command(outbox, name, description);
  sub('list', 'sends that are open or went wrong')
    .option('--state <state>', 'only those')
    .option('--all', 'every send')
    .option('--limit <n>', 'how many, newest first', '100')
    .action(async (options: OutboxListOptions) => (await import('./outbox.js')).outboxList(options));
  sub('retry', 'send again what failed or is unclear')
    .argument('<id>')
    .action(async (id: string, options: CommonOptions) =>
      (await import('./outbox.js')).outboxRetry(id, options),
    );
  sub('discard', 'give up a send that has not left')
    .argument('<id>')
    .action(async (id: string, options: CommonOptions) =>
      (await import('./outbox.js')).outboxDiscard(id, options),
    );

  defineContactCommands(program);

  const scoped = (name: string, description: string): Command =>
    command(program, name, description)
      .option('--account <name>')
      .option('--conversation <id>')
      .option('--contact <id>', "the contact's platform id");
  scoped('pause', 'no automatic answers for now')
    .option('--for <duration>', 'such as 30m, 12h; default: until `resume`')
    .action(async (options: PauseOptions) => (await import('./pause.js')).pause(options));
  scoped('resume', "end a pause; of a contact also a human's").action(async (options: PauseOptions) =>
    (await import('./pause.js')).resume(options),
  );
}

function defineContactCommands(program: Command): void {
  const contacts = program.command('contacts').description('people who wrote: list, show, export, forget');
  const sub = (name: string, description: string): Command => command(contacts, name, description);
  const filtered = (made: Command): Command =>
    made
      .option('--account <name>', 'only those')
      .option('--tag <tag>', 'only those')
      .option('--funnel <rule>', 'only who is or was in it');
  filtered(sub('list', 'who wrote, with tags and funnels'))
    .option('--limit <n>', 'how many', '100')
    .action(async (options: ContactsListOptions) => (await import('./contacts.js')).contactsList(options));
  filtered(sub('export', 'everybody, for a spreadsheet or a program'))
    .option('--format <format>', 'csv or json, a line each', 'csv')
    .action(async (options: ContactsExportOptions) =>
      (await import('./contacts.js')).contactsExport(options),
    );
  sub('show', 'all that is kept of one person')
    .argument('<id>', "the person's platform id")
    .action(async (id: string, options: CommonOptions) =>
      (await import('./contacts.js')).contactsShow(id, options),
    );
  sub('forget', 'delete what is stored of one person, and keep that they get no answers')
    .argument('<id>', "the person's platform id, as `contacts list` shows it")
    .action(async (id: string, options: CommonOptions) =>
      (await import('./contacts.js')).contactsForget(id, options),
    );
}

function defineOtherCommands(program: Command): void {
  command(
    program,
    'adopt',
    'make the store that of the key and the accounts of the configuration, after both were replaced',
  ).action(async (options: CommonOptions) => (await import('./adopt.js')).adopt(options));
  program
    .command('migrate')
    .description('move the store of an installation from SQLite to PostgreSQL')
    .requiredOption('--from <store>', 'sqlite: and a file; nothing may run on it')
    .requiredOption('--to <store>', 'postgres:// and so on')
    .option('--workspace <name>', 'which workspace it becomes; it must be empty', 'default')
    .option('--json', 'what was moved, as JSON')
    .action(async (options: MigrateOptions) => (await import('./migrate.js')).migrate(options));
  program
    .command('schema')
    .description('print a JSON Schema')
    .argument('<which>', 'config or rules')
    .option('--json', 'as it is anyway')
    .action(async (which: string) => (await import('./schema.js')).schema(which));
  program
    .command('sandbox')
    .description('a local stand-in for the Blotato API, with made traffic')
    .option('--port <port>', 'on loopback', '8788')
    .option('--seed <n>', 'the same seed makes the same traffic', '1')
    .option('--rate <n>', 'messages and comments a minute; 0: none', '20')
    .option('--release <which>', 'today, or 2.0.0: the published description alone', 'today')
    .option('--faults <list>', 'what goes wrong with calls, such as late_contact_limit,forbidden=0.5')
    .option('--odd-rows <share>', 'how many rows do not fit their description, 0 to 1')
    .option('--change-id <account>', 'this account comes back under another id')
    .option('--change-after <duration>', 'when it does', '30s')
    .option('--date-ahead <duration>', 'how far the `Date` header is ahead; -30s: behind')
    .option('--json', 'a line of JSON for each thing that happens')
    .action(async (options: SandboxCommandOptions) => (await import('./sandbox.js')).sandbox(options));
  program
    .command('demo')
    .description('sandbox, engine and dashboard together, nothing to configure')
    .option('--for <duration>', 'stop by itself, such as 30s; default: until Ctrl-C')
    .option('--seed <n>', 'the same seed makes the same traffic', '1')
    .option('--rate <n>', 'messages and comments a minute', '40')
    .option('--port <port>', 'of the dashboard, on loopback; any other when it is taken', '8787')
    .option('--json', 'a line of JSON for each thing that happens')
    .action(async (options: DemoOptions) => (await import('./demo.js')).demo(options));
}

/** EX_SOFTWARE of sysexits.h: a supervisor starts the program again, as it does not after the codes of the owner. */
export const BUG = 70;

/** Runs one command and returns its exit code. */
export async function runCommand(args: readonly string[]): Promise<number> {
  const program = new Command('autoresponder');
  define(program);
  try {
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    return codeOf(error);
  }
}

/** The exit code of a failure: the one place that puts failures into words. */
export function codeOf(error: unknown, stderr: NodeJS.WritableStream = process.stderr): number {
  // The library has printed what it has to say.
  if (error instanceof CommanderError) return error.exitCode;
  if (error instanceof Exit) {
    if (error.message !== '') say(`autoresponder: ${error.message}`, stderr);
    return error.code;
  }
  if (error instanceof StoreError || isOfSystem(error)) {
    say(`autoresponder: ${error.message}`, stderr);
    return 1;
  }
  sayBug(error, stderr);
  return BUG;
}

export function sayBug(error: unknown, stderr: NodeJS.WritableStream = process.stderr): void {
  say(`autoresponder: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`, stderr);
}

/** What the operating system refuses (no permission, a folder where a file is meant, a full disk) is no bug of ours. */
function isOfSystem(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}
