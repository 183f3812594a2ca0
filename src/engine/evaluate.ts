import { Engine, Rule, type TopLevelCondition } from 'json-rules-engine';
import { type FreshConditions, type ResultNode, withFreshConditions } from './fresh-conditions.js';

export type { NestedCondition, TopLevelCondition } from 'json-rules-engine';
export type { ResultNode } from './fresh-conditions.js';

/**
 * The modules that import json-rules-engine are this one and fresh-conditions.ts. WARNING: an `Engine` must never run twice at a time: its
 * status lives on the instance, and of two runs that overlap one silently loses rules (7.3.1, src/engine.js:
 * `run` and `evaluateRules`). `Rule.evaluate` is what `run` calls for each rule and does not depend on that
 * status, so rules are evaluated one by one, on one host that is never run. The method is missing in the
 * library's types; a contract test covers it.
 */
interface EvaluableRule {
  setEngine(engine: Engine): void;
  evaluate(almanac: FactAlmanac): Promise<{ readonly result: boolean; readonly conditions: FreshConditions }>;
}

/** Must not throw: a throwing operator rejects the whole evaluation. */
export type OperatorTest = (fact: never, value: never) => boolean;

/** A fact is a value, or a function of a condition's `params`. */
export type FactValues = Readonly<Record<string, unknown>>;

/** A rule of the library, bound to the host that provides its operators. */
export type Program = (facts: FactCache) => Promise<{ readonly matched: boolean; readonly tree: ResultNode }>;

/** The facts of one decision, shared by all its rules. */
export interface FactCache {
  readonly almanac: FactAlmanac;
}

export interface Host {
  /** `conditions` must be valid: facts, operators and lists are checked when rules are parsed. */
  program(name: string, conditions: TopLevelCondition): Program;
  know(facts: FactValues): FactCache;
}

export function createHost(operators: Readonly<Record<string, OperatorTest>>): Host {
  const engine = new Engine();
  for (const [name, test] of Object.entries(operators)) engine.addOperator(name, test);

  return {
    program(name, conditions) {
      const rule = new Rule({ name, conditions, event: { type: 'act' } });
      const evaluable = withFreshConditions(rule) as unknown as EvaluableRule;
      evaluable.setEngine(engine);
      return async ({ almanac }) => {
        const { result, conditions: evaluated } = await evaluable.evaluate(almanac);
        return { matched: result, tree: evaluated.tree };
      };
    },
    know: (facts) => ({ almanac: new FactAlmanac(facts) }),
  };
}

/**
 * The facts of a decision as a record: the two methods of the library's almanac that a rule calls, without promises
 * for values that are known. The library's own wraps each fact in an object in advance and hashes the params of
 * each query for a cache: a third of the time of a decision.
 */
class FactAlmanac {
  readonly #facts: FactValues;

  constructor(facts: FactValues) {
    this.#facts = facts;
  }

  factValue(name: string, params: Readonly<Record<string, unknown>> = NO_PARAMS, path = ''): unknown {
    const value = valueOf(this.#facts, name, params);
    return path === '' ? value : ownProperty(value, path);
  }

  /** The value that a condition compares with, which is never a fact. */
  getValue(value: unknown): unknown {
    return value;
  }
}

const NO_PARAMS = {};

/** The value of a fact. Undefined for an unknown name: the parser rejects rules that use one. */
export function valueOf(facts: FactValues, name: string, params: Readonly<Record<string, unknown>>): unknown {
  const value = Object.hasOwn(facts, name) ? facts[name] : undefined;
  return typeof value === 'function' ? (value as (params: object) => unknown)(params) : value;
}

/**
 * Replaces the library's JSONPath, whose filters could run code: an own property by its name, or undefined.
 */
function ownProperty(value: unknown, path: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, path)
    ? (value as Record<string, unknown>)[path]
    : undefined;
}
