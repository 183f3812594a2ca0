// Blotato's own node for n8n, an independent client. n8n itself is not needed: the node's lists are functions that
// request parameters, credentials and HTTP from n8n, which this file replaces.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { installPackage } from './npm-folder.mjs';

const NAME = '@blotato/n8n-nodes-blotato';
const VERSION = '1.0.10';

/**
 * Installs the node and loads its lists and its credential. Its peer dependency, n8n itself, is not installed: the
 * lists and the credential do not load it.
 */
export async function loadBlotatoNode() {
  const folder = await installPackage(NAME, VERSION, { below: 'blotato-node', more: ['--legacy-peer-deps'] });
  const require = createRequire(import.meta.url);
  const lists = require(join(folder, 'dist/nodes/Blotato/SearchFunctions.js'));
  const { BlotatoApi } = require(join(folder, 'dist/credentials/BlotatoApi.credentials.js'));
  return { version: VERSION, lists, credential: new BlotatoApi() };
}

/**
 * Runs the node against a server as a user of n8n would. `calls` has each URL that the node called and the
 * status of the response, because its lists turn every error into an empty list.
 */
export function useBlotatoNode({ lists, credential }, credentials) {
  const calls = [];

  /** Sends a request as n8n does: with the headers of the credential, and with an error for any status but 2xx. */
  async function request(method, url, query = {}) {
    const target = new URL(url);
    for (const [name, value] of Object.entries(query)) target.searchParams.append(name, value);
    const wanted = Object.entries(credential.authenticate.properties.headers);
    const headers = Object.fromEntries(wanted.map(([name, value]) => [name, evaluate(value, credentials)]));
    const response = await fetch(target, { method, headers });
    calls.push(`${response.status} ${method} ${target.pathname}${target.search}`);
    if (!response.ok) throw new Error(`status ${response.status}`);
    return response.json();
  }

  const contextOf = (parameters) => ({
    getNodeParameter: (name) => parameters[name],
    getCredentials: async () => credentials,
    helpers: {
      httpRequestWithAuthentication: (_type, { method, url, qs }) => request(method, url, qs),
    },
  });

  return {
    calls,
    /** True when the credential's own test passes. */
    testCredential: async () => {
      const { method, baseURL, url } = credential.test.request;
      const passes = request(method, `${evaluate(baseURL, credentials)}${url}`);
      return passes.then(
        () => true,
        () => false,
      );
    },
    accounts: async (platform) => (await lists.getAccounts.call(contextOf({ platform }))).results,
    subaccounts: async (platform, accountId) => {
      const parameters = { platform, accountId: { mode: 'list', value: accountId } };
      return (await lists.getSubaccounts.call(contextOf(parameters))).results;
    },
  };
}

/** An expression of n8n, of the one form that the credential has: `={{$credentials?.apiKey}}`. */
function evaluate(expression, credentials) {
  const [, name] = /^=\{\{\s*\$credentials\?\.(\w+)\s*\}\}$/u.exec(expression) ?? [];
  if (name === undefined || credentials[name] === undefined) throw new Error(`not understood: ${expression}`);
  return credentials[name];
}
