/** A secret of a configuration, with a configuration in which it is `value`. */
export interface SecretVector {
  /** Path in the configuration, `[]` for an element of a list. */
  readonly at: string;
  readonly text: (value: string) => string;
}

const ACCOUNTS = 'accounts: [{ name: shop-ig, id: "1", platform: instagram }]';
const alone = (more: string, key = 'a-key-of-a-shop'): string =>
  `version: 1\nblotato: { api_key: ${key} }\n${ACCOUNTS}\n${more}\n`;
const listed = (more: string, key = 'a-key-of-a-shop'): string =>
  `version: 1\nstore: postgres://a@b/c\nworkspaces:\n  - { name: bakery, blotato: { api_key: ${key} }, ${ACCOUNTS}${more} }\n`;
const person = (token: string): string => `tokens: [{ name: vi, role: viewer, token: ${token} }]`;
const notify = (channels: string): string => `notify: { ${channels} }`;
const webhook = (secret: string): string =>
  notify(`webhook: { url: "https://chat.example/1", secret: ${secret} }`);
const telegram = (token: string): string => notify(`telegram: { token: ${token}, chat_id: "1" }`);

/** Every secret of the configuration. */
export const SECRETS: readonly SecretVector[] = [
  { at: 'blotato.api_key', text: (value) => alone('', value) },
  { at: 'server.token', text: (value) => alone(`server: { token: ${value} }`) },
  { at: 'server.agency_token', text: (value) => alone(`server: { agency_token: ${value} }`) },
  { at: 'server.tokens[].token', text: (value) => alone(`server: { ${person(value)} }`) },
  { at: 'notify.webhook.secret', text: (value) => alone(webhook(value)) },
  { at: 'notify.telegram.token', text: (value) => alone(telegram(value)) },
  { at: 'workspaces[].blotato.api_key', text: (value) => listed('', value) },
  { at: 'workspaces[].token', text: (value) => listed(`, token: ${value}`) },
  { at: 'workspaces[].tokens[].token', text: (value) => listed(`, ${person(value)}`) },
  { at: 'workspaces[].notify.webhook.secret', text: (value) => listed(`, ${webhook(value)}`) },
  { at: 'workspaces[].notify.telegram.token', text: (value) => listed(`, ${telegram(value)}`) },
];

/** Secrets that may be left out by a reference with an empty default, `${NAME:-}`. */
export const OPTIONAL: readonly string[] = ['server.token', 'server.agency_token', 'workspaces[].token'];
