import type { Condition } from '../domain/condition.js';
import type { InboundEvent } from '../domain/event.js';
import type { Facts } from '../domain/facts.js';
import { compileCondition } from './compile.js';
import type { FactCache, FactValues } from './evaluate.js';
import { engineFacts } from './facts.js';
import type { CompiledSet } from './rule-set.js';
import { MessageText } from './text/text.js';

type Test = (values: FactValues) => Promise<boolean>;

/** Compiled conditions: those of the rules are the same objects at every decision. */
const compiled = new WeakMap<Condition, Test>();

/** True if the condition holds for the event, as in `when` of a rule. */
export function holds(
  condition: Condition,
  event: InboundEvent,
  facts: Facts,
  set: CompiledSet,
): Promise<boolean> {
  const test = compiled.get(condition) ?? toTest(condition);
  compiled.set(condition, test);
  return test(engineFacts(event, facts, new MessageText(event.text), set));
}

function toTest(condition: Condition): Test {
  const { program, host } = compileCondition(condition);
  return async (values) => {
    const known: FactCache = host.know(values);
    return (await program(known)).matched;
  };
}
