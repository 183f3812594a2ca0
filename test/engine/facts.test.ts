import { describe, expect, it } from 'vitest';
import type { Calendar } from '../../src/domain/calendar.js';
import type { InboundEvent } from '../../src/domain/event.js';
import { engineFacts } from '../../src/engine/facts.js';
import { compileSet } from '../../src/engine/rule-set.js';
import { MessageText } from '../../src/engine/text/text.js';
import { aComment, anEvent, facts, TUESDAY } from '../builders.js';

const TOKYO: Calendar = {
  name: 'tokyo',
  timezone: 'Asia/Tokyo',
  open: { tue: [{ from: 0, to: 24 * 60 }] },
  closed: [],
  special: {},
  holidays: null,
};

type Ask = (params: Readonly<Record<string, unknown>>) => unknown;

function factsOf(event: InboundEvent) {
  const values = engineFacts(
    event,
    facts(),
    new MessageText(event.text),
    compileSet([], [TOKYO], () => null),
  );
  return { ...values, contact: (values['contact'] as Ask)({}) } as Record<string, unknown>;
}

function ask(fact: string, params: Readonly<Record<string, unknown>>): unknown {
  return (factsOf(anEvent())[fact] as Ask)(params);
}

describe('the facts of an event', () => {
  it('have a value for each message', () => {
    expect(
      factsOf(anEvent({ account: null, contact: { id: 'x', name: null, username: null } })),
    ).toMatchObject({
      kind: 'message',
      platform: 'instagram',
      account: '',
      text: 'price?',
      post: '',
      platform_post: '',
      is_reply: false,
      first_contact: true,
      contact: { id: 'x', name: '', first_name: '', username: '' },
    });
  });

  it('have the normalized name and first name of the contact', () => {
    const contact = { id: 'x', name: 'ÉLÉA Lima', username: 'Eléa.L' };
    expect(factsOf(anEvent({ contact }))['contact']).toEqual({
      id: 'x',
      name: 'elea lima',
      first_name: 'elea',
      username: 'elea.l',
    });
  });

  it('have the post of a comment, and whether it is a reply', () => {
    const comment = { postId: '501', platformPostId: 'p501', platformCommentId: 'p1', parentId: 'p0' };
    expect(factsOf(aComment({ comment }))).toMatchObject({
      post: '501',
      platform_post: 'p501',
      is_reply: true,
    });
    expect(factsOf(aComment())).toMatchObject({ is_reply: false });
    expect(factsOf(aComment({ comment: { ...comment, postId: null, platformPostId: null } }))).toMatchObject({
      post: '',
      platform_post: '',
    });
  });

  it('have the time in the requested zone, else that of the calendar, else UTC', () => {
    expect(TUESDAY).toBe(Date.parse('2026-11-24T09:00:00Z'));
    expect(ask('local_time', { timezone: 'America/New_York', calendar: 'tokyo' })).toBe(4 * 60);
    expect(ask('local_time', { calendar: 'tokyo' })).toBe(18 * 60);
    expect(ask('local_time', { calendar: 'unknown' })).toBe(9 * 60);
    expect(ask('weekday', { calendar: 'tokyo' })).toBe(ask('weekday', {}));
  });

  it('have the state of a calendar, and report an unknown calendar', () => {
    expect(ask('hours', { calendar: 'tokyo' })).toBe('open');
    expect(ask('hours', { calendar: 'unknown' })).toBe('unknown');
  });
});
