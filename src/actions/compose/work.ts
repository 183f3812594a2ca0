// Limits on the work of a template. None depends on time: the same template gives the same result on any
// machine.
import {
  CaptureTag,
  type Context,
  type Emitter,
  ForTag,
  type Template,
  toValueSync,
  TypeGuards,
} from 'liquidjs';
import { LIMITS } from '../../domain/limits.js';

/**
 * Maximum characters and list items created by all filters, ranges and captures of one rendering, and maximum
 * length of its output.
 */
export const RENDER_MEMORY = 10 * LIMITS.renderedText;

interface LoopFault {
  readonly message: string;
  readonly fix: string;
  readonly offset: number;
}

/**
 * Counts steps instead of using the library's deadline. LiquidJS (10.30.1) checks its render limit before
 * each list of templates and before each template in it, so each iteration of a loop is at least one step,
 * even of an empty one.
 */
export function countSteps({ renderLimit }: Context): void {
  let steps = 0;
  renderLimit.check = () => {
    steps += 1;
    if (steps > LIMITS.renderSteps) throw new Error(`the text takes more than ${LIMITS.renderSteps} steps`);
  };
}

/** Output buffer that aborts rendering when the text gets too long: few steps may write many characters. */
export class BoundedOutput implements Emitter {
  buffer = '';

  write(part: unknown): void {
    this.buffer += String(part);
    if (this.buffer.length > RENDER_MEMORY) {
      throw new Error(`the text has more than ${RENDER_MEMORY} characters`);
    }
  }
}

/**
 * Counts captured characters. The library does not, and a text that captures itself twice doubles each time.
 */
export class BoundedCapture extends CaptureTag {
  override *render(context: Context): Generator<unknown, void, string> {
    const text = yield this.liquid.renderer.renderTemplates(this.templates, context);
    context.memoryLimit.use(text.length);
    context.bottom()[this.variable] = text;
  }
}

/**
 * Loops whose ranges alone exceed the limits, for any message. `outer`: iterations of the enclosing loops.
 */
export function loopFaults(templates: readonly Template[], outer = 1): readonly LoopFault[] {
  return templates.flatMap((template) => {
    if (!(template instanceof ForTag)) return loopFaults(childrenOf(template), outer);
    const { most, rounds } = roundsOf(template);
    const steps = outer * rounds * (jumps(template, 'continue') ? 1 : 1 + template.templates.length);
    if (most <= RENDER_MEMORY && steps <= LIMITS.renderSteps) {
      return loopFaults(childrenOf(template), outer * rounds);
    }
    const message =
      outer > 1
        ? `the loops make ${outer * most} iterations, which is too many for one text`
        : `the loop makes ${most} iterations, which is too many for one text`;
    return [{ message, fix: 'Write a shorter range.', offset: template.token.begin }];
  });
}

/**
 * Iterations of a literal range. `most` ignores what may end the loop early (`limit`, `offset`, `break`);
 * `rounds` considers it. Both are 1 if the range is not literal.
 */
function roundsOf(loop: ForTag): { readonly most: number; readonly rounds: number } {
  const { collection, hash } = loop;
  if (!TypeGuards.isRangeToken(collection)) return { most: 1, rounds: 1 };
  const { lhs, rhs } = collection;
  if (!TypeGuards.isNumberToken(lhs) || !TypeGuards.isNumberToken(rhs)) return { most: 1, rounds: 1 };
  const most = Math.max(0, rhs.content - lhs.content + 1);
  const isCut = 'limit' in hash.hash || 'offset' in hash.hash || jumps(loop, 'break');
  return { most, rounds: isCut ? Math.min(1, most) : most };
}

/** True if a tag of that name occurs anywhere within the template. */
function jumps(template: Template, name: 'break' | 'continue'): boolean {
  return childrenOf(template).some(
    (child) => (TypeGuards.isTagToken(child.token) && child.token.name === name) || jumps(child, name),
  );
}

/** The templates directly within another one. */
export function childrenOf(template: Template): readonly Template[] {
  return template.children ? toValueSync(template.children(false, true)) : [];
}
