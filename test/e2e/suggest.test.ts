import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, describe, it, type TestContext } from 'vitest';
import { aProject, type Cleanup, lines, matching, type Project, PROCESSES, start } from './cli.js';

const RULES = `version: 1
rules:
  - { id: pricing, on: message, keywords: [price], reply: "From 20 EUR.", once_per: false }
  - id: returns
    on: message
    certainty: bold
    examples: [how do I return a lamp, can I send the lamp back, I want to return my order]
    reply: "Within 30 days."
`;

const UNANSWERED = [
  'how long does shipping take',
  'how long does the shipping take please',
  'how long will shipping take',
  'shipping: how long does it take',
];

/** A project whose journal has messages that no rule answered, and some that resemble examples. */
async function written(test: Cleanup): Promise<Project> {
  const project = await aProject(test, {
    rules: RULES,
    config: { poll: '{ schedule: "* * * * * *", start: { lookback: 30m } }' },
  });
  [...UNANSWERED, 'how can I return my lamp', 'can I send my order back'].forEach((text, n) =>
    project.sandbox.receive({ account: 'shop-ig', contact: `contact-${n}`, text }),
  );
  expect(await project.cli('run', '--once')).toMatchObject({ code: 0 });
  return project;
}

/** Runs the command in a process of its own, with text for its stdin. */
const process = (test: TestContext, project: Project, args: readonly string[], input = '') =>
  start(test, args, { ...project.options, input }).ended;

describe('suggest', PROCESSES, () => {
  it('--write writes a rule file that passes check and test, and overwrites none', async (test) => {
    const project = await written(test);
    const first = await process(test, project, ['suggest', '--write', 'new/shipping.yaml']);
    expect(first).toMatchObject({
      code: 0,
      stdout: '',
      stderr: matching(/^wrote new\/shipping\.yaml: 1 proposal/mu),
    });
    const text = project.read('new/shipping.yaml');
    expect(text).toContain('keywords: [ shipping ]');
    const second = await process(test, project, ['suggest', '--write', 'new/shipping.yaml']);
    expect(second).toMatchObject({
      code: 1,
      stdout: '',
      stderr: matching(/already exists; fix: name a new file/u),
    });
    expect(project.read('new/shipping.yaml')).toBe(text);
    writeFileSync(join(project.folder, 'rules/shipping.yaml'), text);
    expect(await process(test, project, ['check'])).toMatchObject({ code: 0 });
    expect(await process(test, project, ['test'])).toMatchObject({ code: 0 });
  });

  it('--write reports a place that cannot be written, with the fix', async (test) => {
    const project = await written(test);
    project.write('file', '');
    const ended = await process(test, project, ['suggest', '--write', 'file/a.yaml']);
    expect(ended).toMatchObject({
      code: 1,
      stdout: '',
      stderr: matching(/file\/a\.yaml cannot be written \(\w+\); fix: name/u),
    });
    mkdirSync(join(project.folder, 'folder'));
    const folder = await process(test, project, ['suggest', '--write', 'folder']);
    expect(folder).toMatchObject({
      code: 1,
      stderr: matching(/folder already exists; fix: name a new file/u),
    });
  });

  it('--read asks about each message, keeps the answers, and says how often the rule is right', async (test) => {
    const project = await written(test);
    const sample = await process(test, project, ['suggest', '--read', 'returns', '--json']);
    const [{ sample: shown } = { sample: [] }] = lines<{ sample: readonly { id: string; text: string }[] }>(
      sample.stdout,
    );
    expect(shown.map(({ text }) => text).sort()).toEqual([
      'can I send my order back',
      'how can I return my lamp',
    ]);
    const answered = await process(test, project, ['suggest', '--read', 'returns'], 'y\nn\n');
    expect(answered).toMatchObject({
      code: 0,
      stderr: matching(/1\/2 .*\n.*would returns be right\?[^]*2\/2/u),
    });
    expect(answered.stdout).toMatch(/^bold {5}1 of 2 right: 50 %/mu);
    expect(answered.stdout).toContain('too few messages are judged to say; judge more of them');
    const again = await process(test, project, ['suggest', '--read', 'returns'], '');
    expect(again).toMatchObject({
      code: 0,
      stderr: matching(/no further message that returns would answer/u),
    });
    expect(again.stdout).toMatch(/^bold {5}1 of 2 right/mu);
  });

  it('--read ends with the input, and takes judgements as arguments', async (test) => {
    const project = await written(test);
    expect((await process(test, project, ['suggest', '--read', 'returns'], 'q\n')).stdout).toContain(
      'no judged message',
    );
    const json = await process(test, project, ['suggest', '--read', 'returns', '--json']);
    const [{ sample } = { sample: [] }] = lines<{ sample: readonly { id: string }[] }>(json.stdout);
    const labels = sample.flatMap(({ id }) => ['--label', `${id}=right`]);
    const ended = await process(test, project, ['suggest', '--read', 'returns', ...labels]);
    expect(ended).toMatchObject({ code: 0, stdout: matching(/^bold {5}2 of 2 right: 100 %/mu) });
  });

  it.for<readonly [string, readonly string[], RegExp]>([
    ['a rule without examples', ['--read', 'pricing'], /--read is "pricing".*; fix: name a rule that has/u],
    ['a rule that does not exist', ['--read', 'none'], /--read is "none".*; fix: name a rule/u],
    [
      'a judgement of another form',
      ['--read', 'returns', '--label', 'x=maybe'],
      /--label is "x=maybe"; fix: write ID=right/u,
    ],
    [
      'a judgement of an unknown message',
      ['--read', 'returns', '--label', 'x=right'],
      /no text of "x"; fix: take an id/u,
    ],
    ['a judgement without a rule', ['--label', 'x=right'], /--label needs --read RULE; fix: name the rule/u],
    ['a wrong number', ['--limit', 'many'], /--limit is "many"; fix: write a whole number/u],
    ['a wrong duration', ['--since', 'ever'], /--since is "ever"; fix: write a length of time/u],
  ])('refuses %s, with the fix', async ([, args, stderr], test) => {
    const project = await aProject(test, { rules: RULES });
    expect(await project.cli('suggest', ...args)).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(stderr) as unknown,
    });
  });
});
