import { Faker, ar, base, de, en, es, fr, ja, pt_BR, zh_CN } from '@faker-js/faker';
import type { LocaleDefinition } from '@faker-js/faker';
import type { Platform } from '../domain/event.js';
import type { Language } from './phrases.js';
import type { SandboxAccount, SandboxContact } from './rows.js';

/** A generated contact of one account, always with the same language and name. */
export interface MadePerson {
  readonly account: SandboxAccount;
  readonly language: Language;
  readonly contact: SandboxContact;
}

const LOCALES: Readonly<Record<Language, LocaleDefinition>> = {
  en,
  de,
  fr,
  es,
  pt: pt_BR,
  ja,
  zh: zh_CN,
  ar,
};

/**
 * Shares of the languages: half of the contacts write English, and each other language occurs even in a short
 * run.
 */
const SHARES: readonly { readonly value: Language; readonly weight: number }[] = [
  { value: 'en', weight: 50 },
  { value: 'de', weight: 12 },
  { value: 'fr', weight: 10 },
  { value: 'es', weight: 10 },
  { value: 'pt', weight: 8 },
  { value: 'ja', weight: 4 },
  { value: 'zh', weight: 3 },
  { value: 'ar', weight: 3 },
];

/** A random generator for a seed: the same seed gives the same sequence. */
export function createDice(seed: number): Faker {
  return new Faker({ locale: [en, base], seed });
}

/** Generates contacts, the same ones for the same seed, spread evenly over the accounts. */
export function makePeople(
  seed: number,
  accounts: readonly SandboxAccount[],
  count: number,
): readonly MadePerson[] {
  const dice = createDice(seed);
  const people: MadePerson[] = [];
  for (let i = 0; i < count; i += 1) {
    const account = accounts[i % accounts.length];
    if (account === undefined) break;
    const language = dice.helpers.weightedArrayElement(SHARES);
    const namer = new Faker({ locale: [LOCALES[language], en, base], seed: dice.number.int(2 ** 31) });
    const name = namer.person.fullName();
    people.push({
      account,
      language,
      contact: {
        id: nativeId(dice, account.platform),
        name: dice.datatype.boolean(0.06) ? null : dice.datatype.boolean(0.08) ? `✨ ${name} ✨` : name,
        // Facebook does not return usernames of people who write to a page.
        username: account.platform === 'facebook' ? null : dice.internet.username().toLowerCase(),
      },
    });
  }
  return people;
}

function nativeId(dice: Faker, platform: Platform): string {
  if (platform === 'bluesky') {
    return `did:plc:${dice.string.fromCharacters('abcdefghijklmnopqrstuvwxyz234567', 24)}`;
  }
  return dice.string.numeric({ length: platform === 'twitter' ? 19 : 16, allowLeadingZeros: false });
}
