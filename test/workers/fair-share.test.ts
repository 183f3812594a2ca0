import { describe, expect, it } from 'vitest';
import { SECOND } from '../../src/domain/time.js';
import { createFairShare } from '../../src/workers/fair-share.js';
import { TUESDAY } from '../builders.js';

function aWorker(turns: number) {
  let now = TUESDAY;
  const share = createFairShare({ turns, clock: () => now });
  const cut: string[] = [];
  const places = new Map<string, ReturnType<typeof share.begin>>();
  const answering = new Set<string>();
  return {
    share,
    cut,
    answering,
    /** Begins a job for each workspace, whose API gives no response from now on. */
    begin(...names: readonly string[]) {
      for (const name of names) {
        const at = now;
        const silentSince = () => (answering.has(name) ? null : at);
        places.set(name, share.begin(name, { silentSince, cut: () => void cut.push(name) }));
      }
    },
    end: (name: string) => places.get(name)?.end(),
    later(time: number) {
      now += time;
      share.check();
    },
  };
}

describe('a worker with workspaces whose API hangs', () => {
  it('cancels the latest hanging jobs where more than half of its jobs hang', () => {
    const { begin, cut, answering, later } = aWorker(4);
    begin('a', 'b', 'c', 'fine');
    answering.add('fine');
    later(2 * SECOND);
    expect(cut).toEqual([]);
    later(1);
    expect(cut).toEqual(['c']);
    later(SECOND);
    expect(cut).toEqual(['c']);
  });

  it('begins no job of a workspace that hung the last time while half of its jobs hang', () => {
    const { share, begin, end, later } = aWorker(4);
    begin('a', 'b', 'c');
    later(3 * SECOND);
    end('c');
    expect(['a', 'c', 'new'].map(share.mayBegin)).toEqual([false, false, true]);
    end('a');
    expect(['a', 'c'].map(share.mayBegin)).toEqual([true, true]);
    // The job of `c` counts as hanging from its beginning, since its last one hung.
    begin('c');
    expect(share.mayBegin('a')).toBe(false);
  });

  it('no longer treats a workspace as hanging after its API responded', () => {
    const { share, begin, end, answering, later } = aWorker(2);
    begin('a', 'b');
    later(3 * SECOND);
    expect(share.mayBegin('b')).toBe(false);
    answering.add('b');
    later(SECOND);
    end('b');
    expect(share.mayBegin('b')).toBe(true);
  });

  it('cancels nothing with a concurrency of one', () => {
    const { begin, cut, later } = aWorker(1);
    begin('a');
    later(60 * SECOND);
    expect(cut).toEqual([]);
  });
});
