import { describe, expect, it, vi } from 'vitest';
import { aProject, matching, type Project, RULES, type Running, PROCESSES } from './cli.js';

const PATIENCE = { timeout: 60_000, interval: 30 };
const LOOK_BACK = { poll: '{ schedule: "* * * * * *", start: { lookback: 30m } }' };
const DEARER = RULES.replace('From 20 EUR', 'From 30 EUR');
const BROKEN = DEARER.replace('keywords: [price]', 'keyword: [price]');
const TABLE = 'version: 1\nrules: [ { id: faq, on: message, priority: 9, answers: { from: faq.csv } } ]\n';
const SHOP = '{ shop: { timezone: Europe/Paris, open: { mon-sun: ["00:00-24:00"] } } }';
const WHEN_OPEN = RULES.replace(
  'keywords: [price],',
  'keywords: [price], when: { fact: hours, operator: equal, value: open, params: { calendar: shop } },',
).replace('From 20', 'We are here. From 20');

async function running(project: Project, program: Said = project.run()): Promise<Said> {
  await said(program, '"started"');
  return program;
}

async function said(program: Said, text: string): Promise<void> {
  await vi.waitFor(() => expect(program.stderr()).toContain(text), PATIENCE);
}

/** A running program, in its own process or in the process of the test. */
type Said = Pick<Running, 'stderr'>;

/** The reply to a new contact. */
async function answer({ sandbox }: Project, contact: string): Promise<string> {
  const before = sandbox.sends().length;
  sandbox.receive({ account: 'shop-ig', contact, text: 'price?' });
  await vi.waitFor(() => expect(sandbox.sends().length).toBeGreaterThan(before), PATIENCE);
  return JSON.stringify(sandbox.sends().at(-1));
}

async function rulesNow({ cli }: Project): Promise<unknown> {
  return (JSON.parse((await cli('status', '--json')).stdout) as { rules: unknown }).rules;
}

describe.concurrent('a running program', PROCESSES, () => {
  it('reloads a changed rule, keeps the previous one while the file is broken, and reports it until it is fixed', async (test) => {
    const project = await aProject(test, { config: { ...LOOK_BACK, server: '{ port: 0 }' } });
    const program = await running(project);
    expect(await answer(project, 'ana')).toContain('From 20 EUR');
    const url = /"address":"(?<url>[^"]+)"/u.exec(program.stderr())?.groups?.['url'] ?? '';
    const served = async (path: string) => (await fetch(`${url}${path}`)).text();

    project.write('rules/rules.yaml', DEARER);
    await said(program, 'rules and calendars reloaded');
    expect(await answer(project, 'bo')).toContain('From 30 EUR');
    expect(await rulesNow(project)).toEqual({ inForce: 2, loadedAt: matching(/^20/u), problem: null });

    project.write('rules/rules.yaml', BROKEN);
    await said(program, 'reload failed; the previous rules stay active');
    const fault = /rules\/rules\.yaml:3:\d+: unknown key \\?"keyword\\?"; did you mean/u;
    expect(program.stderr()).toMatch(fault);
    expect(await answer(project, 'cy')).toContain('From 30 EUR');
    expect(await rulesNow(project)).toMatchObject({ inForce: 2, problem: { faults: [matching(fault)] } });
    expect(await served('/readyz')).toContain('rules_faults');
    expect(await served('/metrics')).toContain('\nautoresponder_rules_broken 1\n');
    expect(await served('/api/attention')).toMatch(fault);

    project.write('rules/rules.yaml', RULES);
    await said(program, '"fixed":true');
    expect(await answer(project, 'di')).toContain('From 20 EUR');
    expect(await rulesNow(project)).toMatchObject({ problem: null });
    expect(await served('/metrics')).toContain('\nautoresponder_rules_broken 0\n');

    project.write('rules/faq.csv', 'keywords,answer\n,From 40 EUR\n');
    project.write('rules/faq.yaml', TABLE);
    const row = /rules\/faq\.csv:2:1: keywords: is empty/u;
    await vi.waitFor(() => expect(program.stderr()).toMatch(row), PATIENCE);
    project.write('rules/faq.csv', 'keywords,answer\nprice,From 40 EUR\n');
    await vi.waitFor(
      async () => expect(await rulesNow(project)).toMatchObject({ inForce: 3, problem: null }),
      PATIENCE,
    );
    expect(await answer(project, 'ed')).toContain('From 40 EUR');
    project.write('rules/faq.csv', 'keywords,answer\nprice,From 50 EUR\n');
    await vi.waitFor(
      async () => expect(await answer(project, `fy-${Math.random()}`)).toContain('From 50 EUR'),
      PATIENCE,
    );
    const { stdout } = await project.cli('journal', '--rule', 'faq/price', '--json');
    expect(JSON.parse(stdout.split('\n')[0] ?? '')).toMatchObject({ rule: 'faq/price' });
  });

  it('reloads calendars and rules together, and other keys only at the next start', async (test) => {
    const project = await aProject(test, { config: { ...LOOK_BACK, retention: '40d' } });
    const program = await running(project);
    project.write('rules/rules.yaml', WHEN_OPEN);
    await said(program, 'calendar: \\"shop\\" is not known here');
    expect(await answer(project, 'ana')).toContain('From 20 EUR');
    project.write('config.yaml', `${project.read('config.yaml').replace('40d', '41d')}calendars: ${SHOP}\n`);
    await said(program, 'changed keys of the configuration take effect at the next start');
    expect(program.stderr()).toContain('"keys":["retention"]');
    expect(await answer(project, 'bo')).toContain('We are here.');
  });

  it('does not activate rules that belong to other accounts', async (test) => {
    const project = await aProject(test, { config: LOOK_BACK });
    const program = await running(project);
    project.write('rules/rules.yaml', DEARER);
    project.write('config.yaml', project.read('config.yaml').replace('"shop-x"', '"other-x"'));
    await said(program, 'accounts changed');
    expect(await answer(project, 'ana')).toContain('From 20 EUR');
  });

  it('reloads the rules at SIGHUP, and continues', async (test) => {
    const project = await aProject(test, { config: LOOK_BACK });
    const program = project.start('run');
    await running(project, program);
    program.kill('SIGHUP');
    await said(program, '"why":"SIGHUP"');
    expect(await answer(project, 'ana')).toContain('From 20 EUR');
    program.kill('SIGTERM');
    expect((await program.ended).code).toBe(0);
    expect(await rulesNow(project)).toBeNull();
  });
});
