import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../domain/config.js';
import type { Finding } from '../domain/finding.js';
import { OPT_OUT_RULE } from '../domain/rule.js';
import type { CompiledSet } from '../engine/rule-set.js';
import type { Lost } from '../importers/imported.js';
import { type Named, rulesText, type Sample, samplesOf } from '../importers/rules-text.js';
import { sampleOf } from '../lint/pattern-sample.js';
import { readRules } from '../project/project.js';
import { createHistory } from '../rehearsal/history.js';
import { rehearse } from '../rehearsal/rehearse.js';
import { runRuleTest } from '../rehearsal/rule-tests.js';
import { createProgress } from './progress.js';

/** The rule file of an import, checked and tested; or its errors. */
export type Made =
  | {
      readonly ok: true;
      readonly text: string;
      readonly tests: number;
      readonly lost: readonly Lost[];
      readonly set: CompiledSet;
    }
  | { readonly ok: false; readonly findings: readonly Finding[] };

/**
 * Writes the rules as a file, with a test for each text to which the source tool replies. A test expects the
 * rule that matches in this program. If the source tool uses another rule, the difference is noted. The
 * result passes `check` and `test`.
 */
export async function makeRules(given: readonly Named[], comment: string, config: Config): Promise<Made> {
  const bare = await loaded(
    rulesText(given, comment, () => null),
    config,
  );
  if (!bare.ok) return bare;
  const rules: Named[] = [];
  for (const rule of given) rules.push(await withSample(rule, bare.value.set, config));
  const { acts, lost } = await decideSamples(rules, bare.value.set, config);
  const text = rulesText(rules, comment, ({ rule, text: said }) => acts.get(keyOf(rule, said)));
  const whole = await loaded(text, config);
  if (!whole.ok) return whole;
  const { set } = whole.value;
  const { tests } = whole.value.rules;
  for (const test of tests) {
    const { failures } = await runRuleTest(test, { config, set, now: Date.now() });
    if (failures.length > 0)
      throw new Error(`the generated test "${test.name}" fails: ${failures.join('; ')}`);
  }
  return { ok: true, text, tests: tests.length, lost, set };
}

/**
 * Adds a text that the expressions of a rule match, if the source has none, so that the rule has a test. Leaves
 * out texts to which another rule replies.
 */
async function withSample(rule: Named, set: CompiledSet, config: Config): Promise<Named> {
  const { match, any } = Object(rule.keys['keywords']) as {
    readonly match?: unknown;
    readonly any?: unknown;
  };
  if (rule.samples.length > 0 || match !== 'regex' || !Array.isArray(any)) return rule;
  const texts = any.map((each) => sampleOf(String(each).replace(/^\(\?[ims]+\)/u, '')));
  const samples: string[] = [];
  for (const text of texts) {
    if (text === null || text.trim() === '') continue;
    const [sample] = samplesOf([{ ...rule, samples: [text] }]);
    if (sample && (await actingRule(sample, set, config)) === rule.id) samples.push(text);
  }
  return { ...rule, samples };
}

const keyOf = (rule: string, text: string): string => `${rule}\n${text}`;

async function decideSamples(rules: readonly Named[], set: CompiledSet, config: Config) {
  const acts = new Map<string, string | null>();
  const lost: Lost[] = [];
  const places = new Map(rules.map(({ id, place }) => [id, place]));
  const progress = createProgress('text');
  const samples = samplesOf(rules);
  for (const [n, sample] of samples.entries()) {
    const acting = await actingRule(sample, set, config);
    if (acting !== OPT_OUT_RULE) acts.set(keyOf(sample.rule, sample.text), acting);
    progress.at(n + 1);
    if (acting === sample.rule) continue;
    lost.push({
      place: places.get(sample.rule) ?? '',
      what: `${JSON.stringify(sample.text)} ${outcomeOf(acting)}`,
    });
  }
  progress.end();
  return { acts, lost };
}

/**
 * Returns the rule that replies to a sample, null if no rule does. Decides the same event as the test
 * generated from the sample.
 */
async function actingRule(
  { on, text, scope }: Sample,
  set: CompiledSet,
  config: Config,
): Promise<string | null> {
  const event = { kind: on, text, at: Date.now(), ...scope };
  const { decision } = await rehearse(event, 1, { config, set, history: createHistory() });
  if (decision.optOut === 'stop') return OPT_OUT_RULE;
  return decision.actions.length > 0 ? decision.rule : null;
}

function outcomeOf(acting: string | null): string {
  if (acting === OPT_OUT_RULE) return 'ends all replies to the contact (`guards.opt_out`), so it has no test';
  return acting === null ? 'gets no reply' : `gets the reply of ${acting}, which comes first`;
}

/** Loads rules from a text as if it were a file. */
async function loaded(text: string, config: Config) {
  const folder = mkdtempSync(join(tmpdir(), 'autoresponder-import-'));
  try {
    const rulesPath = join(folder, 'imported.yaml');
    writeFileSync(rulesPath, text);
    return await readRules({ ...config, rulesPath });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
