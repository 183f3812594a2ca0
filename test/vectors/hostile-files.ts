import type { Format } from '../../src/importers/formats.js';

/** Formats by the syntax of their files. */
export const JSON_FORMATS: readonly Format[] = ['blotato', 'intents', 'openreply', 'zernio', 'chatwoot'];
export const YAML_FORMATS: readonly Format[] = ['rasa', 'automoderator', 'reactbot'];

const MILLION = 1_000_000;
const LONG = 10 * MILLION;

/** Files that are no text, for every format. */
export const NO_TEXTS: readonly (readonly [why: string, bytes: readonly number[], error: RegExp])[] = [
  ['a zip archive', [0x50, 0x4b, 3, 4, 20, 0], /: is an archive/u],
  ['an empty zip archive', [0x50, 0x4b, 5, 6, 0, 0], /:1: has the control character U\+0005/u],
  ['a gzip file', [0x1f, 0x8b, 8, 0], /: is an archive/u],
  ['an old Excel file', [0xd0, 0xcf, 0x11, 0xe0], /: is an archive/u],
  [
    'a PDF',
    [...Buffer.from('%PDF-1.7\n'), 0xe2, 0xe3, 0xcf, 0xd3, 0],
    /:2: has the control character U\+0000/u,
  ],
  ['a picture', [0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10], /:2: has the control character U\+001A/u],
  [
    'text after a control character',
    [...Buffer.from('a\nb\u001b[2J')],
    /:2: has the control character U\+001B/u,
  ],
];

/** JSON that is refused, whatever its format. */
export const BAD_JSON: readonly (readonly [why: string, text: () => string, error: RegExp])[] = [
  ['no text', () => '', /:1:1: is not JSON: it ends too early/u],
  ['an open list', () => '[\n[]', /:2:3: is not JSON: it ends too early/u],
  ['two values', () => '[]\n[]', /:2:1: is not JSON: it has "\[\]" after its end/u],
  ['a word', () => '[\n nul ]', /:2:2: is not JSON: it has "nul" where a value/u],
  ['single quotes', () => "{'a': 1}", /:1:2: is not JSON: it has "'a':" where a key/u],
  ['a comma at the end', () => '[1,\n]', /:2:1: is not JSON: it has "\]" too many/u],
  ['a comma at the end of a block', () => '{"a": 1,\n}', /:2:1: is not JSON: it has "\}" too many/u],
  ['a missing comma', () => '[1\n 2]', /:2:2: is not JSON: it has "2\]" where a comma/u],
  ['a missing colon', () => '{"a" 1}', /:1:6: is not JSON: it has "1\}" where a comma/u],
  ['a missing value', () => '{"a":}', /:1:6: is not JSON: it has "\}" too many/u],
  ['a colon in a list', () => '["a": 1]', /:1:5: is not JSON: it has a colon/u],
  ['the wrong bracket', () => '{"a": [1}', /:1:9: is not JSON: it has "\}" too many/u],
  ['an open text', () => '[\n"abc', /:2:1: is not JSON: it has a text that is not closed/u],
  ['a line end in a text', () => '["a\nb"]', /:1:2: is not JSON: it has U\+000A in a text/u],
  ['an unknown escape', () => String.raw`["\q"]`, /:1:2: is not JSON: it has a backslash/u],
  ['a number with a leading zero', () => '[01]', /:1:2: is not JSON: it has "01\]"/u],
  [
    'an escaped control character',
    () => String.raw`[1,` + '\n' + String.raw` "a\u0000b"]`,
    /:2:2: has the control character U\+0000/u,
  ],
  ['an escaped escape', () => String.raw`["\u001b[2J"]`, /:1:2: has the control character U\+001B/u],
  ['a key twice', () => '[{"a": 1,\n "b": 2,\n "a": 3}]', /:3:2: has the key "a" twice/u],
  [
    'a key twice, once with an escape',
    () => String.raw`{"a": 1, "\u0061": 3}`,
    /:1:10: has the key "a" twice/u,
  ],
  ['ten million levels', () => '['.repeat(LONG), /:1:101: has more than 100 levels/u],
  [
    'ten million closed levels',
    () => '['.repeat(LONG / 2) + ']'.repeat(LONG / 2),
    /:1:101: has more than 100 levels/u,
  ],
  ['ten million blocks', () => '{"a":'.repeat(LONG / 5), /:1:501: has more than 100 levels/u],
  [
    'a text of ten million characters',
    () => `["${'x'.repeat(LONG)}"]`,
    /:1:2: has a text of 10000000 characters/u,
  ],
  [
    'a key of ten million characters',
    () => `[{"${'x'.repeat(LONG)}": 1}]`,
    /:1:3: has a text of 10000000 characters/u,
  ],
  ['ten million backslashes', () => `["${'\\'.repeat(LONG)}"]`, /:1:2: has a text of 10000000 characters/u],
  ['a number of ten million digits', () => `[${'1'.repeat(LONG)}x]`, /:1:2: is not JSON/u],
  [
    'more than a million rows',
    () => `[${'{},\n'.repeat(MILLION)}{}]`,
    /:1000000:1: has more than 1000000 values/u,
  ],
  [
    'a key each of a million',
    () => `{${Array.from({ length: MILLION }, (_, n) => `"${n}":0`).join(',')}}`,
    /has more than 1000000 values/u,
  ],
];

const lines = (n: number, line: (n: number) => string): string =>
  Array.from({ length: n }, (_, k) => line(k)).join('\n');

