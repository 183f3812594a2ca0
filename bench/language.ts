// `npm run bench:language`: measures how often a reply by language is in the right one, on made messages of our own.
import type { Language } from '../src/domain/meaning.js';
import { loadDetector } from '../src/engine/language/detector.js';
import { guessLanguage } from '../src/engine/language/guess.js';
import { MESSAGES, OTHERS } from './language/own-set.js';

/** The languages of six shops. */
const SHOPS: readonly (readonly Language[])[] = [
  ['fr', 'en'],
  ['de', 'en'],
  ['es', 'en', 'pt'],
  ['fr', 'de', 'it'],
  ['nl', 'fr', 'de', 'en'],
  Object.keys(MESSAGES) as Language[],
];
/** Number of short messages of each language; they come first. */
const SHORT = 10;
const VERBOSE = process.argv.includes('--verbose');

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const detect = await loadDetector();

function measure(
  name: string,
  textsOf: (shop: readonly Language[]) => readonly (readonly [Language | null, string])[],
) {
  const counts = { right: 0, default: 0, other: 0 };
  for (const shop of SHOPS) {
    for (const [language, text] of textsOf(shop)) {
      const guess = guessLanguage({ text }, shop, detect);
      const outcome = guess.language === language ? 'right' : guess.language === null ? 'default' : 'other';
      counts[outcome] += 1;
      if (VERBOSE && outcome === 'other')
        say(`  ${text}: ${guess.language} instead of ${language} for ${shop.join(', ')}`);
    }
  }
  const all = counts.right + counts.default + counts.other;
  const share = (n: number) => `${((100 * n) / all).toFixed(1)} %`;
  say(`| ${name} | ${share(counts.right)} | ${share(counts.default)} | ${share(counts.other)} |`);
}

function messages(shop: readonly Language[], from: number, to: number) {
  return shop.flatMap((language) =>
    (MESSAGES[language] ?? '')
      .split('\n')
      .slice(from, to)
      .map((text) => [language, text] as const),
  );
}

say('| messages | right | the default | another language |');
say('| --- | --- | --- | --- |');
measure('one to three words', (shop) => messages(shop, 0, SHORT));
measure('four to ten words', (shop) => messages(shop, SHORT, Infinity));
measure('in none of the languages', () => OTHERS.map((text) => [null, text] as const));
const texts = Object.values(MESSAGES).flatMap((each) => each.split('\n'));
const before = process.cpuUsage();
for (const text of texts) detect(text);
const { user, system } = process.cpuUsage(before);
say(`\n${((user + system) / texts.length).toFixed(0)} µs of CPU per message`);
