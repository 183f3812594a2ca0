import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { type Mode, MODES } from '../domain/mode.js';
import { type Finding, lineOf } from '../domain/finding.js';
import { DAY } from '../domain/time.js';
import { setInEntry } from '../yaml/edit.js';
import { type ActorOf, actorsOf } from './actor.js';
import { bodyOf, withBody } from './body.js';
import { AGENCY } from './gate.js';
import { JudgeError, judgeAside } from './judge-aside.js';
import { placeOf } from './judge-rules.js';
import { lineDiff } from './line-diff.js';
import type { Panel } from './panel.js';
import type { Caller } from '../domain/role.js';
import {
  readRuleFile,
  replaceRuleFile,
  type RuleFile,
  RuleFileError,
  ruleFileNames,
  versionOf,
} from './rule-files.js';
import { jobOf, replayOf, ruleTexts } from './rules-view.js';
import type {
  RuleCheckView,
  RuleFaultView,
  RuleFilesView,
  RuleFileView,
  RuleRefusedView,
  RuleSavedView,
} from './edit-views.js';

const SHARED =
  'other workspaces use these rules as well; fix: ask your agency, which can change them, or for rules of your own';
/** The schema for completion in an editor; its relative path is the same from sources and build. */
const SCHEMA = new URL('../../schema/rules.schema.json', import.meta.url);
const LONGEST_FILE = 1_000_000;
const REPLAYED_FOR = 30 * DAY;

const checkBody = z.object({ text: z.string().max(LONGEST_FILE), replay: z.boolean().default(false) });
const saveBody = z.object({ text: z.string().max(LONGEST_FILE), version: z.string().max(64) });
const switchBody = z.object({
  id: z.string().max(200),
  file: z.string().max(255),
  to: z.enum([...MODES, 'off']),
});

/**
 * Registers the routes that read, check and change rule files: only for the owner, and only if
 * `server.edit_rules` allows it.
 */
export function createEditApi(panel: Panel, callerOf: (context: Context) => Caller): Hono {
  const api = new Hono();
  const editor = { panel, actorOf: actorsOf(callerOf) };
  const isOpenFor = (c: Context): string | null => {
    if (panel.config.server?.editRules !== true) {
      return 'rules are not changed here; fix: set `server.edit_rules: true`, or edit their files';
    }
    const caller = callerOf(c);
    if (panel.config.sharesRules === true && caller !== AGENCY) return SHARED;
    return caller.role === 'owner' ? null : 'only the owner may change rules';
  };
  api.get('/', async (c) => c.json(await filesView(panel, isOpenFor(c))));
  api.use(async (c: Context, next) => {
    const closed = isOpenFor(c);
    if (closed !== null) return c.json({ error: closed }, 403);
    await next();
    return undefined;
  });
  api.onError((error, c) => {
    if (error instanceof RuleFileError) return c.json({ error: error.message }, 404);
    if (error instanceof JudgeError) return c.json({ error: error.message }, 503);
    throw error;
  });
  api.get('/schema', async (c) => c.json(JSON.parse(await readFile(SCHEMA, 'utf8')) as object));
  api.post('/switch', async (c) =>
    withBody(switchBody, await bodyOf(c), c, async ({ id, file: name, to }) => {
      const file = await readRuleFile(panel.config.rulesPath, name);
      const isOn = panel.set().rules.some(({ rule }) => rule.id === id);
      const text = switched(file.text, id, to, isOn);
      if (text === null) {
        return c.json(
          { error: `${name} writes ${id} in a form that only you can change; edit the file` },
          409,
        );
      }
      return save(editor, file, text, c);
    }),
  );
  api.get('/files/:name', async (c) => {
    const { name, text, version } = await readRuleFile(panel.config.rulesPath, c.req.param('name'));
    return c.json({ name, text, version } satisfies RuleFileView);
  });
  api.post('/files/:name/check', async (c) =>
    withBody(checkBody, await bodyOf(c), c, async ({ text, replay }) => {
      const file = await readRuleFile(panel.config.rulesPath, c.req.param('name'));
      return c.json(await check(panel, file, text, replay));
    }),
  );
  api.post('/files/:name', async (c) =>
    withBody(saveBody, await bodyOf(c), c, async ({ text, version }) => {
      const file = await readRuleFile(panel.config.rulesPath, c.req.param('name'));
      return file.version === version ? save(editor, file, text, c) : changedMeanwhile(file, text, c);
    }),
  );
  return api;
}

