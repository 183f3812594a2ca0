// Conditions that json-rules-engine evaluates without copying them first.
import { Rule } from 'json-rules-engine';

/** An evaluated condition; it has the shape of the rule's conditions. */
export interface ResultNode {
  readonly result?: boolean | undefined;
  readonly all?: readonly ResultNode[];
  readonly any?: readonly ResultNode[];
  readonly not?: ResultNode;
  readonly factResult?: unknown;
}

/** A condition as the library parsed it. */
interface Parsed {
  readonly all?: readonly Parsed[];
  readonly any?: readonly Parsed[];
  readonly not?: Parsed;
  readonly fact?: string;
  readonly operator?: string;
  readonly value?: unknown;
  readonly params?: object;
  readonly path?: string;
}

type Create = () => ResultNode;

/**
 * Stands for the conditions of a rule. The library writes results into conditions and therefore copies all of them at each
 * evaluation (7.3.1, src/rule-result.js), which took a tenth of the time of a decision. Its copier creates an object with
 * the same prototype and own properties, and takes functions as they are. A copy of this object is therefore one
 * property, and creates the conditions when the library reads them: `any` first, then `all`, then `not`.
 */
export class FreshConditions {
  readonly create: Create;
  created: ResultNode | undefined = undefined;

  constructor(create: Create) {
    this.create = create;
  }

  /** The conditions of this copy, with their results once they were evaluated. */
  get tree(): ResultNode {
    return (this.created ??= this.create());
  }

  get any(): ResultNode['any'] {
    return this.tree.any;
  }

  get all(): ResultNode['all'] {
    return this.tree.all;
  }

  get not(): ResultNode['not'] {
    return this.tree.not;
  }
}

/** Changes the rule, which keeps its meaning: the library evaluates each condition as ever. */
export function withFreshConditions(rule: Rule): Rule {
  const fresh: unknown = new FreshConditions(creatorOf(rule.conditions as Parsed));
  rule.conditions = fresh as Rule['conditions'];
  return rule;
}

function creatorOf(parsed: Parsed): Create {
  if (parsed.all) {
    const creators = parsed.all.map(creatorOf);
    return () => new AllOf(creators.map((create) => create()));
  }
  if (parsed.any) {
    const creators = parsed.any.map(creatorOf);
    return () => new AnyOf(creators.map((create) => create()));
  }
  if (parsed.not) {
    const create = creatorOf(parsed.not);
    return () => new Not(create());
  }
  return () => new Leaf(parsed);
}

/** The priority of the library for everything that names none. */
const PRIORITY = 1;

class AllOf implements ResultNode {
  readonly operator = 'all';
  readonly priority = PRIORITY;
  readonly result = undefined;
  readonly all: readonly ResultNode[];

  constructor(all: readonly ResultNode[]) {
    this.all = all;
  }
}

class AnyOf implements ResultNode {
  readonly operator = 'any';
  readonly priority = PRIORITY;
  readonly result = undefined;
  readonly any: readonly ResultNode[];

  constructor(any: readonly ResultNode[]) {
    this.any = any;
  }
}

class Not implements ResultNode {
  readonly operator = 'not';
  readonly priority = PRIORITY;
  readonly result = undefined;
  readonly not: ResultNode;

  constructor(not: ResultNode) {
    this.not = not;
  }
}

class Leaf implements ResultNode {
  readonly fact: string | undefined;
  readonly operator: string | undefined;
  readonly value: unknown;
  readonly params: object | undefined;
  readonly path: string | undefined;
  readonly priority = PRIORITY;
  readonly result = undefined;
  readonly factResult = undefined;
  readonly valueResult = undefined;

  constructor({ fact, operator, value, params, path }: Parsed) {
    this.fact = fact;
    this.operator = operator;
    this.value = value;
    this.params = params;
    this.path = path;
  }
}

/** The library does not export its class of conditions. */
const CONDITION: unknown = Object.getPrototypeOf(
  new Rule({ conditions: { all: [] }, event: { type: 'none' } }).conditions,
);
for (const { prototype } of [AllOf, AnyOf, Not, Leaf]) Object.setPrototypeOf(prototype, CONDITION as object);
