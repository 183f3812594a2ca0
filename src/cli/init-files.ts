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

/** The first config.yaml. Without an API key it can be checked and tested, but not run. */
export function configText({ brand, platform, account, page, timezone, opens, closes }: Answers): string {
  const text = (value: string) => JSON.stringify(value);
  return `version: 1
mode: shadow                     # decides and journals, sends nothing; \`live\` sends
blotato:
  api_key: \${BLOTATO_API_KEY:-no-key-yet}    # from the environment; never write it here
rules: ./rules
accounts:
  - name: shop                   # the name that rules use
    id: ${text(account)}                      # Blotato's id of the account
    platform: ${platform}${platform === 'facebook' ? `\n    page_id: ${text(page)}                 # digits only` : ''}
    disclosure: "I am the shop's automatic assistant."
    vars: { brand: ${text(brand)} }    # {{ account.vars.brand }} in the rules
calendars:
  shop:
    timezone: ${timezone}
    open:
      mon-fri: ["${opens}-${closes}"]
server: { host: 127.0.0.1, port: 8787 }    # the dashboard, for this machine alone
`;
}

/** The first rules, whose tests pass on any platform and with any opening hours. */
export const RULES_TEXT = `version: 1
rules:
  - id: price
    on: message
    keywords: [price, prices, cost, "how much"]
    reply: "Hi {{ contact.first_name | default: 'there' }}! {{ account.vars.brand }} sends you the prices in a moment."
    once_per: 24h

  - id: away                     # for messages that no other rule replies to
    on: message
    when: { all: [{ fact: hours, params: { calendar: shop }, operator: equal, value: closed }] }
    priority: -100
    reply: "Thanks for writing! We are closed and back {{ hours.shop.next_open | date: '%A %H:%M' }}."
    once_per: 8h

tests:
  - name: asks the price
    event: { text: "How MUCH is it?", contact: { name: Ana Lima } }
    expect: { rule: price, reply: { contains: "Hi Ana!" } }
  - name: a surprise is no price
    given: { replied: away }     # so that the test passes at any hour
    event: { text: "What a surprise!" }
    expect: silent
`;
