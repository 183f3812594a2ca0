import { type FoldOptions, fold, plain, withoutAccents } from './normalise.js';
import { withoutLinks } from './links.js';
import { type Span, spacedWords } from './words.js';

/** A message with its normal forms, each computed once on demand. */
export class MessageText {
  readonly raw: string;
  readonly #folded: (string | undefined)[] = [];
  readonly #words: (readonly Span[] | undefined)[] = [];
  #plain: string | null = null;
  #bare: string | null = null;
  #inWords: MessageText | null = null;
  #lastSearch: object | null = null;
  #lastFound: unknown = null;

  constructor(raw: string) {
    this.raw = raw;
  }

  /** The text as returned by `fold`; the loosest fold by default. */
  folded(options?: FoldOptions): string {
    return (this.#folded[slot(options)] ??= fold(this.raw, options));
  }

  /** Positions of the words of scripts with spaces in `folded(options)`. */
  words(options?: FoldOptions): readonly Span[] {
    return (this.#words[slot(options)] ??= spacedWords(this.folded(options)));
  }

  /** The text for regular expressions: NFKC, plain signs, single spaces and line ends. */
  plain(): string {
    return (this.#plain ??= plain(this.raw));
  }

  /** The text of `plain()` without accents. */
  withoutAccents(): string {
    return (this.#bare ??= withoutAccents(this.plain()));
  }

  /** The result of a search in this text; the last one is kept, since conditions and replies ask for the same. */
  once<T>(search: object, run: () => T): T {
    if (this.#lastSearch !== search) {
      this.#lastFound = run();
      this.#lastSearch = search;
    }
    return this.#lastFound as T;
  }

  /** The text without links, addresses and mentions; itself if it has none. */
  inWords(): MessageText {
    if (this.#inWords) return this.#inWords;
    const bare = withoutLinks(this.raw);
    this.#inWords = bare === this.raw ? this : new MessageText(bare);
    return this.#inWords;
  }
}

function slot(options: FoldOptions | undefined): number {
  return (options?.caseSensitive === true ? 1 : 0) + (options?.accents === true ? 2 : 0);
}