async function filesView(panel: Panel, closed: string | null): Promise<RuleFilesView> {
  const files = ruleFileNames(panel.config.rulesPath);
  if (closed !== null) return { closed, files: [], off: [] };
  const { off } = await judgeAside(jobOf(panel, ruleTexts(panel), {}));
  return {
    closed,
    files,
    off: off.map(({ id, place }) => ({ id, place: placeOf(place), file: basename(place.file) })),
  };
}

async function check(panel: Panel, file: RuleFile, text: string, replay: boolean): Promise<RuleCheckView> {
  const compared = replay ? await replayOf(panel, panel.clock() - REPLAYED_FOR) : null;
  const job = jobOf(panel, withText(panel, file, text), { runTests: true, replay: compared });
  const { findings, tests, diff } = await judgeAside(job);
  return { faults: findings.map(faultView), tests, diff };
}

/** All rule files as they would be after the change. */
function withText(panel: Panel, { name }: RuleFile, text: string) {
  return ruleTexts(panel).map((each) => (basename(each.file) === name ? { ...each, text } : each));
}

function faultView({ severity, file, line, column, message, fix }: Finding): RuleFaultView {
  return { severity, file: basename(file), line, column, message, fix };
}

/**
 * Refuses to save if the file changed on disk since the editor opened it, and responds with the difference.
 */
function changedMeanwhile(file: RuleFile, text: string, c: Context): Response {
  const error = `${file.name} changed on disk since it was opened; nothing was saved`;
  return c.json({ error, diff: lineDiff(file.text, text) } satisfies RuleRefusedView, 409);
}

let saving: Promise<unknown> = Promise.resolve();

/** The panel, and the person who changes a file. */
interface Editor {
  readonly panel: Panel;
  readonly actorOf: ActorOf;
}

/** Runs one change at a time: each is checked against the files as the previous change left them. */
function save(editor: Editor, file: RuleFile, text: string, c: Context): Promise<Response> {
  const saved = saving.then(() => saveNow(editor, file, text, c));
  saving = saved.catch(() => undefined);
  return saved;
}

async function saveNow(
  { panel, actorOf }: Editor,
  file: RuleFile,
  text: string,
  c: Context,
): Promise<Response> {
  const errors = await newErrors(panel, file, text);
  if (errors.length > 0) {
    const error = 'the rules have errors; nothing was saved';
    return c.json({ error, faults: errors.map(faultView) } satisfies RuleRefusedView, 422);
  }
  // The file on disk is compared again, since it may have changed during the check.
  const current = await readRuleFile(panel.config.rulesPath, file.name);
  if (current.version !== file.version) return changedMeanwhile(current, text, c);
  const kept = await replaceRuleFile(current, text);
  await panel.command({ do: 'note-edit', subject: `file ${file.name}` }, actorOf(c));
  await panel.reload?.();
  const problem = panel.reload === null ? 'they take effect when the program reads them' : null;
  const faults = panel.rules().problem?.faults ?? [];
  return c.json({
    version: versionOf(text),
    kept,
    problem: problem ?? faults[0] ?? null,
  } satisfies RuleSavedView);
}

/**
 * Errors in the new text, and errors that it causes in other files. Existing errors of other files do not
 * count, so that several broken files can be corrected one by one.
 */
async function newErrors(panel: Panel, file: RuleFile, text: string): Promise<readonly Finding[]> {
  const errorsOf = async (texts: ReturnType<typeof ruleTexts>): Promise<readonly Finding[]> => {
    const { findings } = await judgeAside(jobOf(panel, texts, {}));
    return findings.filter(({ severity }) => severity === 'error');
  };
  const after = await errorsOf(withText(panel, file, text));
  if (after.length === 0) return [];
  const before = new Set((await errorsOf(ruleTexts(panel))).map(lineOf));
  return after.filter((each) => basename(each.file) === file.name || !before.has(lineOf(each)));
}

function switched(text: string, id: string, to: Mode | 'off', isOn: boolean): string | null {
  if (to === 'off') return setInEntry(text, 'rules', id, { enabled: 'false' });
  return setInEntry(text, 'rules', id, { ...(isOn ? {} : { enabled: 'true' }), mode: to });
}
