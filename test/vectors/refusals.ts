import type { RefusalMeaning } from '../../src/domain/refusal.js';

/** The status and code of a refused call, or the code of a row that failed later, and their common meaning. */
export interface RefusalVector {
  readonly name: string;
  readonly status: number;
  readonly code: string | null;
  readonly means: RefusalMeaning;
  /** True if the code alone determines the meaning, as in a row that failed later. */
  readonly isByCode: boolean;
}

const account = (cause: '20101' | '20201' | '10/1893063' | '190'): RefusalMeaning => {
  return { kind: 'hold', scope: 'account', cause };
};
const key = (cause: '401' | '403'): RefusalMeaning => ({ kind: 'hold', scope: 'key', cause });
const end = (reason: 'failed' | 'window_closed'): RefusalMeaning => ({ kind: 'end', reason });

export const REFUSALS: readonly RefusalVector[] = [
  { name: 'a refused key', status: 401, code: null, means: key('401'), isByCode: false },
  { name: 'plan or payment', status: 403, code: null, means: key('403'), isByCode: false },
  {
    name: 'the contact limit of the plan',
    status: 422,
    code: '20101',
    means: account('20101'),
    isByCode: true,
  },
  {
    name: 'the contact limit of the plan with a 403',
    status: 403,
    code: '20101',
    means: account('20101'),
    isByCode: true,
  },
  {
    name: 'a private reply that was already sent',
    status: 422,
    code: '20102',
    means: { kind: 'spent' },
    isByCode: true,
  },
  {
    name: 'a missing permission for comments',
    status: 403,
    code: '20201',
    means: account('20201'),
    isByCode: true,
  },
  {
    name: 'a restricted Page',
    status: 422,
    code: '10/1893063',
    means: account('10/1893063'),
    isByCode: true,
  },
  { name: 'an expired token', status: 422, code: '190', means: account('190'), isByCode: true },
  {
    name: 'an expired token with a subcode',
    status: 422,
    code: '190/463',
    means: account('190'),
    isByCode: true,
  },
  {
    name: 'a closed messaging window',
    status: 422,
    code: '10/2534022',
    means: end('window_closed'),
    isByCode: true,
  },
  { name: 'code 10 without a subcode', status: 422, code: '10', means: end('failed'), isByCode: true },
  { name: 'an unknown code', status: 422, code: '99999', means: end('failed'), isByCode: true },
  {
    name: 'a property name of Object',
    status: 422,
    code: 'constructor',
    means: end('failed'),
    isByCode: true,
  },
  { name: 'too many calls', status: 429, code: null, means: { kind: 'wait' }, isByCode: false },
  { name: 'a broken server', status: 502, code: null, means: { kind: 'unclear' }, isByCode: false },
  {
    name: 'an internal error of the platform',
    status: 422,
    code: '2',
    means: { kind: 'unclear' },
    isByCode: true,
  },
];
