import { describe, expect, it } from 'vitest';
import { aProject, start, PROCESSES } from './cli.js';

/** One call of each command that other tests run in their own process. */
const COMMANDS: readonly (readonly [args: string, stdout: RegExp])[] = [
  ['check', /: fine\n$/u],
  ['test', /^2 passed, 0 failed$/mu],
  ['explain --text price', /pricing/u],
  ['replay --input events.jsonl', /./u],
  ['status', /mode/u],
  ['journal --json', /"reason":"replied"/u],
  ['outbox list --all', /./u],
  ['contacts show ana', /ana/u],
  ['pause --for 1h', /./u],
  ['doctor', /./u],
  ['schema rules', /"\$schema"/u],
];

describe('each command of the built program', PROCESSES, () => {
  it('loads its modules, and works', async (test) => {
    const project = await aProject(test, {
      config: { poll: '{ schedule: "* * * * * *", start: { lookback: 30m } }' },
    });
    project.write('events.jsonl', '{"text": "price?"}\n');
    project.sandbox.receive({ account: 'shop-ig', contact: 'ana', text: 'price?' });
    expect(await project.cli('run', '--once')).toMatchObject({ code: 0 });
    for (const [args, stdout] of COMMANDS) {
      const ended = await start(test, args.split(' '), project.options).ended;
      expect({ args, code: ended.code, stderr: ended.stderr }).toEqual({ args, code: 0, stderr: '' });
      expect(ended.stdout).toMatch(stdout);
    }
  });
});
