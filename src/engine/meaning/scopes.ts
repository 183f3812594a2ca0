import { EVENT_KINDS, type InboundEvent, PLATFORMS } from '../../domain/event.js';
import { NEXT_POST, type Rule } from '../../domain/rule.js';
import { finish, type Steps } from '../../domain/steps.js';
import type { MessageText } from '../text/text.js';
import { corpusInSteps, corpusOf, type Corpus, type ExampleRule } from './corpus.js';
import { createModel } from './model.js';
import type { Model, Reading } from './reading.js';
import { type Learnt, train, type Trained } from './train.js';
import { type SentModel, unpackModel } from './transfer.js';

/** The scope of an event: the properties to which rules may be limited. */
type Scope = Pick<InboundEvent, 'kind' | 'platform' | 'account'> & { readonly posts: readonly string[] };

/**
 * The models of a rule set: one for each scope, trained on the rules with examples that may apply in the
 * scope.
 */
export interface Meanings {
  /** Compares the text of an event, once. Null if no rule with examples may apply. */
  readonly read: (event: InboundEvent, text: MessageText) => Reading | null;
  /**
   * Trains all models in steps, in advance, so that the first messages need not wait for training. Models that
   * another thread trained are used as they are.
   */
  readonly prepare: (sent?: SentModels) => Steps<void>;
  /** Training data of the models: one for each set of rules that may apply together. */
  readonly corpora: () => readonly Corpus[];
}

/** Models from another thread, keyed by the hash of their training data. */
export type SentModels = ReadonlyMap<string, SentModel>;

type ScopedRule = Rule & ExampleRule;

const NONE: Meanings = { read: () => null, *prepare() {}, corpora: () => [] };

export function createMeanings(rules: readonly Rule[]): Meanings {
  const own = rules.filter((rule): rule is ScopedRule => rule.examples !== undefined);
  if (own.length === 0) return NONE;
  const named = {
    accounts: new Set(own.flatMap(({ accounts }) => accounts)),
    posts: new Set(own.flatMap(postsIn)),
  };
  const byScope = new Map<string, readonly ScopedRule[]>();
  const byRules = new Map<string, Model>();

  /** The values of a scope that a rule names; all other values are equivalent. */
  const nameOf = ({ kind, platform, account, posts }: Scope): string => {
    const known = posts.filter((post) => named.posts.has(post)).sort();
    return JSON.stringify([kind, platform, named.accounts.has(account ?? '') ? account : '', ...known]);
  };
  const rulesIn = (scope: Scope): readonly ScopedRule[] => {
    const name = nameOf(scope);
    const found = byScope.get(name) ?? own.filter((rule) => isIn(rule, scope));
    byScope.set(name, found);
    return found;
  };
  const places = new Map(own.map((rule, index) => [rule, index]));
  const signature = (scoped: readonly ScopedRule[]): string =>
    scoped.map((rule) => places.get(rule)).join(' ');

  const modelFor = ({ kind, platform, account, comment }: InboundEvent): Model | null => {
    const posts = [comment?.postId, comment?.platformPostId].filter((post) => typeof post === 'string');
    const scoped = rulesIn({ kind, platform, account, posts });
    if (scoped.length === 0) return null;
    const key = signature(scoped);
    const model = byRules.get(key) ?? createModel(finish(trainOnce(corpusOf(scoped))));
    byRules.set(key, model);
    return model;
  };
  const ruleSets = (): ReadonlyMap<string, readonly ScopedRule[]> => {
    const sets = [...scopesOf(named)].map(rulesIn).filter((scoped) => scoped.length > 0);
    return new Map(sets.map((scoped) => [signature(scoped), scoped]));
  };
  const compared = new WeakMap<MessageText, Reading | null>();

  return {
    read(event, text) {
      const known = compared.get(text);
      if (known !== undefined) return known;
      const reading = modelFor(event)?.read(text) ?? null;
      compared.set(text, reading);
      return reading;
    },
    *prepare(sent) {
      for (const [key, scoped] of ruleSets()) {
        yield;
        if (byRules.has(key)) continue;
        const corpus = yield* corpusInSteps(scoped);
        yield;
        byRules.set(key, createModel(yield* trainOnce(corpus, sent)));
      }
    },
    corpora: () => [...ruleSets().values()].map(corpusOf),
  };
}

/** Every combination of scope values that gives a different set of rules. */
function* scopesOf(named: { readonly accounts: ReadonlySet<string>; readonly posts: ReadonlySet<string> }) {
  for (const kind of EVENT_KINDS) {
    const posts = kind === 'comment' ? ['', ...named.posts] : [''];
    for (const platform of PLATFORMS)
      for (const account of ['', ...named.accounts])
        for (const post of posts) yield { kind, platform, account, posts: [post] } satisfies Scope;
  }
}

function isIn(rule: ScopedRule, { kind, platform, account, posts }: Scope): boolean {
  const limits = postsIn(rule);
  return (
    rule.on === kind &&
    (rule.platforms.length === 0 || rule.platforms.includes(platform)) &&
    (rule.accounts.length === 0 || rule.accounts.includes(account ?? '')) &&
    (limits.length === 0 || limits.some((post) => posts.includes(post)))
  );
}

/** The index does not know which post is the `next` one, so such a rule is part of every scope. */
function postsIn({ posts }: Pick<Rule, 'posts'>): readonly string[] {
  return posts.includes(NEXT_POST) ? [] : posts;
}

/** Cache by hash: `check` and `test --coverage` compile the same examples again and again. */
const learnt = new Map<string, Learnt>();
/** Maximum number of training texts in the cache, which take about 20 MB. */
const MOST_ROWS = 6_000;
let rowsKept = 0;

function* trainOnce(corpus: Corpus, sent: SentModels = new Map()): Steps<Trained> {
  const known = learnt.get(corpus.hash);
  if (known) return { ...known, corpus };
  const model = sent.get(corpus.hash);
  const { vocabulary, postings, weights } = model ? unpackModel(model) : yield* train(corpus);
  const found = { vocabulary, postings, weights };
  if (rowsKept + corpus.rows.length > MOST_ROWS) {
    learnt.clear();
    rowsKept = 0;
  }
  learnt.set(corpus.hash, found);
  rowsKept += corpus.rows.length;
  return { ...found, corpus };
}
