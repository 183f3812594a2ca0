import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { releaseMemory } from '../../src/cli/release-memory.js';

const MODULE = new URL('../../src/cli/release-memory.ts', import.meta.url).href;

/** Size of a heap before and after, in MB. */
function heapOf({
  objects,
  isUsed,
}: {
  readonly objects: number;
  readonly isUsed: boolean;
}): readonly number[] {
  const program = `
    import { releaseMemory } from ${JSON.stringify(MODULE)};
    const size = () => process.memoryUsage().heapTotal / 2 ** 20;
    globalThis.used = Array.from({ length: ${objects} }, (_, n) => ({ n, text: 'text ' + n }));
    const before = size();
    if (!${isUsed}) globalThis.used = null;
    // The delay alone would not keep the process.
    const timer = setInterval(() => undefined, 1_000);
    await releaseMemory(new AbortController().signal, 1);
    clearInterval(timer);
    console.log(JSON.stringify([before, size()]));
  `;
  const args = ['--import', 'tsx', '--input-type=module', '-e', program];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as readonly number[];
}

it('returns the memory of objects that are no longer used', () => {
  const [before = 0, after = 0] = heapOf({ objects: 300_000, isUsed: false });
  expect(before - after).toBeGreaterThan(20);
});

it('leaves a large heap as it is, which would stop the program for too long', () => {
  const [before = 0, after = 0] = heapOf({ objects: 2_000_000, isUsed: true });
  expect(before - after).toBeLessThan(1);
});

it('does not keep a program that stops', async () => {
  await expect(releaseMemory(AbortSignal.abort())).resolves.toBeUndefined();
});
