import { describe, expect, it, onTestFinished } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Role } from '../../src/domain/role.js';
import { createApi } from '../../src/server/api.js';
import type { Panel } from '../../src/server/panel.js';
import { aComment, aConfig, aDecision, anEvent, TUESDAY } from '../builders.js';
import { openCopied } from '../store/template.js';

const TALK = '/people/shop-ig/ana/typing';
const COMMENT = `/comments/${encodeURIComponent(aComment().id)}/typing`;

/** The API over a store with a message and a comment of Ana. */
async function anApi() {
  const folder = mkdtempSync(join(tmpdir(), 'typing-'));
  const store = openCopied(join(folder, 'test.db'), () => TUESDAY);
  onTestFinished(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  for (const event of [anEvent(), aComment()]) {
    await store.recordPage(`${event.kind}s`, [{ event, beforeStart: false }], null);
    await store.recordDecision(event, aDecision({ actions: [] }), TUESDAY);
  }
  let told = 0;
  const panel = {
    ...{ config: aConfig(), clock: () => TUESDAY, store },
    onChange: () => () => undefined,
    command: async () => {
      told += 1;
      throw new Error('a command');
    },
  } as unknown as Panel;
  /** Requests as a person; with a body it is a POST. */
  const as = (name: string, role: Role = 'agent') => {
    const api = createApi(panel, () => ({ name, role }));
    return async (path: string, body?: unknown) => {
      const headers = { 'content-type': 'application/json' };
      const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body), headers };
      const answer = await api.request(path, init);
      return { status: answer.status, body: await answer.json() };
    };
  };
  return { as, store, commands: () => told };
}

describe.each([
  ['a conversation', TALK],
  ['a comment', COMMENT],
])('a text that is typed in %s', (_, path) => {
  it('is shown to others and to a viewer by its name, not in its own page, and is no command', async () => {
    const { as, store, commands } = await anApi();
    const text = '<script>alert(1)</script> \u202Eמחיר';
    expect((await as('Mia')(path, { page: 'p1', text })).status).toBe(200);
    const shown = { typing: [{ by: 'Mia', text }] };
    expect((await as('Ben')(`${path}?page=p1`)).body).toEqual(shown);
    expect((await as('Vi', 'viewer')(path)).body).toEqual(shown);
    expect((await as('Mia')(`${path}?page=p1`)).body).toEqual({ typing: [] });
    expect((await as('Mia')(`${path}?page=p2`)).body).toEqual(shown);
    await as('Mia')(path, { page: 'p1', text: '' });
    expect((await as('Ben')(path)).body).toEqual({ typing: [] });
    expect(commands()).toBe(0);
    expect(await store.auditOf(path === TALK ? anEvent().id : aComment().id)).toEqual([]);
  });

  it('is refused from a viewer', async () => {
    const { as } = await anApi();
    expect((await as('Vi', 'viewer')(path, { page: 'p1', text: 'Hello' })).status).toBe(403);
    expect((await as('Ben')(path)).body).toEqual({ typing: [] });
  });

  it.each([
    ['is too long', { page: 'p1', text: 'x'.repeat(10_001) }],
    ['has no page', { text: 'x' }],
    ['has a page with other characters', { page: '../x', text: 'x' }],
    ['has a page that is too long', { page: 'x'.repeat(41), text: 'x' }],
    ['is a number', { page: 'p1', text: 1 }],
    ['is missing', null],
  ])('is refused if it %s', async (__, body) => {
    const { as } = await anApi();
    expect((await as('Mia')(path, body)).status).toBe(400);
    expect((await as('Ben')(path)).body).toEqual({ typing: [] });
  });
});

it('a text to somebody whom the journal does not know is not stored', async () => {
  const { as } = await anApi();
  for (const path of [
    '/people/shop-ig/bo/typing',
    '/people/other/ana/typing',
    '/comments/comment:x/typing',
  ]) {
    expect(await as('Mia')(path, { page: 'p1', text: 'Hello' })).toMatchObject({ status: 404 });
  }
});
