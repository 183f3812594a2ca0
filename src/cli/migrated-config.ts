import { ONLY_WORKSPACE } from '../domain/workspaces.js';
import { WORKSPACE_KEYS } from '../config/schema.js';

const STORE = 'store: ${DATABASE_URL}\n';

/** A key of the first level with its value and the comments above it, as written. */
interface Block {
  /** Name of the key; null for the text before the first key. */
  readonly key: string | null;
  readonly text: string;
}

/**
 * The text of a configuration after its store was moved to PostgreSQL. In a workspace with a name, the keys that belong
 * to a workspace move into it; comments and references to the environment stay as written.
 */
export function migratedConfig(text: string, workspace: string): string {
  const blocks = blocksOf(text).filter(({ key }) => key !== 'store');
  const isOwn = ({ key }: Block): boolean =>
    workspace !== ONLY_WORKSPACE && key !== null && WORKSPACE_KEYS.has(key);
  const shared = blocks.filter((each) => !isOwn(each)).map((each) => each.text);
  if (!blocks.some(isOwn)) return `${shared.join('')}${STORE}`;
  return `${shared.join('')}${STORE}workspaces:\n${listedWorkspace(text, workspace)}`;
}

/** The keys of a workspace in the text of a configuration, as a file in a folder of workspaces. */
export function workspaceFile(text: string): string {
  const own = blocksOf(text).filter(({ key }) => key !== null && WORKSPACE_KEYS.has(key));
  return `${own
    .map((each) => each.text)
    .join('')
    .trimEnd()}\n`;
}

/** The same as an entry of a list of workspaces. */
export function listedWorkspace(text: string, workspace: string): string {
  return `  - name: ${workspace}\n${workspaceFile(text).replaceAll(/^(?=.)/gmu, '    ')}`;
}

function blocksOf(text: string): readonly Block[] {
  const blocks: { key: string | null; text: string }[] = [{ key: null, text: '' }];
  let above = '';
  for (const line of text
    .replaceAll('\r\n', '\n')
    .replace(/\n*$/u, '\n')
    .split(/(?<=\n)/u)) {
    const key = /^(?<key>[A-Za-z_]+):/u.exec(line)?.groups?.['key'];
    if (key !== undefined) {
      blocks.push({ key, text: above + line });
      above = '';
    } else if (/^(?:#.*)?\n$/u.test(line)) above += line;
    else {
      const last = blocks.at(-1);
      if (last) last.text += above + line;
      above = '';
    }
  }
  const last = blocks.at(-1);
  if (last) last.text += above;
  return blocks;
}
