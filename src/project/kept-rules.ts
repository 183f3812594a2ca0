import { createHash } from 'node:crypto';
import type { Calendar } from '../domain/calendar.js';
import type { Config } from '../domain/config.js';
import { compileSet } from '../engine/rule-set.js';
import { parseTexts, type RuleText } from '../rules/load.js';
import type { Environment } from '../yaml/interpolate.js';
import type { LoadedWorkspace } from './load-in-thread.js';
import { holidaysOf, ruleContext, type Workspace } from './project.js';
import { createTableLog, tableSource, type UsedTable } from './table-source.js';

/** The texts of rule files, which every release can read, and the calendars that they name. */
interface Content {
  readonly texts: readonly RuleText[];
  readonly calendars: readonly Calendar[];
  /** FAQ tables, keyed by name. @default none, as stored by earlier releases */
  readonly tables?: readonly (readonly [name: string, text: string])[];
}

export interface Kept {
  readonly hash: string;
  readonly content: string;
}

/**
 * The rules of workspaces as stored, keyed by the name of the workspace. Workspaces that share rules share the
 * value.
 */
export function toKept(workspaces: readonly LoadedWorkspace[]): ReadonlyMap<string, Kept> {
  const known = new Map<readonly RuleText[], Map<string, Kept>>();
  return new Map(
    workspaces.map(({ config, texts, tables }) => {
      const calendars = JSON.stringify(config.calendars);
      const sharing = known.get(texts) ?? new Map<string, Kept>();
      known.set(texts, sharing);
      const kept =
        sharing.get(calendars) ?? keep({ texts, calendars: config.calendars, ...tablesOf(tables) });
      sharing.set(calendars, kept);
      return [config.workspace, kept];
    }),
  );
}

/** Left out if there are no tables, so that the content has the same hash as in earlier releases. */
function tablesOf(tables: readonly UsedTable[]): Pick<Content, 'tables'> {
  return tables.length === 0 ? {} : { tables: tables.map(({ name, text }) => [name, text] as const) };
}

/** The FAQ tables of stored rules, keyed by name. */
export function keptTables(kept: string): ReadonlyMap<string, string> {
  return new Map((JSON.parse(kept) as Content).tables);
}

function keep(content: Content): Kept {
  const text = JSON.stringify(content);
  return { hash: createHash('sha256').update(text).digest('hex'), content: text };
}

/**
 * The workspace with stored rules. Null if they no longer fit the accounts of the workspace, or this release.
 */
export async function fromKept(kept: string, current: Config, env: Environment): Promise<Workspace | null> {
  const { texts, calendars, tables = [] } = JSON.parse(kept) as Content;
  const config = { ...current, calendars };
  const tableOf = tableSource(config, new Map(), createTableLog(), new Map(tables));
  const read = parseTexts(texts, { ...ruleContext(config, env), tableOf });
  return read.ok ? { config, set: compileSet(read.value.rules, calendars, await holidaysOf(config)) } : null;
}
