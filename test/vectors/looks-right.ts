/** A line of a rule that is valid YAML and means something else than it seems to, with the code and part of the fix. */
export type LooksRight = readonly [line: string, code: string, fix: string];

export const LOOKS_RIGHT: readonly LooksRight[] = [
  ['reply: Use code SUMMER #10 at checkout', 'lost-text', '"Use code SUMMER #10 at checkout"'],
  ['reply: We are number #1', 'lost-text', '"We are number #1"'],
  ['reply: "Hi"\n    keywords: [“price”, “how much”]', 'keyword-quotes', '"price"'],
  ['reply: "Hi"\n    keywords: [«prix»]', 'keyword-quotes', '"prix"'],
  ['reply: "Hi"\n    keywords: [„Preis“]', 'keyword-quotes', '"Preis"'],
  ["reply: 'Hi'\n    keywords: { any: ['/price/i'], match: regex }", 'keyword-slashes', "'price'"],
  ['reply: "Hi"\n    keywords: ["price, cost"]', 'keyword-comma', '[price, cost]'],
  ['reply: "Hi"\n    keywords: ["价格、费用"]', 'keyword-comma', '[价格, 费用]'],
  ["reply: 'Line one\\nLine two'", 'literal-escape', '"Line one\\nLine two"'],
  ['reply: Line one\\n\\nLine two', 'literal-escape', '"Line one\\nLine two"'],
];

/** Similar lines that mean what they seem to. */
export const IS_RIGHT: readonly string[] = [
  'reply: Use code SUMMER10 # until August',
  'reply: "Use code SUMMER #10 at checkout"',
  'reply: Code SUMMER#10',
  'priority: 10 #high\n    reply: Hi',
  'reply: "Line one\\nLine two"',
  'reply: |-\n      Line one\n      Line two',
  'reply: "Hi"\n    keywords: ["1,000", "don\'t"]',
  "reply: 'Hi'\n    keywords: { any: ['/price'], match: contains }",
  "reply: 'Hi'\n    keywords: { any: ['a/b'], match: regex }",
];
