import { Command } from 'commander';
import type { CalendarOptions } from './calendar.js';
import type { CheckOptions } from './check.js';
import type { ContactsExportOptions, ContactsListOptions } from './contacts.js';
import type { DemoOptions } from './demo.js';
import type { ExplainOptions } from './explain.js';
import type { ExportRulesOptions } from './export.js';
import type { ImportOptions } from './import.js';
import type { InitOptions } from './init.js';
import type { JournalOptions } from './journal.js';
import type { MigrateOptions } from './migrate.js';
import type { OutboxListOptions } from './outbox.js';
import type { CommonOptions } from './project.js';
import type { ReplayOptions } from './replay.js';
import type { RunOptions } from './run.js';
import type { SandboxCommandOptions } from './sandbox.js';
import type { SandboxSayOptions } from './sandbox-say.js';
import type { SuggestOptions } from './suggest.js';
import type { TestOptions } from './test.js';
import type { WorkspacesRemoveOptions } from './workspaces-remove.js';
import { codeOf } from './failure.js';
import { definePeopleCommands } from './people-commands.js';
import { version } from './version.js';

// Commands are imported on demand, so that `--help` and `check` do not load the sandbox.
function command(parent: Command, name: string, description: string): Command {
  return parent
    .command(name)
    .description(description)
    .option('--config <file>', 'the configuration', './config.yaml')
    .option('--workspace <name>', 'a workspace, if the configuration has several')
    .option('--json', 'machine-readable output on stdout');
}

function define(program: Command): void {
  program
    .exitOverride()
    // Without this, --json of `sandbox say` would be parsed as an option of `sandbox`.
    .enablePositionalOptions()
    .description('Replies to direct messages and comments of social accounts connected to Blotato, by rules.')
    .version(version())
    .showHelpAfterError('(`autoresponder --help` lists the commands)');

  command(program, 'run', 'poll, decide and send until stopped')
    .option('--once', 'poll once, send what is due, stop')
    .option('--shadow', 'send nothing, whatever the configuration says')
    .action(async (options: RunOptions) => (await import('./run.js')).run(options));
  command(program, 'init', 'create a first configuration and rules, after a few questions')
    .option('--yes', 'non-interactive: use the defaults')
    .option('--url <address>', 'of the API, to find the accounts with the key in BLOTATO_API_KEY')
    .option('--from <source>', 'rules made from a CSV file, from FORMAT:FILE (see import), or from blotato')
    .action(async (options: InitOptions) => (await import('./init.js')).init(options));
  command(program, 'check', 'validate configuration and rules, and lint them')
    .option('--strict', 'warnings are errors')
    .option('--sarif', 'findings as SARIF 2.1.0 on stdout, for code scanning')
    .option('--links', 'check that the links in the texts of rules work')
    .action(async (options: CheckOptions) => (await import('./check.js')).check(options));
  command(program, 'doctor', 'check key, accounts, pages, clock, store and rules; sends nothing').action(
    async (options: CommonOptions) => (await import('./doctor.js')).doctor(options),
  );
  command(program, 'test', "run the rules' tests")
    .argument('[files...]', 'rule files; default: those of the configuration')
    .option('--watch', 'run again whenever a file changes')
    .option('--junit <file>', 'also write the results as JUnit XML')
    .option('--coverage', 'list the rules, keywords and branches that no test reaches')
    .action(async (files: string[], options: TestOptions) =>
      (await import('./test.js')).test(files, options),
    );
  command(program, 'calendar', 'opening hours and holidays by date, and the source of each')
    .argument('<name>', 'a calendar of the configuration')
    .option('--for <length>', 'how far from today, such as 12mo or 30d', '12mo')
    .action(async (name: string, options: CalendarOptions) =>
      (await import('./calendar.js')).calendar(name, options),
    );
  command(program, 'explain', 'explain the decision for one event')
    .option('--text <text>', 'the text of the contact')
    .option('--event <id>', 'instead of --text: a message or comment of the journal')
    .option('--on <kind>', 'message or comment', 'message')
    .option('--platform <platform>', 'default: that of the account')
    .option('--account <name>', 'default: the first of the platform')
    .option('--at <time>', 'ISO 8601; default: now')
    .option('--name <name>', "the contact's name")
    .action(async (options: ExplainOptions) => (await import('./explain.js')).explain(options));
  command(program, 'replay', 'decide about many events')
    .option('--input <file>', 'one JSON object per line; - for stdin')
    .option('--since <duration>', 'instead of --input: the events of the journal in this time, such as 30d')
    .option('--against <rules>', 'show what current rules change against a file, folder or config.yaml')
    .option('--fail-on-change', 'exit 1 if a decision differs')
    .action(async (options: ReplayOptions) => (await import('./replay.js')).replay(options));
  defineOwnerCommands(program);
  defineOtherCommands(program);
}

