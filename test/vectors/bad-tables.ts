/** FAQ tables that are refused, with the error: its row and column as a spreadsheet counts them. */
export const BAD_TABLES: readonly (readonly [why: string, table: string | Uint8Array, error: RegExp])[] = [
  [
    'without a column of answers',
    'question,keywords\na,b\n',
    /^faq\.csv:1:1: needs a column for answers.*it has "question", "keywords"/u,
  ],
  [
    'with two columns of answers',
    'answer,keyword,Antwort\na,b,c\n',
    /^faq\.csv:1:3: two columns are read as answer, the second is "Antwort"/u,
  ],
  ['with no row at all', '', /^faq\.csv:1:1: needs a column for answers.*it has none/u],
  ['with a row that has no answer', 'keyword,answer\nprice,20\ncost,\n', /^faq\.csv:3:2: answer: is empty/u],
  [
    'with two wrong rows',
    'keyword,answer\nprice,\ncost,\n',
    /^faq\.csv:2:2: answer: is empty \(and 1 more\)$/u,
  ],
  [
    'with a wrong row below one of two lines',
    'keyword,answer\na,"b\nc"\n\n,d\n',
    /^faq\.csv:4:1: keywords: is empty/u,
  ],
  [
    'with a row that has neither question nor keyword',
    'question,keyword,answer\n,,20\n',
    /^faq\.csv:2:2: keywords: are empty, and so is the question/u,
  ],
  [
    'with an unknown platform',
    'keyword,answer,platform\na,b,myspace\n',
    /^faq\.csv:2:3: platform: "myspace" is not a platform/u,
  ],
  [
    'with an unknown account',
    'keyword,answer,account\na,b,shop-x\n',
    /^faq\.csv:2:3: account: "shop-x" is not an account/u,
  ],
  [
    'with a priority that is no number',
    'keyword,answer,priority\na,b,high\n',
    /^faq\.csv:2:3: priority: "high"/u,
  ],
  [
    'with enabled: maybe',
    'keyword,answer,enabled\na,b,maybe\n',
    /^faq\.csv:2:3: enabled: "maybe" is neither yes nor no/u,
  ],
  [
    'with a quotation mark that is not closed',
    'keyword,answer\na,"b\nc,d\n',
    /^faq\.csv:2:2: Quote Not Closed/u,
  ],
  ['that is a zip archive', Uint8Array.from([0x50, 0x4b, 3, 4, 0, 0]), /^faq\.csv: is an archive/u],
  [
    'with a control character',
    'keyword,answer\na,b\u0000c\n',
    /^faq\.csv:2: has the control character U\+0000/u,
  ],
  [
    'with an escape sequence for terminals',
    'keyword,answer\na,\u001b[2Jb\n',
    /^faq\.csv:2: has the control character U\+001B/u,
  ],
  [
    'with a call of a function',
    'keyword,answer\nsum,"=HYPERLINK(""https://evil.example"")"\n',
    /^faq\.csv:2:2: answer: "=HYPERLINK\(.*is a formula/u,
  ],
  [
    'with a call of a program',
    "keyword,answer\n=cmd|'/C calc'!A0,b\n",
    /^faq\.csv:2:1: keywords: "=cmd\|.*is a formula/u,
  ],
  [
    'with the error of a formula',
    'keyword,answer\nprice,#REF!\n',
    /^faq\.csv:2:2: answer: #REF! is the error of a formula/u,
  ],
  [
    'with ten million characters in a cell',
    `keyword,answer\na,${'x'.repeat(10_000_000)}\n`,
    /^faq\.csv:2:2: Max Record Size/u,
  ],
  [
    'with ten million characters in its first row',
    `keyword,${'x'.repeat(10_000_000)}\na,b\n`,
    /^faq\.csv:1:2: Max Record Size/u,
  ],
  [
    'with a cell longer than any reply',
    `keyword,answer\na,${'x'.repeat(30_000)}\n`,
    /^faq\.csv:2:2: the cell has 30000 characters/u,
  ],
  [
    'with a million rows',
    `keyword,answer\n${'a,b\n'.repeat(1_000_000)}`,
    /^faq\.csv:20002: has more than 20000 rows/u,
  ],
  ['with a million empty rows', '\n'.repeat(1_000_000), /^faq\.csv:20002: has more than 20000 rows/u],
  [
    'with a million columns',
    `${','.repeat(1_000_000)}keyword,answer\n`,
    /^faq\.csv:1: has 1000002 columns, but at most 1000/u,
  ],
];
