import type { Problem } from './source.js';

export const ALIAS_BOMB: Problem = {
  code: 'alias-bomb',
  message: 'aliases (`*name`) repeat blocks inside blocks so often that the file would grow without end',
  fix: 'Write the repeated parts out, or repeat only small ones.',
};

export const BYTE_ORDER_MARK: Problem = {
  code: 'byte-order-mark',
  message: 'the file begins with an invisible byte order mark; it is ignored',
  fix: 'Save it as "UTF-8", not as "UTF-8 with BOM": other programs may fail.',
  severity: 'warning',
};

const QUOTE = 'Put the whole text in double quotes, such as "…".';

const WORDS: Readonly<Record<string, Problem>> = {
  TAB_AS_INDENT: {
    code: 'tab',
    message: 'this line begins with a tab, but YAML accepts only spaces there',
    fix: 'Replace the tab by spaces, two for each step.',
  },
  MULTIPLE_DOCS: {
    code: 'several-documents',
    message: 'a second document begins here (`---`), but a file may have only one',
    fix: 'Remove this line, or move what follows it to a file of its own.',
  },
  BAD_SCALAR_START: {
    code: 'needs-quotes',
    message: 'a text cannot begin with this character unless it is in quotes',
    fix: QUOTE,
  },
  BLOCK_AS_IMPLICIT_KEY: {
    code: 'needs-quotes',
    message: 'there is a second colon in this line, which YAML reads as another key',
    fix: 'If it belongs to the text, put the whole text in double quotes: "…". If it is a key, begin a new line.',
  },
  NON_STRING_KEY: {
    code: 'needs-quotes',
    message: 'a text that begins with { or [ must be in quotes',
    fix: QUOTE,
  },
  BAD_DQ_ESCAPE: {
    code: 'bad-escape',
    message: 'a backslash in "double quotes" begins an escape sequence, and this one does not exist',
    fix: "Write two backslashes, or use 'single quotes' around the text.",
  },
  TAG_RESOLVE_FAILED: {
    code: 'needs-quotes',
    message: 'a text cannot begin with ! unless it is in quotes',
    fix: QUOTE,
  },
  MULTILINE_IMPLICIT_KEY: {
    code: 'bad-yaml',
    message: 'a key is expected here: a key is followed by a colon and a space',
    fix: 'Write it as `key: value`.',
  },
  UNEXPECTED_TOKEN: {
    code: 'bad-yaml',
    message: 'this does not belong here: the value before it has already ended',
    fix: 'Look for a quote, a bracket or a comma too many, or put the whole text in "double quotes".',
  },
};

const UNCLOSED: Problem = {
  code: 'not-closed',
  message: 'a list in [ ] or a block in { } begins here and is not closed',
  fix: 'Add the missing ] or }.',
};

export const TOO_DEEP: Problem = {
  code: 'too-deep',
  message: 'lists and blocks are nested too deeply here',
  fix: 'Write it with fewer levels.',
};

const STRAY_COMMA: Problem = {
  code: 'bad-yaml',
  message: 'there is one comma too many: nothing comes before it',
  fix: 'Remove the comma.',
};

const BAD_INDENT: Problem = {
  code: 'bad-indent',
  message: 'this line is indented differently from its neighbours',
  fix: 'Begin it in the same column as the key or the dash above.',
};

const NEXT_LINE_TOO_DEEP: Problem = {
  code: 'bad-indent',
  message: 'this key has a value, but the next line is indented deeper, as if it belonged to the key',
  fix: 'Begin the next line in the same column as this key.',
};

const LIST_FOR_KEY: Problem = {
  code: 'bad-indent',
  message: 'a list item begins here, but a key is expected',
  fix: 'Indent it below the key of its list, or remove the dash.',
};

const MISSING_COMMA: Problem = {
  code: 'bad-yaml',
  message: 'a comma is missing between this and the item before it',
  fix: 'Add the comma, or put the whole text in quotes: \'a "word" in quotes\'.',
};

function missingCharacter(original: string): Problem {
  if (/quote/u.test(original)) {
    const fix = /'/u.test(original)
      ? "Add the quote where the text ends. A ' inside the text is written ''."
      : 'Add the quote where the text ends. A " inside the text is written \\".';
    return { code: 'not-closed', message: 'a text in quotes begins here and has no closing quote', fix };
  }
  if (/Missing , /u.test(original)) return MISSING_COMMA;
  if (/without - indicator/u.test(original)) return BAD_INDENT;
  const fix = 'Write it as `key: value`, with a colon and a space, or put it under the key it belongs to.';
  return { code: 'bad-yaml', message: 'this line is neither a key with a colon nor part of a text', fix };
}

const REFERENCE_IN_FLOW: Problem = {
  code: 'needs-quotes',
  message: 'inside { } and [ ] a reference such as ${NAME} must be in quotes',
  fix: 'Write "${NAME}".',
};

/**
 * Problem for a syntax error of the YAML library, by its code; `before` is the character before the place,
 * `rest` the remainder of its line.
 */
export function wordSyntaxError(
  code: string,
  original: string,
  { before, rest }: { readonly before: string | undefined; readonly rest: string },
): Problem {
  if (before === '$') return REFERENCE_IN_FLOW;
  if (/flow/iu.test(original) && /end with|indented/iu.test(original)) return UNCLOSED;
  if (/^Unexpected , in/u.test(original)) return STRAY_COMMA;
  if (code === 'RESOURCE_EXHAUSTION') return TOO_DEEP;
  if (code === 'MISSING_CHAR') return missingCharacter(original);
  if (code === 'BAD_INDENT') return BAD_INDENT;
  if (/block sequence/u.test(original)) return LIST_FOR_KEY;
  if (code === 'BLOCK_AS_IMPLICIT_KEY' && !/:(?:\s|$)/u.test(rest)) return NEXT_LINE_TOO_DEEP;
  const words = WORDS[code];
  if (words !== undefined) return words;
  return { code: 'bad-yaml', message: `this is not valid YAML: ${original}`, fix: 'Fix this line first.' };
}
