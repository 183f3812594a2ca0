import type { Command } from 'commander';
import type { DraftOptions, DraftsListOptions, DraftStatsOptions } from './drafts.js';
import type { PauseOptions } from './pause.js';
import type { ReplyOptions } from './reply.js';
import type { CommonOptions } from './project.js';

type Define = (parent: Command, name: string, description: string) => Command;

/** Defines the commands of people who read, write and pause replies. */
export function definePeopleCommands(program: Command, command: Define): void {
  defineDrafts(program, command);
  command(program, 'reply', 'reply by hand; automatic replies to the contact pause')
    .option('--conversation <who>', "a contact, by id or name; or Blotato's id of a conversation or message")
    .option('--comment <id>', 'a comment, by its id in the journal; the reply is public')
    .option('--private', "the comment's private reply, of which there is only one")
    .option('--text <text>', 'the reply')
    .option('--saved <name>', 'a saved reply of the rule files, filled in for the contact')
    .action(async (options: ReplyOptions) => (await import('./reply.js')).reply(options));
  const scoped = (name: string, description: string): Command =>
    command(program, name, description)
      .option('--account <name>')
      .option('--conversation <id>')
      .option('--contact <who>', "the contact's platform id, as `contacts list` shows it, or name");
  scoped('pause', 'pause automatic replies')
    .option('--for <duration>', 'such as 30m, 12h; default: until `resume`')
    .option('--unseen', 'also a contact or conversation that has not written yet')
    .action(async (options: PauseOptions) => (await import('./pause.js')).pause(options));
  scoped('resume', 'end a pause; for a contact also the pause after a human wrote').action(
    async (options: PauseOptions) => (await import('./pause.js')).resume(options),
  );
}

function defineDrafts(program: Command, command: Define): void {
  const drafts = program.command('drafts').description('replies that wait for a person (`mode: approve`)');
  const sub = (name: string, description: string): Command => command(drafts, name, description);
  sub('list', 'replies that wait, oldest first')
    .option('--limit <n>', 'maximum number, or all', '100')
    .action(async (options: DraftsListOptions) => (await import('./drafts.js')).draftsList(options));
  sub('approve', 'send a reply, after the guards ran again')
    .argument('<id>', 'the number of the draft, or of one of its texts')
    .option('--text <text>', 'in place of the text with that number')
    .action(async (id: string, options: DraftOptions) =>
      (await import('./drafts.js')).draftsApprove(id, options),
    );
  sub('edit', 'replace a text; the draft keeps waiting')
    .argument('<id>', 'the number of the text')
    .requiredOption('--text <text>', 'the new text')
    .action(async (id: string, options: DraftOptions) =>
      (await import('./drafts.js')).draftsEdit(id, options),
    );
  sub('drop', 'send nothing')
    .argument('<id>', 'the number of the draft')
    .action(async (id: string, options: CommonOptions) =>
      (await import('./drafts.js')).draftsDrop(id, options),
    );
  sub('stats', 'how often the texts of each rule were approved as composed, edited or dropped')
    .option('--since <length>', 'how far back', '30d')
    .action(async (options: DraftStatsOptions) => (await import('./drafts.js')).draftsStats(options));
}
