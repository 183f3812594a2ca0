import { decisionOf } from '../store/ports/journalled-decision.js';
import { rehearse } from '../rehearsal/rehearse.js';
import { EVENT_KINDS, type InboundEvent, PLATFORMS } from '../domain/event.js';
import type { Config } from '../domain/config.js';
import type { Decision } from '../domain/decision.js';
import { formatDuration, formatInstant, type Millis } from '../domain/time.js';
import type { CompiledSet } from '../engine/rule-set.js';
import { settlingOf } from '../engine/settle.js';
import { createHistory } from '../rehearsal/history.js';
import { withoutKeys } from '../config/keyless.js';
import { Exit } from './exit.js';
import { decideInShadow, type InShadow, shadowLines, shadowRulesOf } from './in-shadow.js';
import { print, printJson, say } from './output.js';
import { atOf, oneOf } from './parse.js';
import { type CommonOptions, projectOf, withReader } from './project.js';
import { traceText } from './trace-text.js';
import { formatIn, zoneOf } from './zoned-time.js';
import type { JournalRow, JournalStore } from '../store/ports/journal.js';
import type { OwnerStore } from '../store/ports/owner.js';
import { lineOf as sendLine, toJson as sendJson } from './send-text.js';

export interface ExplainOptions extends CommonOptions {
  readonly text?: string;
  readonly event?: string;
  readonly on?: string;
  readonly platform?: string;
  readonly account?: string;
  readonly at?: string;
  readonly name?: string;
}

/**
 * `explain`: shows the whole decision for a typed event, as for a new contact, or for an event of the
 * journal.
 */
export async function explain(options: ExplainOptions): Promise<void> {
  const { text, event } = options;
  if ((text === undefined) === (event === undefined)) {
    throw new Exit(
      1,
      `${text === undefined ? 'nothing to explain' : '--text and --event exclude each other'}; fix: give --text TEXT for a new text, or --event ID for a message or comment of the journal`,
    );
  }
  if (event !== undefined)
    await withReader(options, (store, config) => explainJournalled(event, { store, config, options }));
  else await explainTyped({ ...options, text: text ?? '' });
}

async function explainTyped(options: ExplainOptions & { readonly text: string }): Promise<void> {
  const project = await projectOf(options);
  const { config, set } = project;
  const input = {
    text: options.text,
    kind: options.on === undefined ? undefined : oneOf('--on', options.on, EVENT_KINDS),
    platform: options.platform === undefined ? undefined : oneOf('--platform', options.platform, PLATFORMS),
    account: options.account,
    at: options.at === undefined ? Date.now() : atOf('--at', options.at),
    contact: options.name === undefined ? undefined : { name: options.name },
  };
  const parts = { config, set, history: createHistory(), everyRule: true };
  const { event, decision } = await rehearse(input, 1, parts).catch((error: unknown) => {
    throw error instanceof RangeError ? new Exit(1, error.message) : error;
  });
  const shadow = await decideInShadow(event, shadowRulesOf(decision), project);
  const waits = waitOf(event, decision, config, set);
  if (options.json) {
    printJson({ event, decision, ...inShadowOf(shadow), ...(waits === 0 ? {} : { waitsFor: waits }) });
    return;
  }
  print(traceText(event, decision, { shadow: shadowLines(shadow), zone: zoneOf(config) }));
  if (waits > 0) print(`waits ${formatDuration(waits)} first, in case the contact writes more (settle)`);
  if (config.mode === 'approve') say('\nThe mode is `approve`: the reply waits for a person.');
  if (config.mode === 'shadow') say('\nThe mode is `shadow`: in this mode nothing is sent.');
}

/** Time the program would wait for more messages of the contact. */
function waitOf(event: InboundEvent, decision: Decision, config: Config, set: CompiledSet): Millis {
  if (decision.optOut !== null) return 0;
  const accounts = new Map(config.accounts.map((account) => [account.name, account]));
  const settling = settlingOf(set, { settle: config.settle, accounts });
  return settling.longest(event) === 0 ? 0 : settling.of(decision, event);
}

interface Journalled {
  readonly store: OwnerStore & JournalStore;
  readonly config: Config;
  readonly options: ExplainOptions;
}

/** Prints the decision about an event as stored in the journal, and the state of its sends. */
async function explainJournalled(id: string, { store, config, options }: Journalled): Promise<void> {
  const row = await find(store, id);
  const decision = decisionOf(row);
  const sends = await store.sends({ limit: 100, eventId: row.event.id });
  const { decidedAt } = row;
  const shadow = decision === null ? [] : await journalledShadow(row.event, decision, options);
  if (options.json) {
    const { event } = row;
    const at = decidedAt === null ? null : formatInstant(decidedAt);
    printJson({ event, decidedAt: at, decision, ...inShadowOf(shadow), sends: sends.map(sendJson) });
    return;
  }
  if (decision === null) {
    print(`${row.event.id} is not decided yet`);
    return;
  }
  const zone = zoneOf(config);
  print(traceText(row.event, decision, { tense: 'past', shadow: shadowLines(shadow), zone }));
  if (decidedAt !== null) print(`decided ${formatIn(zone, decidedAt)}`);
  for (const send of sends) print(`  ${sendLine(send)}`);
}

/** The texts of rules in shadow are not in the journal, so the rules decide again; none if they cannot be read. */
async function journalledShadow(
  event: InboundEvent,
  decision: Decision,
  { config, workspace }: ExplainOptions,
): Promise<readonly InShadow[]> {
  const shadowing = shadowRulesOf(decision);
  if (shadowing.length === 0) return [];
  const { loadProject } = await import('../project/project.js');
  const project = await loadProject(config, withoutKeys(config, process.env), workspace);
  return project.ok ? decideInShadow(event, shadowing, project.value) : [];
}

function inShadowOf(shadow: readonly InShadow[]): { readonly inShadow?: readonly object[] } {
  if (shadow.length === 0) return {};
  const inShadow = shadow.map(({ rule, decision }) => ({
    rule,
    reason: decision?.reason ?? null,
    actions: decision?.actions ?? [],
  }));
  return { inShadow };
}

/** Finds a row by the journal's id or by Blotato's. */
async function find(store: OwnerStore & JournalStore, id: string): Promise<JournalRow> {
  for (const each of [id, ...EVENT_KINDS.map((kind) => `${kind}:${id}`)]) {
    const [row] = await store.journal({ limit: 1, events: [each] });
    if (row) return row;
  }
  throw new Exit(
    1,
    `the journal has no message or comment "${id}"; fix: take an id of \`autoresponder journal --json\``,
  );
}