/** YAML that is refused, whatever its format. */
export const BAD_YAML: readonly (readonly [why: string, text: () => string, error: RegExp])[] = [
  ['an open list', () => 'a: [1,\n', /:1:4: is not valid YAML: a list in/u],
  ['a tab', () => 'a:\n\tb: 1', /:2:1: is not valid YAML: this line begins with a tab/u],
  ['a key twice', () => 'a: 1\nb: 2\na: 3', /:3:1: is not valid YAML: the key "a" occurs twice/u],
  [
    'a key twice in a block of one line',
    () => 'x: 1\nb: {a: 1, "a": 2}',
    /:2:11: is not valid YAML: the key "a"/u,
  ],
  [
    'a key twice in the second document',
    () => 'a: 1\n---\nb: 1\nb: 2',
    /:4:1: is not valid YAML: the key "b"/u,
  ],
  [
    'an escaped control character',
    () => 'a: 1\nb: "x\\0y"',
    /:2:4: is not valid YAML: this value has the control/u,
  ],
  [
    'a million lists in each other',
    () => '['.repeat(MILLION),
    /:1:201: is not valid YAML: lists and blocks are nested/u,
  ],
  ['a million dashes', () => '- '.repeat(MILLION), /:1:400: is not valid YAML: lists and blocks are nested/u],
  [
    'a million question marks',
    () => '? '.repeat(MILLION),
    /:1:400: is not valid YAML: lists and blocks are nested/u,
  ],
  [
    'three thousand levels',
    () => lines(3_000, (n) => `${' '.repeat(n)}a:`),
    /:200:201: is not valid YAML: lists and blocks/u,
  ],
  [
    'a text of ten million characters',
    () => `a: "${'x'.repeat(LONG)}"`,
    /:1:4: is not valid YAML: a value of 10000002 char/u,
  ],
  [
    'a plain text of ten million characters',
    () => `a: ${'x '.repeat(LONG / 2)}y`,
    /:1:4: is not valid YAML: a value of 10000001/u,
  ],
  [
    'a block of ten million characters',
    () => `a: |\n${'  xyz\n'.repeat(LONG / 6)}`,
    /:2:1: is not valid YAML: a value of 9999996/u,
  ],
  [
    'a million rows',
    () => '- a\n'.repeat(MILLION),
    /:400000:4: is not valid YAML: the file has more than 2000000/u,
  ],
  [
    'an alias without an anchor',
    () => 'a: 1\nb: *a',
    /:2:4: is not valid YAML: a text cannot begin with \*/u,
  ],
  [
    'an alias inside its anchor',
    () => 'a: &a\n  - *a',
    /:2:5: is not valid YAML: "\*a" is inside the block/u,
  ],
  [
    'a million aliases',
    () => `- &a x\n${'- *a\n'.repeat(MILLION)}`,
    /:10001:3: is not valid YAML: there are more than 10000/u,
  ],
  [
    'a million tags',
    () => `a: ${'!b '.repeat(MILLION)}`,
    /:1:30004: is not valid YAML: there are more than 10000/u,
  ],
  [
    'aliases that multiply',
    () =>
      `a: &a [x,x,x,x,x,x,x,x,x]\n${lines(
        8,
        (n) =>
          `${'bcdefghi'[n] ?? ''}: &${'bcdefghi'[n] ?? ''} [${Array<string>(9)
            .fill(`*${'abcdefgh'[n] ?? ''}`)
            .join(', ')}]`,
      )}`,
    /:5:12: is not valid YAML: aliases/u,
  ],
  [
    'a large block repeated by aliases',
    () => `a: &a [${'x, '.repeat(5_000)}x]\nb: [${'*a, '.repeat(900)}x]`,
    /:2:17: is not valid YAML: aliases/u,
  ],
];

/** Files that are valid, and take linear time although a simple method would take quadratic time. */
export const LARGE: readonly (readonly [
  why: string,
  format: Format,
  text: () => string,
  error: RegExp | null,
])[] = [
  ['a YAML block of 50,000 keys', 'reactbot', () => `rules: {}\n${lines(50_000, (n) => `key${n}: v`)}`, null],
  ['9,000 aliases of one text', 'automoderator', () => `a: &a x\nb:\n${lines(9_000, () => '- *a')}`, null],
  [
    'a text of brackets',
    'rasa',
    () => `nlu:\n- intent: a\n  examples: "- ${'['.repeat(500_000)}"\nresponses:\n  utter_a: [b]`,
    null,
  ],
  [
    'a text of entities that are not closed',
    'rasa',
    () => `nlu:\n- intent: a\n  examples: "- ${'[a]('.repeat(200_000)}"\nresponses:\n  utter_a: [b]`,
    null,
  ],
  [
    'a tag of dashes',
    'chatwoot',
    () =>
      JSON.stringify([
        {
          event_name: 'message_created',
          actions: [
            { action_name: 'add_label', action_params: [`${'-'.repeat(500_000)}x`] },
            { action_name: 'send_message', action_params: ['a'] },
          ],
        },
      ]),
    null,
  ],
  [
    '20,000 rules of one name',
    'intents',
    () =>
      JSON.stringify({
        intents: Array.from({ length: 20_000 }, () => ({ tag: 'a', patterns: ['b'], responses: ['c'] })),
      }),
    null,
  ],
  [
    '20,001 rules',
    'intents',
    () =>
      JSON.stringify({
        intents: Array.from({ length: 20_001 }, () => ({ tag: 'a', patterns: ['b'], responses: ['c'] })),
      }),
    /: makes 20001 rules, but one import makes at most 20000/u,
  ],
  [
    'a text of opening braces',
    'intents',
    () => JSON.stringify({ intents: [{ tag: 'a', patterns: ['b'], responses: ['{'.repeat(500_000)] }] }),
    null,
  ],
  ['60,000 vacation replies', 'sieve', () => 'vacation "x";\n'.repeat(60_000), /makes 60000 rules/u],
];
