/** A message: the second at which it is written, its text, its reason, and the second at which it is decided. */
export interface Fragment {
  readonly at: number;
  readonly text: string;
  readonly reason: string;
  readonly decided: number;
  /** Name of the contact. @default ana */
  readonly from?: string;
}

/** The rules for the table; `guide` is a rule without `settle`. */
export const SETTLE_RULES = `
version: 1
rules:
  - { id: pricing, on: message, keywords: [what is the price], reply: "20 EUR.", settle: 20s, once_per: false }
  - { id: guide, on: message, keywords: [guide], reply: "Here it is.", once_per: false }
`;

type Row = readonly [at: number, text: string, reason: string, decided: number, from?: string];

const fragment = (...[at, text, reason, decided, from = 'ana']: Row): Fragment => {
  return { at, text, reason, decided, from };
};

export const SETTLED: Readonly<Record<string, readonly Fragment[]>> = {
  'a question in three messages': [
    fragment(0, 'hi', 'settling', 29),
    fragment(5, 'what is the', 'settling', 29),
    fragment(9, 'price?', 'queued', 29),
  ],
  'each message restarts the wait': [
    fragment(0, 'what', 'settling', 50),
    fragment(15, 'is the', 'settling', 50),
    fragment(30, 'price', 'queued', 50),
  ],
  'a message after a pause is another question': [
    fragment(0, 'what is the', 'no_match', 20),
    fragment(30, 'price?', 'no_match', 50),
  ],
  'a message alone': [fragment(0, 'what is the price?', 'queued', 20)],
  'constant writing extends the wait at most fivefold': [
    ...[0, 15, 30, 45, 60, 75].map((at) => fragment(at, 'so', 'settling', 100)),
    fragment(90, 'what is the price', 'queued', 100),
    fragment(105, 'so', 'no_match', 125),
  ],
  'a picture before the question': [
    fragment(0, '', 'settling', 23),
    fragment(3, 'what is the price?', 'queued', 23),
  ],
  'a rule without settle replies at once': [fragment(0, 'the guide', 'queued', 0)],
  'a rule without settle decides the waiting messages too': [
    fragment(0, 'what is', 'settling', 6),
    fragment(6, 'the guide?', 'queued', 6),
  ],
  'an opt-out is handled at once, and applies to waiting messages': [
    fragment(0, 'what is the', 'settling', 26),
    fragment(4, 'STOP', 'queued', 4),
    fragment(6, 'price?', 'opted_out', 26),
  ],
  'messages of two people are not joined': [
    fragment(0, 'what is the', 'no_match', 20, 'ana'),
    fragment(2, 'price?', 'no_match', 22, 'ben'),
  ],
};