function defineOwnerCommands(program: Command): void {
  command(program, 'status', 'show what was read, decided and sent, and all problems')
    .option('--health', 'only ask the running program whether it is well; exit code 1 if it is not')
    .action(async (options: CommonOptions & { readonly health?: boolean }) =>
      options.health
        ? (await import('./health.js')).health(options)
        : (await import('./status.js')).status(options),
    );
  command(program, 'journal', 'list messages and comments with their reasons')
    .option('--limit <n>', 'maximum number, newest first, or all', '50')
    .option('--reason <reason>', 'only events with this reason')
    .option('--rule <id>', 'only events of this rule')
    .option('--account <name>', 'only events of this account')
    .action(async (options: JournalOptions) => (await import('./journal.js')).journal(options));

  const outbox = program.command('outbox').description('sends: list, retry, discard');
  const sub = (name: string, description: string): Command => command(outbox, name, description);
  sub('list', 'list sends that are open or failed')
    .option('--state <state>', 'only sends in this state')
    .option('--all', 'every send')
    .option('--limit <n>', 'maximum number, newest first, or all', '100')
    .action(async (options: OutboxListOptions) => (await import('./outbox.js')).outboxList(options));
  sub('retry', 'send a failed or unclear send again')
    .argument('<id>')
    .action(async (id: string, options: CommonOptions) =>
      (await import('./outbox.js')).outboxRetry(id, options),
    );
  sub('discard', 'discard a send that was not sent yet')
    .argument('<id>')
    .action(async (id: string, options: CommonOptions) =>
      (await import('./outbox.js')).outboxDiscard(id, options),
    );

  command(program, 'suggest', 'propose rules and examples for messages that nothing answered')
    .option('--since <duration>', 'only messages of this time; default: all whose texts are kept')
    .option('--limit <n>', 'maximum number of proposals', '10')
    .option('--write <file>', 'write the proposals into this new file')
    .option('--read <rule>', 'instead: judge what this rule would answer')
    .option('--label <judgement...>', 'with --read, instead of asking: ID=right or ID=wrong')
    .action(async (options: SuggestOptions) => (await import('./suggest.js')).suggest(options));
  defineContactCommands(program);
  definePeopleCommands(program, command);
}

function defineContactCommands(program: Command): void {
  const contacts = program.command('contacts').description('contacts: list, show, export, forget');
  const sub = (name: string, description: string): Command => command(contacts, name, description);
  const filtered = (made: Command): Command =>
    made
      .option('--account <name>', 'only contacts of this account')
      .option('--tag <tag>', 'only contacts with this tag')
      .option('--funnel <rule>', 'only contacts who are or were in the funnel of this rule');
  filtered(sub('list', 'list contacts with tags and funnels'))
    .option('--limit <n>', 'maximum number, or all', '100')
    .action(async (options: ContactsListOptions) => (await import('./contacts.js')).contactsList(options));
  filtered(sub('export', 'export all contacts, for a spreadsheet or a program'))
    .option('--format <format>', 'csv or json, one line per contact', 'csv')
    .action(async (options: ContactsExportOptions) =>
      (await import('./contacts.js')).contactsExport(options),
    );
  sub('show', 'show all stored data of one person')
    .argument('<who>', "the person's platform id, or a name that nobody else has")
    .action(async (who: string, options: CommonOptions) =>
      (await import('./contacts.js')).contactsShow(who, options),
    );
  sub('forget', 'delete all stored data of one person and keep their opt-out')
    .argument('<id>', "the person's platform id, as `contacts list` shows it")
    .action(async (id: string, options: CommonOptions) =>
      (await import('./contacts.js')).contactsForget(id, options),
    );
}

