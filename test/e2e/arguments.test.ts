import { describe, expect, it } from 'vitest';
import { aProject, PROCESSES } from './cli.js';

/** Wrong arguments, and the one line that the command prints for each. */
const WRONG: readonly (readonly [args: string, line: string | RegExp])[] = [
  ['foo', "error: unknown command 'foo'"],
  ['jurnal', /^error: unknown command 'jurnal'/u],
  ['run --bogus', "error: unknown option '--bogus'"],
  [
    'explain',
    'autoresponder: give --text TEXT for a new text, or --event ID for a message or comment of the journal',
  ],
  [
    'explain --text x --at nonsense',
    'autoresponder: --at is "nonsense"; write a time such as 2026-11-24T10:00:00+01:00',
  ],
  ['explain --text x --at 2026-02-30', /^autoresponder: --at is "2026-02-30"; write a time/u],
  [
    'explain --text x --platform tiktok',
    'autoresponder: --platform is "tiktok"; it takes one of: bluesky, facebook, instagram, twitter',
  ],
  ['explain --text x --on dm', 'autoresponder: --on is "dm"; it takes one of: message, comment'],
  [
    'explain --text x --account nobody',
    'autoresponder: there is no account "nobody" in the configuration (there are: shop-ig, shop-fb, shop-x, shop-bsky)',
  ],
  [
    'explain --text x --account shop-ig --platform facebook',
    'autoresponder: account "shop-ig" is on instagram, not on facebook',
  ],
  [
    'replay',
    'autoresponder: give --input FILE for the events of a file, or --since 30d for those of the journal',
  ],
  ['replay --input nix.jsonl', 'autoresponder: nix.jsonl: there is no such file'],
  ['replay --input rules', /^autoresponder: .*directory/u],
  ['schema', "error: missing required argument 'which'"],
  ['schema foo', 'autoresponder: schema is "foo"; it takes one of: config, rules'],
  ['journal --reason because', /^autoresponder: --reason is "because"; it takes one of: replied, acted, /u],
  ['outbox lsit', /^error: unknown command 'lsit'/u],
  [
    'outbox list --state lost',
    /^autoresponder: --state is "lost"; it takes one of: awaiting_approval, pending, (?!.*pending)/u,
  ],
  ['outbox retry', "error: missing required argument 'id'"],
  ['outbox retry abc', 'autoresponder: "abc" is not the number of a send; see `autoresponder outbox list`'],
  ['pause --for ever', 'autoresponder: --for is "ever"; write a length of time such as 30s, 5m, 12h, 7d'],
  ['pause --for 999999999d', /^autoresponder: --for is "999999999d"; write a length of time/u],
  [
    'pause --account nobody',
    'autoresponder: --account is "nobody"; the configuration has: shop-ig, shop-fb, shop-x, shop-bsky',
  ],
  [
    'pause --account shop-ig --contact ana',
    'autoresponder: give one of --account, --conversation, --contact, or none for everything',
  ],
  ['demo --for soon', 'autoresponder: --for is "soon"; write a length of time such as 30s, 5m, 12h, 7d'],
  ['sandbox --port 70000', 'autoresponder: --port is "70000"; it takes a whole number from 0 to 65535'],
  ['check --config nix.yaml', 'nix.yaml: error: there is no such file or folder'],
  ['status --config rules', 'rules: error: this is a folder, but a file is expected'],
];

describe.concurrent('wrong arguments on the command line', PROCESSES, () => {
  it.for(WRONG)('autoresponder %s prints one clear line and exits with 1', async ([args, line], test) => {
    const project = await aProject(test);
    const { code, stdout, stderr } = await project.cli(...args.split(' '));
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    const [first] = stderr.split('\n');
    if (typeof line === 'string') expect(first).toBe(line);
    else expect(first).toMatch(line);
    expect(stderr).not.toMatch(/^\s+at /mu);
    expect(() => project.left()).toThrow();
  });
});
