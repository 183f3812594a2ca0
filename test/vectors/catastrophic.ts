/** A pattern with exponential or high polynomial time under backtracking, and the construction of its attack. */
export interface Attack {
  readonly pattern: string;
  /** A text of about N characters. */
  readonly text: (length: number) => string;
}

const repeat =
  (part: string, end = '', start = '') =>
  (length: number) =>
    start + part.repeat(Math.max(1, Math.floor((length - start.length - end.length) / part.length))) + end;

/**
 * Patterns that were published as catastrophic, in our own selection and with attacks written anew. From: OWASP's page
 * on ReDoS; the reports of the outages at Stack Overflow (2016) and Cloudflare (2019); the query tests of CodeQL; the
 * advisories on marked, moment, ua-parser-js, minimatch, semver and others. Look-around is left out: it does not
 * compile here.
 */
export const ATTACKS: readonly Attack[] = [
  // From OWASP's page on ReDoS
  { pattern: '(a+)+$', text: repeat('a', '!') },
  { pattern: '([a-zA-Z]+)*$', text: repeat('a', '!') },
  { pattern: '(a|aa)+$', text: repeat('a', '!') },
  { pattern: '(a|a?)+$', text: repeat('a', '!') },
  { pattern: '^(.*a){11}$', text: repeat('a', '!') },
  { pattern: '^(.*a){40}$', text: repeat('a', '!') },
  {
    pattern:
      '^([a-zA-Z0-9])(([\\-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}[a-z0-9]+[.]{1}(([a-z]{2,3})|([a-z]{2,3}[.]{1}[a-z]{2,3}))$',
    text: repeat('a', '!'),
  },
  { pattern: '^(([a-z])+.)+[A-Z]([a-z])+$', text: repeat('a') },
  // Textbook examples with nested, adjacent and overlapping repeats
  { pattern: '^(a+)+$', text: repeat('a', 'b') },
  { pattern: '^(a|a)*$', text: repeat('a', 'b') },
  { pattern: '^(a*)*b$', text: repeat('a') },
  { pattern: '(x+x+)+y', text: repeat('x') },
  { pattern: '(.*)*=', text: repeat('x') },
  { pattern: '^(\\w+\\s?)*$', text: repeat('word ', '!') },
  { pattern: '^(\\d+)*[a-z]$', text: repeat('1', '!') },
  { pattern: '^(?:a?){30}a{30}$', text: repeat('a', 'b') },
  { pattern: '^(([^a-z]|A)+)*x$', text: repeat('A') },
  { pattern: '\\s+$', text: repeat(' ', '!') },
  { pattern: '^(?:.*,){20}P', text: repeat('1,') },
  { pattern: '.*.*=.*', text: repeat('x') },
  { pattern: '\\d*\\d*\\d*\\d*\\d*x', text: repeat('1') },
  { pattern: '(?<word>(\\pL+)+):', text: repeat('é') },
  // Patterns that caused the outages at Stack Overflow and Cloudflare
  { pattern: '^[\\s\\x{200c}]+|[\\s\\x{200c}]+$', text: repeat(' ', 'x', 'x') },
  {
    pattern:
      '(?:(?:"|\'|\\]|\\}|\\\\|\\d|(?:nan|infinity|true|false|null|undefined|symbol|math)|`|-|\\+)+[)]*;?((?:\\s|-|~|!|\\{\\}|\\|\\||\\+)*.*(?:.*=.*)))',
    text: repeat('x', '', 'math'),
  },
  // Patterns from security advisories on libraries
  { pattern: '^\\b_((?:__|[\\s\\S])+?)_\\b|^\\*((?:\\*\\*|[\\s\\S])+?)\\*x', text: repeat('__', '', '_') },
  { pattern: '(.*,)+.+z', text: repeat(',') },
  {
    pattern: '^(?:\\s+(?:"(?:[^"\\\\]|\\\\\\\\|\\\\.)+"|\'(?:[^\'\\\\]|\\\\\\\\|\\\\.)+\'))$',
    text: repeat('\\\\', '', ' "'),
  },
  {
    pattern: '^ *(\\S.*\\|.*)\\n *([-:]+ *\\|[-| :]*)\\n((?:.*\\|.*(?:\\n|$))*)a',
    text: repeat('||\n', '', 'a|\n:|\n'),
  },
  { pattern: '^([\\s\\[{(]|#.*)*$', text: repeat('##', '\na') },
  { pattern: 'D[oD]?(\\[[^\\[\\]]*\\]|\\s+)+MMMM?', text: repeat(' ', '', 'D') },
  { pattern: '(?:android.+)+;\\sx', text: repeat('android ', '') },
  { pattern: '((?:\\!|\\?)+|\\*\\*?)+z', text: repeat('!*') },
  { pattern: '^[v=\\s]*([0-9]+)\\.([0-9]+)\\s*(\\s*(?:[<>]=?)?\\s*)*$', text: repeat(' ', 'x', '1.2') },
  { pattern: '^(?:[a-z0-9]+-?)+\\.$', text: repeat('a') },
  {
    pattern: '^([a-z0-9]+([\\-a-z0-9]*[a-z0-9]+)?\\.){0,}([a-z0-9]+){1,63}(\\.[a-z0-9]{2,7})+$',
    text: repeat('a'),
  },
  {
    pattern: '^(https?:\\/\\/)?([\\da-z.-]+)\\.([a-z.]{2,6})([\\/\\w .-]*)*\\/?$',
    text: repeat('a', '!', 'a.aa'),
  },
  { pattern: '<!--[\\s\\S]*?--+>', text: repeat('<!--') },
  { pattern: '\\{\\s*((?:.|\\s)+?)\\s*\\}\\}', text: repeat('{ ') },
  { pattern: '^(\\S+\\s*,?\\s*)*;$', text: repeat('a,') },
  { pattern: "^'(?:[^']|'')*(?:\\s*,\\s*'(?:[^']|'')*)*$z", text: repeat("'',") },
  { pattern: '^((ab)*)+$', text: repeat('ab', 'c') },
  { pattern: '^(([01]?\\d\\d?|2[0-4]\\d|25[0-5]).){8}x', text: repeat('1') },
];
