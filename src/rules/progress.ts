import type { Path } from '../yaml/source.js';
import type { Draft } from './draft.js';
import type { RawStep } from './step-schema.js';

/** State while the steps are checked in order: which texts can still be sent. */
export interface Progress {
  /**
   * True if a text was sent since the previous question was answered, so that the contact has something to
   * answer.
   */
  hasSpoken: boolean;
  /** Whether the contact was asked before, on all ways to this step or on some. */
  asked: 'no' | 'maybe' | 'yes';
  /** True if time has passed on some way to this step. */
  hasWaited: boolean;
  /** The step (pause or handoff) after which nothing more is sent. */
  silencedBy: string | null;
}

/** The state after branches of which any one was taken: what is reported must hold on all of them. */
export function afterAny(ways: readonly Progress[]): Progress {
  const asked = new Set(ways.map((way) => way.asked));
  const [only = 'no'] = asked;
  return {
    hasSpoken: ways.some((way) => way.hasSpoken),
    asked: asked.size === 1 ? only : 'maybe',
    hasWaited: ways.some((way) => way.hasWaited),
    silencedBy: ways.every(({ silencedBy }) => silencedBy !== null) ? (ways[0]?.silencedBy ?? null) : null,
  };
}

/** Reports a step that can never run. */
export function checkReach(
  { source, on }: Draft,
  { step, path, says }: { readonly step: RawStep; readonly path: Path; readonly says: boolean },
  { silencedBy, asked }: Progress,
): void {
  if ((says || step.ask !== undefined) && silencedBy !== null) {
    const message = `then: this step is never reached, because the step ${silencedBy} before it silences the program`;
    source.report(path, { code: 'unreachable-step', message, fix: `Move ${silencedBy} behind it.` });
  }
  if (says && on === 'comment' && asked === 'no') {
    const message =
      'then: this message can never be sent: the author of the comment has to answer the private reply first';
    const fix = 'Put an ask without a text before it: it waits for their answer.';
    source.report(path, { code: 'outside-window', message, fix });
  }
}
