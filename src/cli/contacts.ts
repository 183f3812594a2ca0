import { Exit } from './exit.js';
import { perform } from './outbox.js';
import { print, printJson } from './output.js';
import type { CommonOptions } from './project.js';

/** `contacts forget ID`: deletes one person's data at once; they get no more automatic answers. */
export async function contactsForget(id: string, options: CommonOptions): Promise<void> {
  const result = await perform({ do: 'forget', contact: id }, options);
  if (!('forgotten' in result) || result.forgotten === null) {
    throw new Exit(1, `nobody of the id "${id}" is in the store; \`autoresponder journal --json\` shows ids`);
  }
  const { accounts, events, sends } = result.forgotten;
  if (options.json) {
    printJson({ contact: id, accounts, events, sends });
    return;
  }
  print(`${id}: emptied ${events} messages and comments and ${sends} sends`);
  print(
    `no more automatic answers to them from ${accounts.join(', ')}; a message that says "start" undoes it`,
  );
}
