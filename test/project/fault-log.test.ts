import { expect, it } from 'vitest';
import { createLogger } from '../../src/log/logger.js';
import { logFaults, type ReloadFaults } from '../../src/project/fault-log.js';

const FAULTS = ['rules.yaml:3:5: unknown key "keyword"'];
const MANY = Array.from({ length: 23 }, (_, n) => `shop-${n}`);

function logged(faults: ReloadFaults, when: 'first' | 'again'): unknown {
  let text = '';
  const out = { write: (line: string) => (text += line) !== '' } as unknown as NodeJS.WritableStream;
  logFaults(createLogger({ level: 'info', pretty: false, secrets: [] }, out), faults, when);
  return text === '' ? null : JSON.parse(text);
}

it.for([
  ['the only one', 'first', ['a'], 1, /^reload failed; the previous rules stay active$/u],
  ['all of several', 'first', ['a', 'b'], 2, /^reload failed; the previous rules stay active$/u],
  ['all of several', 'again', ['a', 'b'], 2, /^the changed rules still have errors; the previous/u],
] as const)('names no workspace if %s has errors (%s)', ([, when, names, of, msg]) => {
  const line = logged({ faults: FAULTS, names, of }, when);
  expect(line).toMatchObject({ faults: FAULTS, msg: expect.stringMatching(msg) as unknown });
  expect(line).not.toHaveProperty('workspaces');
});

it.each(['first', 'again'] as const)('names the workspaces where others have no errors (%s)', (when) => {
  expect(logged({ faults: FAULTS, names: ['bakery'], of: 3 }, when)).toMatchObject({
    workspaces: ['bakery'],
    faults: FAULTS,
    msg: expect.stringMatching(/named here.*all others are not affected$/u) as unknown,
  });
});

it('names twenty workspaces and the number of the others', () => {
  expect(logged({ faults: FAULTS, names: MANY, of: 100 }, 'first')).toMatchObject({
    workspaces: MANY.slice(0, 20),
    more: 3,
  });
});

it('logs nothing without errors', () => {
  expect(logged({ faults: [], names: [], of: 3 }, 'again')).toBeNull();
});
