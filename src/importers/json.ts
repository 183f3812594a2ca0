import { codeOf, controlSign } from '../domain/terminal.js';
import { LIMITS } from '../domain/limits.js';
import { ImportError, type SourceFile } from './imported.js';

/** A block or list that is being read. `keys` is null in a list. */
interface Open {
  readonly keys: Set<string> | null;
  /** Kind of the next token that is accepted. */
  awaits: 'key' | 'colon' | 'value' | 'end';
  /** True until the first key or item. */
  isEmpty: boolean;
}

const BLANK = /[ \t\r\n]*/uy;
const WORD = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/uy;
const LONGEST_SHOWN = 30;

/**
 * Parses JSON after a check of its form and bounds: number of values, depth, length of a value, keys that occur
 * twice, control characters. Throws ImportError with line and column.
 */
export function parseJson(file: SourceFile): unknown {
  new Scanner(file).check();
  return JSON.parse(file.text);
}

/** Reads JSON without building values, in linear time, and keeps only the keys of open blocks. */
class Scanner {
  private at = 0;
  private values = 0;
  private readonly open: Open[] = [];
  private isOver = false;

  constructor(private readonly file: SourceFile) {}

  check(): void {
    for (;;) {
      this.skip(BLANK);
      if (this.at === this.file.text.length) break;
      this.token(this.file.text.charAt(this.at));
    }
    if (!this.isOver) this.refuse('ends too early');
  }

  private token(sign: string): void {
    const inside = this.open.at(-1);
    if (this.isOver) this.refuse(`has ${this.shown()} after its end`);
    if (sign === '}' || sign === ']') this.close(sign, inside);
    else if (sign === ',') this.next(inside);
    else if (sign === ':') this.colon(inside);
    else if (inside?.awaits === 'key') this.key(inside);
    else if (inside === undefined || inside.awaits === 'value') this.value(sign, inside);
    else this.refuse(`has ${this.shown()} where a comma is expected`);
  }

  private value(sign: string, inside: Open | undefined): void {
    this.values += 1;
    if (this.values > LIMITS.jsonValues) {
      this.refuse(`has more than ${LIMITS.jsonValues} values`, 'Split it into several files.');
    }
    if (inside) Object.assign(inside, { awaits: 'end', isEmpty: false });
    if (sign === '{' || sign === '[') {
      if (this.open.length === LIMITS.jsonDepth) {
        this.refuse(`has more than ${LIMITS.jsonDepth} levels`, 'Write it with fewer levels.');
      }
      this.open.push({
        keys: sign === '{' ? new Set() : null,
        awaits: sign === '{' ? 'key' : 'value',
        isEmpty: true,
      });
      this.at += 1;
      return;
    }
    if (sign === '"') this.text();
    else if (!this.skip(WORD)) this.refuse(`has ${this.shown()} where a value is expected`);
    this.isOver = this.open.length === 0;
  }

  private close(sign: string, inside: Open | undefined): void {
    const isOwn = inside !== undefined && (sign === '}') === (inside.keys !== null);
    if (!isOwn || !(inside.awaits === 'end' || inside.isEmpty)) this.refuse(`has ${this.shown()} too many`);
    this.open.pop();
    this.isOver = this.open.length === 0;
    this.at += 1;
  }

  private next(inside: Open | undefined): void {
    if (inside?.awaits !== 'end') return this.refuse('has a comma too many');
    inside.awaits = inside.keys === null ? 'value' : 'key';
    this.at += 1;
  }

  private colon(inside: Open | undefined): void {
    if (inside?.awaits !== 'colon') return this.refuse('has a colon where none is expected');
    inside.awaits = 'value';
    this.at += 1;
  }

  private key(inside: Open): void {
    if (this.file.text.charAt(this.at) !== '"') this.refuse(`has ${this.shown()} where a key is expected`);
    const from = this.at;
    const key = this.text();
    if (inside.keys?.has(key) === true) {
      this.at = from;
      this.refuse(`has the key ${shortened(key)} twice in one block`, 'Keep one of the two.');
    }
    inside.keys?.add(key);
    Object.assign(inside, { awaits: 'colon', isEmpty: false });
  }

  /** Reads a text in quotes, and returns it. */
  private text(): string {
    const { text } = this.file;
    let end = text.indexOf('"', this.at + 1);
    while (end > 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
    if (end < 0) this.refuse('has a text that is not closed');
    const length = end - this.at - 1;
    if (length > LIMITS.jsonText) {
      this.refuse(
        `has a text of ${length} characters, but at most ${LIMITS.jsonText} are read`,
        'Shorten it.',
      );
    }
    const raw = text.slice(this.at, end + 1);
    const value = this.decoded(raw);
    const control = controlSign(value);
    if (control !== null) this.refuse(`has the control character ${control} in a text`, 'Remove it.');
    this.at = end + 1;
    return value;
  }

  private decoded(raw: string): string {
    const broken = /[\u0000-\u001F]/u.exec(raw);
    if (broken) this.refuse(`has ${codeOf(broken[0])} in a text, such as a line end without \\n`);
    if (!raw.includes('\\')) return raw.slice(1, -1);
    try {
      return JSON.parse(raw) as string;
    } catch {
      return this.refuse('has a backslash in a text that begins no escape sequence');
    }
  }

  private skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    const isFound = pattern.test(this.file.text);
    if (isFound) this.at = pattern.lastIndex;
    return isFound;
  }

  private shown(): string {
    return shortened(this.file.text.slice(this.at, this.at + LONGEST_SHOWN + 1).split(/\s/u, 1)[0] ?? '');
  }

  private refuse(message: string, fix = 'Export it again, whole.'): never {
    const { name, text } = this.file;
    const before = text.slice(0, this.at);
    const line = before.split('\n').length;
    const place = `${name}:${line}:${this.at - before.lastIndexOf('\n')}`;
    const isForm = fix === 'Export it again, whole.';
    throw new ImportError(place, `${isForm ? 'is not JSON: it ' : ''}${message}`, fix);
  }
}

function isEscaped(text: string, end: number): boolean {
  let before = end - 1;
  while (text.charAt(before) === '\\') before -= 1;
  return (end - before) % 2 === 0;
}

function shortened(text: string): string {
  return JSON.stringify(text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text);
}