function defineOtherCommands(program: Command): void {
  command(
    program,
    'adopt',
    'assign the store to the key and the accounts of the configuration, after both were replaced',
  ).action(async (options: CommonOptions) => (await import('./adopt.js')).adopt(options));
  defineExchange(program);
  program
    .command('migrate')
    .description('move the store of an installation from SQLite to PostgreSQL')
    .requiredOption('--from <store>', 'the SQLite store: sqlite:FILE; no program may use it')
    .requiredOption('--to <store>', 'the PostgreSQL database: postgres://…')
    .option('--workspace <name>', 'the target workspace; it must be empty', 'default')
    .option('--config <file>', 'the configuration that the store belongs to', './config.yaml')
    .option('--into <file>', 'the configuration with workspaces that it joins: prints the part for it')
    .option('--json', 'the result as JSON')
    .action(async (options: MigrateOptions) => (await import('./migrate.js')).migrate(options));
  program
    .command('workspaces')
    .description('workspaces of a shared store')
    .command('remove')
    .description('delete a workspace with all that is stored about it; without --yes count only')
    .argument('<name>', 'the workspace; no running worker may serve it')
    .option('--config <file>', 'a configuration with the store', './config.yaml')
    .option('--yes', 'delete')
    .option('--json', 'the result as JSON')
    .action(async (name: string, options: WorkspacesRemoveOptions) =>
      (await import('./workspaces-remove.js')).workspacesRemove(name, options),
    );
  program
    .command('schema')
    .description('print a JSON Schema')
    .argument('<which>', 'config or rules')
    .option('--json', 'no effect: the output is always JSON')
    .action(async (which: string) => (await import('./schema.js')).schema(which));
  defineSandbox(program);
  program
    .command('demo')
    .description('run sandbox, program and dashboard together, without configuration')
    .option('--for <duration>', 'stop after this time, such as 30s; default: until Ctrl-C')
    .option('--seed <n>', 'the same seed generates the same traffic', '1')
    .option('--rate <n>', 'messages and comments per minute', '40')
    .option('--port <port>', 'port of the dashboard, on loopback; if it is in use, any free port', '8787')
    .option('--json', 'one line of JSON per event')
    .action(async (options: DemoOptions) => (await import('./demo.js')).demo(options));
}

function defineExchange(program: Command): void {
  command(program, 'import', "make rules and tests from another tool's configuration")
    .argument('<format>', 'blotato, csv, intents, rasa, dialogflow, openreply, zernio, chatwoot, and others')
    .argument('[source]', 'a file or a folder; blotato without one reads your account')
    .option('--out <dir>', 'write FORMAT.yaml into this folder; default: print it')
    .option('--against-journal', 'compare with the replies in the journal')
    .action(async (format: string, source: string | undefined, options: ImportOptions) =>
      (await import('./import.js')).importRules(format, source, options),
    );
  const exported = program
    .command('export')
    .description('export rules, what people did, or figures of splits');
  command(exported, 'rules', 'the rules as a FAQ table, or as JSON')
    .option('--format <format>', 'csv, which `import csv` reads, or json, one rule a line', 'csv')
    .action(async (options: ExportRulesOptions) => (await import('./export.js')).exportRules(options));
  const audit = command(exported, 'audit', 'what people did: drafts and replies by hand; one a line');
  audit.action(async (options: CommonOptions) => (await import('./export-audit.js')).exportAudit(options));
  const splits = command(exported, 'splits', 'figures of splits in the last 30 days, as CSV');
  splits.action(async (options: CommonOptions) => (await import('./export-splits.js')).exportSplits(options));
}

function defineSandbox(program: Command): void {
  const sandbox = program
    .command('sandbox')
    .description('run a local sandbox of the Blotato API, with generated traffic')
    .option('--port <port>', 'on loopback', '8788')
    .option('--seed <n>', 'the same seed generates the same traffic', '1')
    .option('--rate <n>', 'messages and comments per minute; 0 for none', '20')
    .option('--keys <n>', 'number of API keys, each with its own accounts and contacts', '1')
    .option('--release <which>', 'today, or 2.0.0: the published description alone', 'today')
    .option('--faults <list>', 'faults of requests, such as late_contact_limit,forbidden=0.5')
    .option('--odd-rows <share>', 'share of rows that do not match their description, 0 to 1')
    .option('--change-id <account>', 'this account comes back under another id')
    .option('--change-after <duration>', 'time of the change', '30s')
    .option('--date-ahead <duration>', 'how far the `Date` header is ahead; -30s for behind')
    .option('--json', 'one line of JSON per event')
    .action(async (options: SandboxCommandOptions) => (await import('./sandbox.js')).sandbox(options));
  sandbox
    .command('say')
    .description('play a person in a sandbox or demo that is running')
    .argument('<text>', 'what they write')
    .option('--to <account>', 'the account that they write to, such as shop-ig')
    .option('--from <name>', 'the person; the same name is the same person')
    .option('--comment', 'a comment on a post instead of a message')
    .option('--reply-to <id>', 'a comment under this comment')
    .option('--human', 'instead: the owner writes to them, in the app of the platform')
    .option('--edit <id>', 'instead: this message or comment gets another text')
    .option('--url <address>', 'its address; default: a local base_url of ./config.yaml, else port 8788')
    .option('--key <key>', 'its API key', 'sandbox-key')
    .option('--json', 'the row as the API lists it')
    .action(async (text: string, options: SandboxSayOptions) =>
      (await import('./sandbox-say.js')).sandboxSay(text, options),
    );
}

/** The whole command line: all commands with their options. */
export function commandLine(): Command {
  const program = new Command('autoresponder');
  define(program);
  return program;
}

/** Runs one command and returns its exit code. */
export async function runCommand(args: readonly string[]): Promise<number> {
  try {
    await commandLine().parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    return codeOf(error);
  }
}
