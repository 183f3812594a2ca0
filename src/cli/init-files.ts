import { existsSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DiscoveredAccount } from '../doctor/discover.js';
import { PLACEHOLDERS } from '../domain/placeholder.js';
import { plain } from '../domain/terminal.js';

/** Answers to the questions of `init`, as typed. */
export interface Answers {
  readonly brand: string;
  readonly platform: string;
  /** Blotato's id of the account. */
  readonly account: string;
  /** Id of the Facebook page. */
  readonly page: string;
  readonly timezone: string;
  readonly opens: string;
  readonly closes: string;
}

/** Input of the first configuration besides the answers. */
export interface FirstConfig {
  /** Accounts that the key gives access to; if empty, the account in the answers is used. */
  readonly accounts: readonly DiscoveredAccount[];
  /** Address of the API; null for the usual one. */
  readonly url: string | null;
  readonly file: string;
}

/** The time zone of hours where no other is known. */
export const UTC = 'UTC';
const UTC_ABOUT =
  '                # of the hours below; write yours if they are not in UTC, such as Europe/Paris';

const quoted = (value: string): string => JSON.stringify(value);

/** The line that lets an editor check and complete a file, by the schema of the installed package. */
export function schemaLine(file: string, which: 'config' | 'rules'): string {
  const schema = fileURLToPath(new URL(`../../schema/${which}.schema.json`, import.meta.url));
  const near = relative(dirname(resolve(file)), schema);
  // A relative path that leaves the project would be longer than the absolute one, and no more portable.
  const isNear = near.startsWith(`node_modules${sep}`) || near.startsWith(`..${sep}node_modules${sep}`);
  return existsSync(schema) ? `# yaml-language-server: $schema=${isNear ? near : schema}\n` : '';
}

/** Text of the first config.yaml. */
export function configText(answers: Answers, { accounts, url, file }: FirstConfig): string {
  const { brand, timezone, opens, closes } = answers;
  const known = accounts.length > 0 ? namedAccounts(accounts) : [givenAccount(answers)];
  return `${schemaLine(file, 'config')}version: 1
mode: shadow                     # decides and journals, sends nothing; \`live\` sends
blotato:
  api_key: \${BLOTATO_API_KEY}    # from the environment; never write it here
${url === null ? '' : `  base_url: ${quoted(url)}\n`}rules: ./rules
accounts:
${known.map((each) => accountText(each, brand)).join('')}calendars:
  shop:
    timezone: ${timezone}${timezone === UTC ? UTC_ABOUT : ''}
    open:
      mon-fri: ["${opens}-${closes}"]
server: { host: 127.0.0.1, port: 8787 }    # the dashboard, for this machine alone
`;
}

interface WrittenAccount {
  /** The name of the account that rules use. */
  readonly name: string;
  readonly id: string;
  readonly platform: string;
  readonly about: string;
  readonly nativeId: string | null;
  readonly pageId: string | null;
  readonly pageAbout: string;
}

function accountText(
  { name, id, platform, about, nativeId, pageId, pageAbout }: WrittenAccount,
  brand: string,
) {
  return `  - name: ${name}                   # the name that rules use
    id: ${quoted(id)}                  # ${plain(about)}
    platform: ${platform}
${nativeId === null ? '' : `    native_id: ${quoted(nativeId)}           # the account's own id on the platform\n`}${
    pageId === null ? '' : `    page_id: ${quoted(pageId)}             # ${plain(pageAbout)}\n`
  }    disclosure: "I am the shop's automatic assistant."
    vars: { brand: ${quoted(brand)} }    # {{ account.vars.brand }} in the rules
`;
}

function givenAccount({ platform, account, page }: Answers): WrittenAccount {
  const isFacebook = platform === 'facebook';
  const about = "Blotato's id of the account";
  return {
    ...{ name: 'shop', id: account, platform, about, nativeId: null },
    ...{ pageId: isFacebook ? page : null, pageAbout: 'digits only' },
  };
}

const ENDINGS: Readonly<Record<string, string>> = { instagram: 'ig', facebook: 'fb', twitter: 'x' };

function namedAccounts(accounts: readonly DiscoveredAccount[]): readonly WrittenAccount[] {
  const taken = new Map<string, number>();
  return accounts.map(({ id, platform, username, fullname, nativeId, pages }) => {
    const base = `shop-${ENDINGS[platform] ?? platform}`;
    const times = (taken.get(base) ?? 0) + 1;
    taken.set(base, times);
    const [page, ...others] = pages;
    const shown = pages.map((each) => `${each.id} (${each.name ?? '?'})`);
    return {
      ...{ name: times === 1 ? base : `${base}-${times}`, id, platform, nativeId },
      about: username ?? fullname ?? 'as Blotato lists it',
      pageId: platform === 'facebook' ? (page?.id ?? PLACEHOLDERS.id) : null,
      pageAbout: others.length > 0 ? `one of ${shown.join(', ')}` : (page?.name ?? 'digits only'),
    };
  });
}

/** The first rules, whose tests pass on any platform and with any opening hours. */
export function rulesText(file: string): string {
  return `${schemaLine(file, 'rules')}${RULES_TEXT}`;
}

const RULES_TEXT = `version: 1
rules:
  - id: price
    on: message
    keywords: [price, prices, cost, "how much"]
    reply: "Hi {{ contact.first_name | default: 'there' }}! {{ account.vars.brand }} sends you the prices in a moment."
    once_per: 24h

  - id: away                     # for messages that no other rule replies to
    on: message
    when:
      all:
        - { fact: hours, params: { calendar: shop }, operator: equal, value: closed }
        - { fact: answered_by, params: { rule: price, within: 24h }, operator: equal, value: false }    # has a reply
    priority: -100
    reply: "Thanks for writing! We are closed and back {{ hours.shop.next_open | date: '%A %H:%M' }}."
    once_per: 8h

tests:
  - name: asks the price
    event: { text: "How MUCH is it?", contact: { name: Ana Lima } }
    expect: { rule: price, reply: { contains: "Hi Ana!" } }
  - name: who asks for the price twice gets no away message
    given: { replied: price }
    event: { text: "And the price?" }
    expect: silent
  - name: a surprise is no price
    given: { replied: away }     # so that the test passes at any hour
    event: { text: "What a surprise!" }
    expect: silent
`;
