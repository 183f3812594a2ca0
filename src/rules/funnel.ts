import type { Funnel, Step } from '../domain/funnel.js';
import type { Path } from '../yaml/source.js';
import type { Draft } from './draft.js';
import { inOrder, toProgram } from './program.js';

/** The funnel of a rule; null if it has none. Reports steps that can never run. */
export function toFunnel(draft: Draft): Funnel | null {
  const { raw, pathOf, source } = draft;
  if (raw.then === undefined) {
    if (raw.otherwise !== undefined && draft.isWhole) {
      const message = `otherwise: the rule "${raw.id}" asks no question, so otherwise can never run`;
      const fix = 'Add then: with an ask, or remove otherwise.';
      source.report(pathOf('otherwise'), { code: 'funnel', message, fix, at: 'key' });
    }
    return null;
  }
  checkFirstMessage(draft);
  const { steps, paths } = toProgram(draft, raw.then);
  if (raw.otherwise !== undefined && !steps.some(({ type }) => type === 'ask')) {
    const message = 'otherwise: no step asks a question, so this can never run';
    const fix = 'Add an ask to then, or remove otherwise.';
    source.report(pathOf('otherwise'), { code: 'unreachable-step', message, fix, at: 'key' });
  }
  return { steps, otherwise: toOtherwise(draft), ...paths };
}

function toOtherwise(draft: Draft): readonly Step[] {
  const { otherwise } = draft.raw;
  if (otherwise === undefined) return [];
  const at = draft.pathOf('otherwise');
  return [otherwise].flat().flatMap((step, index) => {
    const path: Path = Array.isArray(otherwise) ? [...at, index] : at;
    return inOrder(draft, step, path, 'neither');
  });
}

/** Commenting opens no conversation: only the private reply can reach the author. */
function checkFirstMessage({ source, on, raw, pathOf, isWhole }: Draft): void {
  const first = on === 'comment' ? 'private_reply' : 'reply';
  if (raw[first] !== undefined || !isWhole) return;
  const message =
    on === 'comment'
      ? `then: the first message of "${raw.id}" is not a private reply, and nothing else reaches the author of a comment`
      : `then: "${raw.id}" has no reply for the steps to follow`;
  source.report(pathOf('then'), { code: 'funnel', message, fix: `Add ${first}: "…".`, at: 'key' });
}
