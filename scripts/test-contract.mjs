// `npm run test:contract`: checks the program's requests by independent tools. First Prism, which only knows
// the API's description, stands in for Blotato: the built program polls it once, and Prism refuses requests
// that are not described. Then Prism is a proxy between the program and our sandbox, and checks the sandbox's
// responses as well. Last, Blotato's own node for n8n, a client that Blotato wrote, runs against the sandbox.
import { rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { loadBlotatoNode, useBlotatoNode } from './contract/blotato-node.mjs';
import { runToEnd, start, until } from './contract/children.mjs';
import { describe, routeOf, unknownNames } from './contract/description.mjs';
import { installPrism, startPrism } from './contract/prism.mjs';
import { startRecorder } from './contract/recorder.mjs';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const PROGRAM = join(ROOT, 'bin/autoresponder.js');
const SETTINGS = join(ROOT, 'test/contract/settings.yaml');
const KEY = 'a-key-of-the-contract-test==';
/** Time limit of the test after the installation. */
const PATIENCE = 170_000;

/** Calls that the program must make at least once; a send exactly once, since its event gets one reply. */
/** A call of today's API that the published description lacks. */
const AUTOMATIONS = '/v2/dm-automations';
const READS = [
  'GET /v2/users/me',
  'GET /v2/users/me/accounts',
  'GET /v2/messages',
  'GET /v2/conversations',
  'GET /v2/conversations/{conversationId}',
  'GET /v2/comments',
  'GET /v2/comments/{commentId}',
];
const SENDS = [
  'POST /v2/messages facebook-reply',
  'POST /v2/messages instagram-reply',
  'POST /v2/messages twitter-reply',
  'POST /v2/messages facebook-private-reply',
  'POST /v2/messages instagram-private-reply',
  'POST /v2/comments on-post-502',
  'POST /v2/comments on-post-501',
];

let failures = 0;

/** Prints one line of the result. `faults` lists the violations, if any. */
function judge(what, faults, detail = '') {
  if (faults.length > 0) failures += 1;
  console.log(`${faults.length > 0 ? 'FAIL' : 'PASS'}  ${what}${detail === '' ? '' : `  (${detail})`}`);
  for (const fault of faults) console.log(`        ${fault}`);
}

/** The example response for a send, by its name in test/contract/answers.json. Undefined for a read. */
function kindOf({ method, body }) {
  if (method !== 'POST') return undefined;
  if (body?.target === undefined) return `on-post-${body?.postId}`;
  return `${body.target.targetType}-${body.target.commentId === undefined ? 'reply' : 'private-reply'}`;
}

async function runOnce(url, key, folder) {
  const env = {
    ...process.env,
    CONTRACT_URL: url,
    CONTRACT_KEY: key,
    CONTRACT_STORE: join(folder, 'contract.db'),
  };
  const args = [PROGRAM, 'run', '--once', '--config', SETTINGS];
  return runToEnd(process.execPath, args, { cwd: folder, env, patience: 60_000 });
}

/** Checks of every call, whichever server responded. */
function judgeCalls(document, { calls, key, prism, ended }) {
  const told = ended.err.split('\n').filter((line) => /"level":(?:4|5|6)0/u.test(line));
  judge('the program ends well', ended.code === 0 ? [] : [`exit ${ended.code}`, ended.err]);
  judge('the program reports no trouble', told);
  // The request of one message by its id is not described. An API without this call responds with 404, and
  // the program reads the list.
  const isUndescribed = ({ path, status }) => /^\/v2\/messages\/[^/?]+$/u.test(path) && status === 404;
  // Blotato's own automations are not described either: the program requests them once, and 404 means that there is no
  // such call.
  const isOfToday = ({ method, path, status }) => method === 'GET' && path === AUTOMATIONS && status === 404;
  const described = calls.filter((call) => !isOfToday(call));
  const refused = described.filter(
    (call) => (call.status < 200 || call.status > 299) && !isUndescribed(call),
  );
  judge(
    'no call is refused',
    refused.map((call) => `${show(call)} was answered ${call.status}`),
    `${described.length} calls`,
  );
  const complaints = prism.complaints().filter((line) => !line.includes(`get ${AUTOMATIONS} `));
  judge('Prism has nothing to say against them', complaints, `${prism.passed()} passed its rules`);
  const unjudged =
    prism.passed() === described.length ? [] : [`${described.length} calls, ${prism.passed()} passed`];
  judge('Prism saw every one of them', unjudged);
  const keyless = calls.filter(({ headers }) => headers['blotato-api-key'] !== key);
  judge('each carries the key as it is configured', keyless.map(show));
  const unknown = described.flatMap((call) =>
    unknownNames(document, call).map((name) => `${name} in ${show(call)}`),
  );
  judge('none has a name that the description does not know', unknown);
}

function show({ method, path, query, body }) {
  const asked = query.size > 0 ? `?${query}` : '';
  return `${method} ${path}${asked}${body === undefined ? '' : ` ${JSON.stringify(body)}`}`;
}

function judgeCoverage(document, calls) {
  for (const route of READS) {
    const times = calls.filter((call) => routeOf(document, call) === route).length;
    judge(route, times > 0 ? [] : ['never called'], `${times} ${times === 1 ? 'call' : 'calls'}`);
  }
  const sends = calls.filter((call) => call.method === 'POST');
  const kinds = sends.map((call) => `${call.method} ${call.path} ${kindOf(call)}`);
  for (const send of SENDS) {
    const times = kinds.filter((kind) => kind === send).length;
    judge(send, times === 1 ? [] : [`called ${times} times, not once`]);
  }
  judge(
    'no other send',
    kinds.filter((kind) => !SENDS.includes(kind)),
  );
}

/** A checker that accepts everything proves nothing: Prism has to refuse an invalid request. */
async function judgeTheJudge(document, prism) {
  const noRecipient = { accountId: '51207', target: { targetType: 'twitter' }, text: 'x' };
  const post = {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'blotato-api-key': KEY },
    body: JSON.stringify(noRecipient),
  };
  const bad = await fetch(`${prism.url}/v2/messages`, post);
  judge('a send without recipientId gets 422', bad.status === 422 ? [] : [`it got ${bad.status}`]);
  const keyless = await fetch(`${prism.url}/v2/messages`);
  judge('a call without key gets 401', keyless.status === 401 ? [] : [`it got ${keyless.status}`]);
  const isQuiet = prism.complaints().length < 2;
  judge('Prism logged it', isQuiet ? ['its log holds no complaint'] : []);
  const misspelt = {
    method: 'POST',
    path: '/v2/messages',
    query: new URLSearchParams('limitt=1'),
    body: { ...noRecipient, target: { targetType: 'twitter', pageId: '1' } },
  };
  const names = unknownNames(document, misspelt).join();
  const expected = 'query.limitt,body.target.pageId';
  judge('names that are not described are found', names === expected ? [] : [`found: ${names}`]);
}

