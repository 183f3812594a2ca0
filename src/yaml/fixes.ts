// Fixes of values of another kind than expected.

const FIXES: Readonly<Record<string, string>> = {
  'a list': 'Put it in square brackets: [ … ].',
  'a number': 'Write it in digits, without quotes.',
  'a whole number': 'Write it in digits, without quotes.',
  '`true` or `false`': 'Write true or false, without quotes.',
};

const FIXES_OF_BLOCKS: Readonly<Record<string, string>> = {
  'a text': 'Write one text in quotes, on the line of the key.',
  'a list': 'Begin each entry with a hyphen, or write all in square brackets: [ … ].',
};

/** The fix of `is neither 5m nor a block`, the form of the message of each union: `Write 5m, or a block.` */
export function fixIn(message: string): string | null {
  const { one, other } = /^is neither (?<one>.+?),? nor (?<other>.+)$/su.exec(message)?.groups ?? {};
  return one === undefined ? null : `Write ${one}, or ${other ?? ''}.`;
}

/** The fix of a value where another kind, such as `a list`, is expected; a block or a list is no single value. */
export function fixOfKind(meant: string, isBlock: boolean): string {
  return (isBlock ? FIXES_OF_BLOCKS[meant] : FIXES[meant]) ?? `Write ${meant}.`;
}
