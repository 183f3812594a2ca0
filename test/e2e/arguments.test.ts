import { describe, expect, it } from 'vitest';
import { aProject, PROCESSES } from './cli.js';

/** Wrong arguments, and the one line that the command prints for each. */
const WRONG: readonly (readonly [args: string, line: string | RegExp])[] = [
  ['foo', "error: unknown command 'foo'"],
  ['jurnal', /^error: unknown command 'jurnal'/u],
  ['run --bogus', "error: unknown option '--bogus'"],
  [
    'explain',
    'autoresponder: nothing to explain; fix: give --text TEXT for a new text, or --event ID for a message or comment of the journal',
  ],
  [
    'explain --text x --at nonsense',
    'autoresponder: --at is "nonsense"; fix: write a time such as 2026-11-24T10:00:00+01:00',
  ],
  ['explain --text x --at 2026-02-30', /^autoresponder: --at is "2026-02-30"; fix: write a time/u],
  [
    'explain --text x --platform tiktok',
    'autoresponder: --platform is "tiktok"; fix: write one of bluesky, facebook, instagram, twitter',
  ],
  ['explain --text x --on dm', 'autoresponder: --on is "dm"; fix: write one of message, comment'],
  [
    'explain --text x --account nobody',
    'autoresponder: there is no account "nobody" in the configuration; fix: write one of shop-ig, shop-fb, shop-x, shop-bsky',
  ],
  [
    'explain --text x --account shop-ig --platform facebook',
    'autoresponder: account "shop-ig" is on instagram, not on facebook; fix: leave out the platform, or name another account',
  ],
  [
    'replay',
    'autoresponder: no events are given; fix: give --input FILE for the events of a file, or --since 30d for those of the journal',
  ],
  [
    'replay --input nix.jsonl',
    'autoresponder: --input is "nix.jsonl", which does not exist; fix: name a file with one JSON object on each line',
  ],
  ['replay --input rules', /^autoresponder: .*directory/u],
  ['schema', "error: missing required argument 'which'"],
  ['schema foo', 'autoresponder: schema is "foo"; fix: write one of config, rules'],
  ['journal --reason because', /^autoresponder: --reason is "because"; fix: write one of replied, acted, /u],
  ['outbox lsit', /^error: unknown command 'lsit'/u],
  [
    'outbox list --state lost',
    /^autoresponder: --state is "lost"; fix: write one of awaiting_approval, pending, (?!.*pending)/u,
  ],
  ['outbox retry', "error: missing required argument 'id'"],
  [
    'outbox retry abc',
    'autoresponder: "abc" is not the number of a send; fix: take one of `autoresponder outbox list`',
  ],
  [
    'pause --for ever',
    'autoresponder: --for is "ever"; fix: write a length of time such as 30s, 5m, 12h, 7d',
  ],
  ['pause --for 999999999d', /^autoresponder: --for is "999999999d"; fix: write a length of time/u],
  [
    'pause --account nobody',
    'autoresponder: --account is "nobody"; fix: write one of shop-ig, shop-fb, shop-x, shop-bsky',
  ],
  [
    'pause --account shop-ig --contact ana',
    'autoresponder: two scopes are given; fix: give one of --account, --conversation, --contact, or none for everything',
  ],
  ['demo --for soon', 'autoresponder: --for is "soon"; fix: write a length of time such as 30s, 5m, 12h, 7d'],
  ['sandbox --port 70000', 'autoresponder: --port is "70000"; fix: write a whole number from 0 to 65535'],
  ['check --config nix.yaml', 'nix.yaml: error: there is no such file or folder'],
  ['explain --text x --event y', /^autoresponder: --text and --event exclude each other; fix: give --text/u],
  ['replay --input a --since 1d', /^autoresponder: --input and --since exclude each other; fix: give --inp/u],
  ['replay --since 1d --fail-on-change', /^autoresponder: --fail-on-change needs --against; fix: name the/u],
  ['reply', /^autoresponder: no text is given; fix: give --text TEXT, or --saved NAME/u],
  ['reply --text x', /^autoresponder: nobody to reply to is given; fix: give --conversation WHO/u],
  ['sandbox say x', /^autoresponder: who writes to whom is not given; fix: name the account with --to/u],
  [
    'sandbox say x --url y',
    'autoresponder: --url is "y"; fix: write an address such as http://127.0.0.1:8788',
  ],
  [
    'init --yes',
    /^autoresponder: .*config\.yaml already exists, and init overwrites no file; fix: work in a new/u,
  ],
  [
    'migrate --from x --to y',
    /^autoresponder: --from is not a SQLite store; fix: write sqlite: and its file/u,
  ],
  [
    'migrate --from sqlite:x --to y',
    /^autoresponder: there is no store at .*x; fix: write the file of `store`/u,
  ],
  ['calendar nix', /^autoresponder: there is no calendar "nix"; fix: add it to `calendars`/u],
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
    // The command-line library prints its own hint, and an error in a file has its fix below the line.
    if (stderr.startsWith('autoresponder: ')) expect(first).toContain('; fix: ');
    expect(stderr).not.toMatch(/^\s+at /mu);
    expect(() => project.left()).toThrow();
  });
});
