import { type BodyTemplate, contentTypeIn, FORM, type HeaderTemplates } from '../domain/request.js';
import type { Path } from '../yaml/source.js';
import type { TextKind } from './context.js';
import type { Draft } from './draft.js';
import { bodyOf, type RawBody } from './request-schema.js';
import { checkText } from './texts.js';

const REFERENCE = /^\$\{(?<name>[A-Za-z_][A-Za-z0-9_]*)\}$/u;
const REFERENCES = /\$\{(?<name>[^}]*)\}?/gu;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/u;
/** The part of an address that must not depend on the contact: it decides who gets their data. */
const ORIGIN = /^https?:\/\/[^/?#{}]+[/?#]/u;
const TEMPLATE = /\{[{%]/u;
/** Headers that carry secrets. */
const SECRET_HEADER = /authorization|token|secret|password|api-?key|cookie|signature/iu;
/** Headers that the program sets itself. */
const OWN_HEADERS = [
  ...['host', 'content-length', 'transfer-encoding', 'connection', 'idempotency-key'],
  'autoresponder-signature',
];

/** Reports an address that is no web address, is not encrypted, or whose host depends on the contact. */
export function checkAddress(draft: Draft, path: Path, url: string, kind: TextKind): void {
  const { source, context } = draft;
  const report = (message: string, fix: string): void =>
    source.report(path, { code: 'webhook', message, fix });
  const isTemplate = TEMPLATE.test(url);
  if (isTemplate && !ORIGIN.test(url.slice(0, url.search(TEMPLATE)))) {
    const fix = 'Write the host as it is: https://crm.example/contacts/{{ contact.id }}.';
    report('url: a template may not choose the host', fix);
    return;
  }
  const bare = url.replace(/\{\{.*?\}\}|\{%.*?%\}/gsu, 'x');
  const parsed = URL.canParse(bare) ? new URL(bare) : null;
  if (!parsed || !['http:', 'https:'].includes(parsed.protocol) || parsed.username !== '') {
    const fix = 'Write https://crm.example/hooks/lead. A name and password do not belong in it.';
    report(`url: ${source.describe(path)} is not a web address`, fix);
  } else if (parsed.protocol === 'http:' && context.allowHosts?.includes(parsed.hostname) === false) {
    const fix = `Write https://, or name ${parsed.hostname} in webhooks.allow_hosts of config.yaml.`;
    report('url: requests to it are not encrypted', fix);
  }
  warnOfSecretsIn(draft, path, parsed);
  if (isTemplate) checkText(draft, path, url, kind);
}

/** Names of parameters and fields with secrets. */
const SECRET_NAME = /^(?:[\w-]*[_-])?(?:token|secret|password|passwd|pwd|api[_-]?key|apikey|auth)$/iu;

/** Warns of a secret in an address: it is stored with each request, and shown. */
function warnOfPlainSecret({ source }: Draft, path: Path, name: string): void {
  source.report(path, {
    code: 'plain-secret',
    message: `${name} looks like a secret in plain text: it is stored with each request`,
    fix: 'Send it in a header from the environment: headers: { Authorization: "Bearer ${CRM_TOKEN}" }.',
    severity: 'warning',
  });
}

/** Warns of parameters of an address that look like secrets; `x` stands for a template. */
function warnOfSecretsIn(draft: Draft, path: Path, url: URL | null): void {
  for (const [name, value] of url?.searchParams ?? [])
    if (SECRET_NAME.test(name) && value !== 'x') warnOfPlainSecret(draft, path, `url: ${name}`);
}

/** A secret written into a rule file would end up in the store, in the journal and in a repository. */
export function checkSecret(draft: Draft, path: Path, secret: string): void {
  const name = REFERENCE.exec(secret)?.groups?.['name'];
  if (name === undefined) refuseSecret(draft, path, 'secret', '"${CRM_SECRET}"');
  else checkVariable(draft, path, 'secret', name);
}

function refuseSecret({ source }: Draft, path: Path, what: string, example: string): void {
  source.report(path, {
    code: 'webhook',
    message: `${what}: a secret does not belong in a rule file`,
    fix: `Keep it in the environment, and write its name: ${example}.`,
  });
}

function checkVariable({ source, context }: Draft, path: Path, what: string, name: string): void {
  if (context.hasVariable?.(name) !== false) return;
  const message = `${what}: the environment variable ${name} is not set, or empty`;
  source.report(path, {
    code: 'missing-variable',
    message,
    fix: `Give ${name} a value before the program starts.`,
  });
}

/** Reports headers that the program sets itself, secrets in plain text, and variables that are not set. */
export function checkHeaders(draft: Draft, path: Path, headers: HeaderTemplates): void {
  for (const [name, value] of Object.entries(headers)) checkHeader(draft, [...path, name], name, value);
}

function checkHeader(draft: Draft, path: Path, name: string, value: string): void {
  const report = (message: string, fix: string): void =>
    draft.source.report(path, { code: 'webhook', message: `headers: ${message}`, fix });
  if (OWN_HEADERS.includes(name.toLowerCase())) {
    report(`${name} is set by the program`, 'Remove it.');
    return;
  }

  if (/[\0-\x1f\x7f]|[^\0-\xff]/u.test(value))
    report(`${name} has a character that no header may have`, 'Remove it.');
  if (TEMPLATE.test(value)) report(`${name}: a header is no template`, 'Write the value into url or body.');
  const names = [...value.matchAll(REFERENCES)].map(({ groups }) => groups?.['name'] ?? '');
  for (const each of names) {
    if (NAME.test(each)) checkVariable(draft, path, `headers: ${name}`, each);
    else report(`${name}: \${${each}} names no environment variable`, 'Write ${CRM_TOKEN}.');
  }
  if (SECRET_HEADER.test(name) && names.length === 0)
    refuseSecret(draft, path, `headers: ${name}`, '"Bearer ${CRM_TOKEN}"');
}

/** A checked body; undefined, with a finding, if it can be none. */
export function toBody(
  draft: Draft,
  path: Path,
  { body, headers = {} }: { readonly body: RawBody; readonly headers?: HeaderTemplates | undefined },
  kind: TextKind,
): BodyTemplate | undefined {
  const report = (message: string, fix: string): void =>
    draft.source.report(path, { code: 'webhook', message: `body: ${message}`, fix });
  const checked = bodyOf(body);
  if (checked === undefined) {
    report(
      'only texts, numbers, true, false, null, lists and blocks of them can be sent',
      'Put it in quotes.',
    );
    return undefined;
  }
  const isForm = contentTypeIn(headers) === FORM;
  const isFlat = typeof body === 'object' && !Array.isArray(body);
  if (isForm && isFlat && Object.values(body).some((each) => typeof each === 'object' && each !== null))
    report('a form has one level: a name and a text each', 'Remove the inner blocks and lists.');
  checkTexts(draft, path, checked, kind);
  return checked;
}

function checkTexts(draft: Draft, path: Path, body: BodyTemplate, kind: TextKind): void {
  if (typeof body === 'string') {
    checkText(draft, path, body, kind);
    if (!/\$\{[A-Za-z_]/u.test(body)) return;
    const message =
      'body: variables of the environment are only replaced in headers, since the body is stored';
    const fix = 'Send it in a header.';
    draft.source.report(path, { code: 'webhook', message, fix });
    return;
  }
  if (typeof body !== 'object' || body === null) return;
  for (const [key, value] of Object.entries(body)) {
    if (SECRET_NAME.test(key) && typeof value === 'string' && !/\{[{%]|\$\{/u.test(value))
      warnOfPlainSecret(draft, [...path, key], `body: ${key}`);
    checkTexts(draft, [...path, Array.isArray(body) ? Number(key) : key], value, kind);
  }
}
