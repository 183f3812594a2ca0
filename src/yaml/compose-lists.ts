import { Composer, type CST, type Document, isMap, isSeq, type Node, type YAMLSeq } from 'yaml';
import type { Steps } from '../domain/steps.js';

/** Items per step. */
const PORTION = 10;

type Options = ConstructorParameters<typeof Composer>[0];

/** A document of which long lists were shortened to their last items, and the other items. */
export interface Shortened {
  readonly token: CST.Document;
  /** The items before the last ones, keyed by the position of their list in the text. */
  readonly heads: ReadonlyMap<number, readonly Node[]>;
}

/** A list that is the value of a key. */
interface ListPair {
  readonly pair: CST.BlockMap['items'][number];
  readonly list: CST.BlockSequence;
}

/**
 * Composes the items of long lists directly below the top of a document, such as `rules`, a few at a time: the library
 * composes a document at once. Null without long lists, or if anything in them is wrong or unusual: the
 * document then has to be composed as a whole, which reports it.
 */
export function* shortenLists(token: CST.Document, options: Options): Steps<Shortened | null> {
  const { value: map } = token;
  if (map?.type !== 'block-map') return null;
  const lists = map.items.flatMap(longList);
  const heads = new Map<number, readonly Node[]>();
  const short = new Map<ListPair['pair'], ListPair['pair']>();
  for (const { pair, list } of lists) {
    const head = yield* composeItems({ ...list, items: list.items.slice(0, -PORTION) }, options);
    if (!head) return null;
    heads.set(list.offset, head);
    short.set(pair, { ...pair, value: { ...list, items: list.items.slice(-PORTION) } });
  }
  if (lists.length === 0) return null;
  const items = map.items.map((pair) => short.get(pair) ?? pair);
  return { token: { ...token, value: { ...map, items } }, heads };
}

/** Puts the items back that were composed before. */
export function lengthenLists({ contents }: Document, { heads }: Shortened): void {
  for (const { value } of isMap(contents) ? contents.items : []) {
    if (!isSeq(value)) continue;
    const head = heads.get(value.range?.[0] ?? -1);
    if (head) value.items = [...head, ...value.items];
  }
}

/** A tag may change the list as a whole. The last item may be a comment only. */
function longList(pair: ListPair['pair']): readonly ListPair[] {
  const { sep, value: list } = pair;
  const isPlain =
    list?.type === 'block-seq' &&
    list.items.length > 2 * PORTION &&
    sep?.some(({ type }) => type === 'tag') !== true &&
    list.items.slice(0, -1).every(({ start }) => start.some(({ type }) => type === 'seq-item-ind'));
  return isPlain ? [{ pair, list }] : [];
}

/** Composes items as documents of a few each. Null if there is an error or a warning. */
function* composeItems(list: CST.BlockSequence, options: Options): Steps<readonly Node[] | null> {
  const nodes: Node[] = [];
  for (let from = 0; from < list.items.length; from += PORTION) {
    yield;
    const value = { ...list, items: list.items.slice(from, from + PORTION) };
    const composer = new Composer(options);
    const tokens: CST.Token[] = [{ type: 'document', offset: list.offset, start: [], value }];
    const [document] = [...composer.compose(tokens)];
    if (!document || document.errors.length + document.warnings.length > 0) return null;
    nodes.push(...(document.contents as unknown as YAMLSeq<Node>).items);
  }
  yield;
  return nodes;
}
