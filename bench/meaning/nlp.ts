// nlp.js, for comparison. It is no dependency of the project: it is installed into a temporary folder.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Learn } from './trial.js';

const VERSION = '4.27.0';

interface Answer {
  readonly intent: string;
  readonly score: number;
}

interface Manager {
  addDocument(language: string, text: string, intent: string): void;
  train(): Promise<void>;
  process(language: string, text: string): Promise<{ readonly classifications: readonly Answer[] }>;
}

interface Library {
  readonly NlpManager: new (options: object) => Manager;
}

let library: Library | null = null;

export async function learnNlp(): Promise<Learn> {
  library ??= install();
  const { NlpManager } = library;
  return Promise.resolve(async (examples) => {
    const manager = new NlpManager({
      languages: ['en'],
      forceNER: false,
      autoSave: false,
      nlu: { log: false },
    });
    for (const [intent, texts] of examples) for (const text of texts) manager.addDocument('en', text, intent);
    await manager.train();
    return async (text) => {
      const { classifications } = await manager.process('en', text);
      const [best, second] = classifications;
      const isNone = best === undefined || best.intent === 'None';
      return isNone
        ? { topic: null, score: 0, second: 0 }
        : // Many scores are exactly 1; the second score tells them apart.
          { topic: best.intent, score: best.score - (second?.score ?? 0) / 1_000, second: 0 };
    };
  });
}

function install(): Library {
  const folder = mkdtempSync(join(tmpdir(), 'nlp-js-'));
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', `node-nlp@${VERSION}`], {
    cwd: folder,
    stdio: 'ignore',
  });
  return createRequire(join(folder, 'package.json'))('node-nlp') as Library;
}
