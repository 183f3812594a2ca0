// GoRules ZEN, for comparison. It is not a dependency: not every release has builds for every machine, so it is
// installed for the benchmark only, in its own folder, and skipped if that fails.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Rule } from '../src/domain/rule.js';
import { fold } from '../src/engine/text/normalise.js';
import type { Traffic } from './traffic.js';

const VERSION = '0.54.0';
/** Path of the project: this file runs from `.bench/build/bench`. */
const FOLDER = join(import.meta.dirname, '..', '..', 'zen');

interface ZenDecision {
  evaluate(input: object): Promise<unknown>;
}

interface ZenModule {
  readonly ZenEngine: new () => { createDecision(content: Buffer): ZenDecision };
}

/**
 * Keywords match by containment, because ZEN's expressions have no word boundaries; that is less work than
 * ours. Regular expressions are left out.
 */
export async function zenVariant({ rules, events }: Traffic): Promise<((event: number) => unknown) | null> {
  if (rules.some(({ keywords }) => keywords?.match === 'regex' || (keywords?.typos ?? 0) > 0)) return null;
  const zen = install();
  if (!zen) return null;
  const decision = new zen.ZenEngine().createDecision(Buffer.from(JSON.stringify(tableOf(rules))));
  return (n) => {
    const { text, platform, account } = events[n] ?? { text: '', platform: '', account: '' };
    return decision.evaluate({ text: fold(text), platform, account });
  };
}

function tableOf(rules: readonly Rule[]) {
  const oneOf = (values: readonly string[]): string => values.map((each) => JSON.stringify(each)).join(', ');
  const says = ({ keywords }: Rule): string =>
    (keywords?.any ?? []).map((each) => `contains($, ${JSON.stringify(fold(each))})`).join(' or ');
  const inputs = ['platform', 'account', 'text'].map((field) => ({ id: field, name: field, field }));
  const content = {
    hitPolicy: 'first',
    inputs,
    outputs: [{ id: 'rule', name: 'rule', field: 'rule' }],
    rules: rules.map((rule) => ({
      _id: rule.id,
      platform: oneOf(rule.platforms),
      account: oneOf(rule.accounts),
      text: says(rule),
      rule: JSON.stringify(rule.id),
    })),
  };
  const node = (id: string, type: string, more = {}) => ({
    id,
    name: id,
    type,
    position: { x: 0, y: 0 },
    ...more,
  });
  return {
    nodes: [
      node('in', 'inputNode'),
      node('table', 'decisionTableNode', { content }),
      node('out', 'outputNode'),
    ],
    edges: [
      { id: 'a', sourceId: 'in', targetId: 'table', type: 'edge' },
      { id: 'b', sourceId: 'table', targetId: 'out', type: 'edge' },
    ],
  };
}

let module: ZenModule | null | undefined;

function install(): ZenModule | null {
  if (module !== undefined) return module;
  module = null;
  try {
    if (!existsSync(join(FOLDER, 'node_modules', '@gorules', 'zen-engine'))) {
      mkdirSync(FOLDER, { recursive: true });
      writeFileSync(join(FOLDER, 'package.json'), JSON.stringify({ private: true }));
      const args = [
        'install',
        '--no-audit',
        '--no-fund',
        '--ignore-scripts',
        `@gorules/zen-engine@${VERSION}`,
      ];
      const { status } = spawnSync('npm', args, {
        cwd: FOLDER,
        stdio: 'ignore',
        shell: process.platform === 'win32',
      });
      if (status !== 0) throw new Error('npm could not install it');
    }
    module = createRequire(join(FOLDER, 'package.json'))('@gorules/zen-engine') as ZenModule;
  } catch (error) {
    process.stderr.write(
      `GoRules ZEN is left out: ${error instanceof Error ? error.message : String(error)}\n`,
    );
  }
  return module;
}
