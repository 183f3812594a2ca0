import { SECOND } from '../domain/time.js';
import type { CodeStep, FetchStep } from '../domain/work.js';
import type { Path } from '../yaml/source.js';
import { millis } from '../yaml/values.js';
import type { TextKind } from './context.js';
import type { Draft } from './draft.js';
import { checkAddress, checkHeaders, toBody } from './request.js';
import type { RawStep } from './step-schema.js';
import type { RawCode, RawFetch } from './work-schema.js';

const LOW = 20;
const TIMEOUT = 5 * SECOND;

type Untargeted<Step> = Omit<Step, 'next' | 'otherwise'>;

/** A checked step that hands out a code. */
export function toCode(draft: Draft, raw: RawCode<RawStep>, path: Path): Untargeted<CodeStep> {
  const { source, context } = draft;
  const { from, save, low = LOW } = raw;
  const found = context.codesOf?.(from, source.file);
  const report = (message: string, fix: string, severity: 'error' | 'warning' = 'error'): void =>
    source.report([...path, 'from'], { code: 'codes', message: `from: ${message}`, fix, severity });
  for (const { message, fix, severity } of found?.problems ?? [])
    report(`${source.describe([...path, 'from'])} ${message}`, fix, severity);
  if (found !== undefined && found.count > 0 && found.count <= low) {
    report(
      `the file has ${found.count} codes, and low is ${low}`,
      'Add codes, or write a smaller low.',
      'warning',
    );
  }
  return { type: 'code', pool: from, file: found?.file ?? from, save, low };
}

/** A checked step that asks another service. */
export function toFetch(
  draft: Draft,
  raw: RawFetch<RawStep>,
  path: Path,
  kind: TextKind,
): Untargeted<FetchStep> {
  const { url, method = 'GET', headers, body, save = {}, timeout, idempotency_key: sendsKey = false } = raw;
  checkAddress(draft, [...path, 'url'], url, kind);
  if (headers !== undefined) checkHeaders(draft, [...path, 'headers'], headers);
  const sent = body === undefined ? undefined : toBody(draft, [...path, 'body'], { body, headers }, kind);
  if (sent !== undefined && (method === 'GET' || method === 'HEAD')) {
    const message = `body: a ${method} has none`;
    draft.source.report([...path, 'body'], { code: 'fetch', message, fix: 'Write method: POST.', at: 'key' });
  }
  return {
    ...{ type: 'fetch', url, method, save, sendsKey },
    timeout: timeout === undefined ? TIMEOUT : millis(timeout),
    ...(headers === undefined ? {} : { headers }),
    ...(sent === undefined ? {} : { body: sent }),
  };
}