/** Checks that Prism as a proxy refuses a response that is not described. */
async function judgeTheProxy(file) {
  const upstream = createServer((_request, answer) => {
    answer.writeHead(200, { 'content-type': 'application/json' }).end('{"items":[{"id":7}]}');
  });
  await new Promise((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  const prism = await startPrism('proxy', file, `http://127.0.0.1:${upstream.address().port}`);
  try {
    const { status } = await fetch(`${prism.url}/v2/messages`, { headers: { 'blotato-api-key': KEY } });
    judge('an answer that is not as described gets 500', status === 500 ? [] : [`it got ${status}`]);
  } finally {
    upstream.closeAllConnections();
    upstream.close();
    await prism.stop();
  }
}

async function againstPrism(document, file, folder) {
  console.log('\nThe program polls Prism, which plays Blotato by the description');
  const prism = await startPrism('mock', file);
  const recorder = await startRecorder(prism.url, kindOf);
  try {
    const ended = await runOnce(recorder.url, KEY, folder);
    judgeCalls(document, { calls: recorder.calls, key: KEY, prism, ended });
    judgeCoverage(document, recorder.calls);
    console.log('\nThe judge is judged');
    await judgeTheJudge(document, prism);
    await judgeTheProxy(file);
  } finally {
    await recorder.stop();
    await prism.stop();
  }
}

async function againstSandbox(document, file, folder) {
  console.log('\nThe program polls the sandbox, and Prism listens to both');
  const { sandbox, url, apiKey } = await startSandbox(folder, ['--rate', '400', '--seed', '1']);
  const prism = await startPrism('proxy', file, url);
  const recorder = await startRecorder(prism.url);
  try {
    await untilBusy({ url, apiKey, sandbox });
    const ended = await runOnce(recorder.url, apiKey, folder);
    judgeCalls(document, { calls: recorder.calls, key: apiKey, prism, ended });
    for (const route of ['POST /v2/messages', 'POST /v2/comments']) {
      const times = recorder.calls.filter((call) => routeOf(document, call) === route).length;
      judge(route, times > 0 ? [] : ['never called'], `${times} ${times === 1 ? 'call' : 'calls'}`);
    }
  } finally {
    await recorder.stop();
    await prism.stop();
    await sandbox.stop();
  }
}

/** The built `sandbox` command, once it listens. */
async function startSandbox(folder, options) {
  const args = [PROGRAM, 'sandbox', '--port', '0', '--json', ...options];
  const sandbox = start(process.execPath, args, { cwd: folder });
  const hasSpoken = () => sandbox.out().includes('\n');
  await until('the sandbox listens', hasSpoken, { child: sandbox });
  return { sandbox, ...JSON.parse(sandbox.out().split('\n', 1)[0]) };
}

/**
 * The rows that the node should list for the sandbox's accounts; checked because its lists turn every error
 * into an empty list.
 */
async function againstBlotatoNode(folder, node) {
  console.log(`\nBlotato's own node for n8n ${node.version} uses the sandbox`);
  const { sandbox, url, apiKey } = await startSandbox(folder, ['--rate', '0']);
  const account = (name, value) => ({ name, value, url: `${url}/v2/accounts/${value}` });
  const page = '1288852254291983';
  const own = useBlotatoNode(node, { server: url, apiKey });
  const stranger = useBlotatoNode(node, { server: url, apiKey: 'another-key' });
  try {
    judgeSame('its credential test passes', await own.testCredential(), true);
    judgeSame('its credential test fails with another key', await stranger.testCredential(), false);
    judgeSame('accounts of instagram', await own.accounts('instagram'), [account('Lumen', '98434')]);
    judgeSame('accounts of facebook', await own.accounts('facebook'), [account('Lumen', '43538')]);
    judgeSame('accounts of twitter', await own.accounts('twitter'), [account('Lumen', '51207')]);
    judgeSame('accounts of a platform without any', await own.accounts('linkedin'), []);
    const pages = [{ name: 'Lumen', value: page, url: `${url}/v2/accounts/43538/subaccounts/${page}` }];
    judgeSame('pages of the facebook account', await own.subaccounts('facebook', '43538'), pages);
    judgeSame('pages of an account without any', await own.subaccounts('linkedin', '51207'), []);
    const list = '200 GET /v2/users/me/accounts';
    judgeSame('each call of it was answered 200', own.calls, [
      '200 GET /v2/users/me',
      ...['instagram', 'facebook', 'twitter', 'linkedin'].map((each) => `${list}?platform=${each}`),
      `${list}/43538/subaccounts?platform=facebook`,
      `${list}/51207/subaccounts?platform=linkedin`,
    ]);
    judgeSame('the other key got 401', stranger.calls, ['401 GET /v2/users/me']);
  } finally {
    await sandbox.stop();
  }
}

function judgeSame(what, found, expected) {
  const isSame = isDeepStrictEqual(found, expected);
  judge(what, isSame ? [] : [`expected ${JSON.stringify(expected)}`, `it got ${JSON.stringify(found)}`]);
}

/** Messages that the rules reply to. */
async function untilBusy({ url, apiKey, sandbox }) {
  const list = async (path) => {
    const answer = await fetch(`${url}${path}?limit=250`, { headers: { 'blotato-api-key': apiKey } });
    return (await answer.json()).items ?? [];
  };
  const isThere = async () => {
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const [messages, comments] = await Promise.all([list('/v2/messages'), list('/v2/comments')]);
    const has = (items, word) => items.filter(({ text }) => text.toLowerCase().includes(word)).length > 1;
    return has(messages, 'price') && has(comments, 'guide');
  };
  await until('people write to the sandbox', isThere, { child: sandbox, patience: 40_000 });
}

const folder = await mkdtemp(join(tmpdir(), 'contract-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
try {
  await installPrism();
  const node = await loadBlotatoNode();
  setTimeout(() => {
    console.error(`FAIL  it took longer than ${PATIENCE / 1_000} s`);
    process.exit(1);
  }, PATIENCE).unref();
  const document = await describe();
  const file = join(folder, 'description.json');
  await writeFile(file, JSON.stringify(document));
  await againstPrism(document, file, await mkdtemp(join(folder, 'prism-')));
  await againstSandbox(document, file, await mkdtemp(join(folder, 'sandbox-')));
  await againstBlotatoNode(await mkdtemp(join(folder, 'node-')), node);
} catch (error) {
  judge('the judge could do its work', [error.stack ?? String(error)]);
}
console.log(failures === 0 ? '\nPASS: every request is as described.' : `\nFAIL: ${failures} of the above.`);
process.exit(failures === 0 ? 0 : 1);
