import { OPT_OUT_WORDS } from '../../../src/domain/opt-out.js';
import { NO_OPT_OUTS, OPT_OUTS } from '../../vectors/opt-outs.js';
import { describe, expect, it } from 'vitest';
import { decideEvent } from '../../../src/actions/decide/decide-event.js';
import type { DecisionSettings } from '../../../src/actions/decision/settings.js';
import type { InboundEvent } from '../../../src/domain/event.js';
import type { Facts, PastReply } from '../../../src/domain/facts.js';
import type { AfterPrivate, Rule } from '../../../src/domain/rule.js';
import { DAY, HOUR, MINUTE } from '../../../src/domain/time.js';
import { compileSet } from '../../../src/engine/rule-set.js';
import { aComment, aConfig, anAccount, anEvent, aRule, facts, keywords, TUESDAY } from '../../builders.js';

const GUARDS = aConfig().guards;

interface Given {
  readonly rules?: readonly Rule[];
  readonly event?: InboundEvent;
  readonly facts?: Partial<Facts>;
  readonly settings?: Partial<DecisionSettings>;
}

function ask({ rules = [aRule()], event = anEvent(), facts: more = {}, settings = {} }: Given) {
  return decideEvent(
    event,
    facts(more),
    compileSet(rules, [], () => null),
    {
      mode: 'live',
      accounts: new Map([
        ['shop-ig', anAccount()],
        ['shop-bsky', anAccount({ name: 'shop-bsky', platform: 'bluesky' })],
      ]),
      guards: GUARDS,
      optOut: GUARDS.optOut,
      ...settings,
    },
  );
}

const says = (text: string, delay: { from: number; to: number } | null = null): Rule =>
  aRule({ actions: [{ type: 'reply', reply: { texts: [text], delay } }] });
const privately = (text: string): Rule =>
  aRule({
    on: 'comment',
    keywords: null,
    actions: [{ type: 'private_reply', reply: { texts: [text], delay: null } }],
  });
const funnel = (id = 'guide'): Rule =>
  aRule({
    id,
    on: 'comment',
    keywords: keywords({ any: ['guide'] }),
    oncePer: null,
    actions: [
      { type: 'comment_reply', reply: { texts: ['Check your DMs!'], delay: null } },
      { type: 'private_reply', reply: { texts: ['Here it is.'], delay: null } },
    ],
  });

describe('an event without a reply', () => {
  it.each([
    ['a message that the account wrote', { event: anEvent({ direction: 'outgoing' }) }, 'own_message'],
    ['a message of unknown direction', { event: anEvent({ direction: 'unknown' }) }, 'direction_unknown'],
    ['a message whose account is unknown', { event: anEvent({ account: null }) }, 'direction_unknown'],
    ['a message from before the start', { facts: { beforeStart: true } }, 'too_old'],
    ['a message that no rule matches', { event: anEvent({ text: 'hello' }) }, 'no_match'],
    ['a contact who asked for silence', { facts: { optedOutAt: TUESDAY - DAY } }, 'opted_out'],
    ['a pause of the owner', { facts: { pause: { scope: 'all', until: Infinity } } }, 'paused'],
    [
      'an automation of Blotato that wrote 4 minutes ago',
      { facts: { lastAutomationAt: TUESDAY - 4 * MINUTE } },
      'other_automation',
    ],
    ['a human who wrote 11 hours ago', { facts: { lastHumanAt: TUESDAY - 11 * HOUR } }, 'human_active'],
    [
      'a message older than the window',
      { event: anEvent({ at: TUESDAY - DAY }), facts: { lastInboundAt: TUESDAY - DAY } },
      'window_closed',
    ],
    [
      'a sixth reply within an hour',
      { facts: { recentAnswers: [50, 40, 30, 20, 10].map((ago) => TUESDAY - ago * MINUTE) } },
      'per_contact_limit',
    ],
    [
      'a contact who answers within two minutes each time, five times in a row',
      { facts: { recentAnswers: [68, 67, 66, 65, 64].map((ago) => TUESDAY - (ago - 5) * MINUTE) } },
      'per_contact_limit',
    ],
    [
      'a platform without a send target',
      { event: anEvent({ platform: 'bluesky', account: 'shop-bsky' }) },
      'platform_cannot_send',
    ],
    [
      'a comment that already has its private reply',
      { rules: [funnel()], event: aComment(), facts: { privateReplyHeldBy: 'other' } },
      'private_reply_used',
    ],
    [
      'a comment older than seven days',
      { rules: [funnel()], event: aComment({ at: TUESDAY - 7 * DAY }) },
      'window_closed',
    ],
    [
      'a comment without an author',
      { rules: [funnel()], event: aComment({ contact: { id: '', name: null, username: null } }) },
      'platform_cannot_send',
    ],
    [
      'a template that lacks a value',
      {
        rules: [says('Hi {{ contact.name }}')],
        event: anEvent({ contact: { id: 'a', name: null, username: null } }),
      },
      'template_error',
    ],
    ['a word of 1,001 bytes on Instagram', { rules: [says('é'.repeat(500) + 'x')] }, 'too_long'],
    ['a text too long for three sends', { rules: [says('Twelve bytes. '.repeat(220))] }, 'too_long'],
    [
      'a private reply of 1,001 bytes',
      { rules: [privately('Ten bytes. '.repeat(92))], event: aComment() },
      'too_long',
    ],
  ] satisfies [string, Given, string][])('is silent for %s', async (_, given, reason) => {
    const decision = await ask(given);
    expect(decision.reason).toBe(reason);
    expect(decision.actions).toEqual([]);
  });

  it('names the rule that would have replied, and the guard that stopped it', async () => {
    const decision = await ask({ facts: { lastHumanAt: TUESDAY - HOUR } });
    expect(decision).toMatchObject({ rule: 'pricing', detail: 'a human wrote 1 h ago; silent for 12 h' });
    expect(decision.trace.guards.at(-1)).toMatchObject({ guard: 'no human active', reason: 'human_active' });
  });
});

describe('an event with a reply', () => {
  it('is decided as queued when live, and as shadow in shadow mode', async () => {
    const reasons = await Promise.all(
      (['live', 'shadow', 'hypothetical'] as const).map(
        async (mode) => (await ask({ settings: { mode } })).reason,
      ),
    );
    expect(reasons).toEqual(['queued', 'shadow', 'replied']);
    expect((await ask({})).actions).toEqual([
      { type: 'reply', rule: 'pricing', text: 'From 20 EUR.', delay: 0, disclosed: false },
    ]);
  });

  it('splits a text that is too long for one message at the ends of sentences, with one disclosure', async () => {
    const sentence = 'We are open from nine to five on every day of the week but Sunday. ';
    const accounts = new Map([['shop-ig', anAccount({ disclosure: 'I am a program.' })]]);
    const { actions, reason } = await ask({
      rules: [says(sentence.repeat(30), { from: 1_000, to: 1_000 })],
      settings: { accounts },
    });
    expect(reason).toBe('queued');
    expect(actions.map(({ part, disclosed, delay }) => [part, disclosed, delay])).toEqual([
      [1, true, 1_000],
      [2, false, 1_000],
      [3, false, 1_000],
    ]);
    expect(actions.map(({ text }) => text).join(' ')).toBe(
      `I am a program.\n\n${sentence.repeat(30).trim()}`,
    );
    for (const { text } of actions) {
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1_000);
      expect(text.endsWith('Sunday.')).toBe(true);
    }
  });

  it('sends the private reply first, whatever the order in the rule', async () => {
    const { actions } = await ask({ rules: [funnel()], event: aComment() });
    expect(actions.map((action) => action.type)).toEqual(['private_reply', 'comment_reply']);
  });

  it('sends the public reply first with when: first', async () => {
    const afterPrivate = { when: 'first', otherwise: null } as const;
    const actions = funnel().actions.map((spec) =>
      spec.type === 'comment_reply' ? { ...spec, afterPrivate } : spec,
    );
    const decision = await ask({ rules: [{ ...funnel(), actions }], event: aComment() });
    expect(decision.actions.map((action) => action.type)).toEqual(['comment_reply', 'private_reply']);
  });

  describe('the reply to a comment whose private reply another rule has sent', () => {
    const facts = { privateReplyHeldBy: 'other' };
    const saying = (afterPrivate: AfterPrivate): Rule => {
      const actions = funnel().actions.map((spec) =>
        spec.type === 'comment_reply' ? { ...spec, afterPrivate } : spec,
      );
      return { ...funnel(), actions };
    };

    it.each<[string, AfterPrivate, string]>([
      ['the text of otherwise', { when: 'sent', otherwise: 'See {{ account.name }}.' }, 'See shop-ig.'],
      ['the usual text with when: always', { when: 'always', otherwise: null }, 'Check your DMs!'],
      ['the usual text with when: first', { when: 'first', otherwise: null }, 'Check your DMs!'],
    ])('is %s, in public only, with the reason', async (_, afterPrivate, text) => {
      const decision = await ask({ rules: [saying(afterPrivate)], event: aComment(), facts });
      expect(decision).toMatchObject({ reason: 'queued', detail: 'no private reply: rule other used it' });
      expect(decision.actions).toMatchObject([{ type: 'comment_reply', text }]);
      expect(decision.actions[0]).not.toHaveProperty('afterPrivate');
    });

    it('is empty for a contact who opted out', async () => {
      const rules = [saying({ when: 'always', otherwise: null })];
      const silenced = { ...facts, optedOutAt: TUESDAY - DAY };
      const decision = await ask({ rules, event: aComment(), facts: silenced });
      expect(decision).toMatchObject({ reason: 'opted_out', actions: [] });
    });
  });

  it('is refused as a whole when the text of otherwise cannot be rendered', async () => {
    const [first, second] = funnel().actions;
    const afterPrivate = { when: 'sent', otherwise: '{{ contact.name }}' } as const;
    const actions = [{ ...first!, afterPrivate }, second!];
    const event = aComment({ contact: { id: 'a', name: null, username: null } });
    const decision = await ask({ rules: [{ ...funnel(), actions }], event });
    expect(decision).toMatchObject({ reason: 'template_error', actions: [] });
    expect(decision.detail).toMatch(/^comment_reply: otherwise: /u);
  });

  it('uses one private reply although two rules continue', async () => {
    const rules = [{ ...funnel('a'), continue: true }, funnel('b')];
    const { actions } = await ask({ rules, event: aComment() });
    expect(actions.map(({ rule, type }) => `${rule} ${type}`)).toEqual([
      'a private_reply',
      'a comment_reply',
      'b comment_reply',
    ]);
  });

  describe('a reply with one_of texts', () => {
    const texts = ['one', 'two', 'three'];
    const rule = aRule({ actions: [{ type: 'reply', reply: { texts, delay: null } }], oncePer: null });
    const past = (times: number, more: Partial<PastReply> = {}): PastReply => ({
      ...{ rule: rule.id, conversationId: 'c1', postId: null, at: TUESDAY - HOUR, times, isShadow: false },
      ...more,
    });
    const textFor = async (id: string, answers: readonly PastReply[], rules = [rule]) => {
      const event = anEvent({ contact: { id, name: null, username: null } });
      return (await ask({ rules, event, facts: { replies: answers } })).actions[0]!.text;
    };

    it('uses the same text whenever the event is decided again', async () => {
      expect(await textFor('ana', [past(4)])).toBe(await textFor('ana', [past(4)]));
    });

    it('gives a contact each text before one is repeated, and none twice in a row', async () => {
      for (const contact of ['ana', 'bo', 'cy']) {
        const given = await Promise.all(Array.from({ length: 12 }, (_, n) => textFor(contact, [past(n)])));
        for (let n = 0; n < 12; n += 3) expect(new Set(given.slice(n, n + 3))).toEqual(new Set(texts));
        expect(given.filter((text, n) => text === given[n - 1])).toEqual([]);
      }
    });

    it('counts replies in other conversations, but neither other rules nor shadow', async () => {
      const fifth = await textFor('ana', [past(4)]);
      expect(await textFor('ana', [past(1), past(3, { conversationId: 'c2' })])).toBe(fifth);
      const others = [past(4), past(1, { rule: 'other' }), past(1, { isShadow: true })];
      expect(await textFor('ana', others)).toBe(fifth);
    });

    it('starts with a different text for different contacts', async () => {
      const first = await Promise.all(Array.from({ length: 40 }, (_, n) => textFor(`person-${n}`, [])));
      expect(new Set(first)).toEqual(new Set(texts));
    });

    it('treats authors without an id as different people', async () => {
      const said = await Promise.all(
        Array.from({ length: 20 }, async (_, n) => {
          const event = anEvent({ sourceId: `m${n}`, contact: { id: '', name: null, username: null } });
          return (await ask({ rules: [rule], event, facts: { replies: [past(n)] } })).actions[0]!.text;
        }),
      );
      expect(new Set(said)).toEqual(new Set(texts));
    });
  });

  it("waits for a time within the rule's delay", async () => {
    const { actions } = await ask({ rules: [says('x', { from: 20_000, to: 60_000 })] });
    expect(actions[0]!.delay).toBeGreaterThanOrEqual(20_000);
    expect(actions[0]!.delay).toBeLessThanOrEqual(60_000);
  });

  it('never evaluates a contact’s text as a template', async () => {
    const event = anEvent({
      text: 'price {{ account.id }}',
      contact: { id: 'a', name: '{{ account.id }}', username: null },
    });
    const { actions } = await ask({ rules: [says('{{ contact.name }}: {{ message.text }}')], event });
    expect(actions[0]!.text).toContain('price {{ account.id }}');
    expect(actions[0]!.text).not.toContain('98434');
  });
});

describe('the disclosure of an account', () => {
  const accounts = new Map([['shop-ig', anAccount({ disclosure: 'I am a program.' })]]);
  const text = async (more: Partial<Facts>) =>
    (await ask({ facts: more, settings: { accounts } })).actions[0]!.text;

  it('goes before the first automatic reply, again after seven days, and after a human wrote', async () => {
    const [told, bare] = ['I am a program.\n\nFrom 20 EUR.', 'From 20 EUR.'];
    expect(await text({ lastDisclosedAt: null })).toBe(told);
    expect(await text({ lastDisclosedAt: TUESDAY - DAY })).toBe(bare);
    expect(await text({ lastDisclosedAt: TUESDAY - 7 * DAY })).toBe(told);
    const human = { lastHumanAt: TUESDAY - 13 * HOUR };
    expect(await text({ ...human, lastDisclosedAt: TUESDAY - 14 * HOUR })).toBe(told);
    expect(await text({ ...human, lastDisclosedAt: TUESDAY - 12 * HOUR })).toBe(bare);
  });

  it('is not part of public replies', async () => {
    const { actions } = await ask({ rules: [funnel()], event: aComment(), settings: { accounts } });
    expect(actions.map((action) => [action.type, action.disclosed])).toEqual([
      ['private_reply', true],
      ['comment_reply', false],
    ]);
  });
});

describe('an opt-out', () => {
  it.each(['stop', 'STOP!', ' "Stop." ', 'ｓｔｏｐ'])(
    'is recognised in %j, confirmed once, and evaluates no rule',
    async (text) => {
      const rules = [aRule({ keywords: keywords({ any: ['stop'] }) })];
      const decision = await ask({ rules, event: anEvent({ text }) });
      expect(decision).toMatchObject({
        optOut: 'stop',
        reason: 'queued',
        rule: '$opt_out',
        trace: { rules: [] },
      });
      expect(decision.actions).toMatchObject([{ text: 'No more automatic replies.' }]);
      const again = await ask({ rules, event: anEvent({ text }), facts: { optedOutAt: TUESDAY } });
      expect(again).toMatchObject({ optOut: null, reason: 'opted_out', actions: [] });
    },
  );

  it.each(OPT_OUTS)('is recognised in %j by default', async (text) => {
    const settings = { optOut: { keywords: OPT_OUT_WORDS, reply: 'Bye.' } };
    expect((await ask({ event: anEvent({ text }), settings })).optOut).toBe('stop');
  });

  it.each(NO_OPT_OUTS)('is not recognised in %j by default', async (text) => {
    const settings = { optOut: { keywords: OPT_OUT_WORDS, reply: 'Bye.' } };
    expect((await ask({ event: anEvent({ text }), settings })).optOut).toBeNull();
  });

  it('is not recognised in a whole sentence', async () => {
    expect((await ask({ event: anEvent({ text: 'do you stop at the price?' }) })).optOut).toBeNull();
  });

  it('is stored but not confirmed while a human is active', async () => {
    const decision = await ask({
      event: anEvent({ text: 'stop' }),
      facts: { lastHumanAt: TUESDAY - MINUTE },
    });
    expect(decision).toMatchObject({ optOut: 'stop', reason: 'human_active', actions: [] });
  });

  it('ends with `start`, which is passed to the rules as well', async () => {
    const rules = [aRule({ keywords: keywords({ any: ['start'] }) })];
    const decision = await ask({
      rules,
      event: anEvent({ text: 'Start' }),
      facts: { optedOutAt: TUESDAY - DAY },
    });
    expect(decision).toMatchObject({ optOut: 'start', reason: 'queued', rule: 'pricing' });
  });

  it('can be turned off', async () => {
    const decision = await ask({ event: anEvent({ text: 'stop' }), settings: { optOut: null } });
    expect(decision).toMatchObject({ optOut: null, reason: 'no_match' });
  });
});

describe('mode: approve', () => {
  const approve = { mode: 'approve' } as const;
  const live = aRule({ id: 'hours', keywords: keywords({ any: ['price'] }) });

  it.each<[string, Given]>([
    ['of the rule', { rules: [aRule(approve)] }],
    ['of the configuration', { settings: approve }],
    ['of the account', { settings: { accounts: new Map([['shop-ig', anAccount(approve)]]) } }],
    ['of the rule, in a rehearsal', { rules: [aRule(approve)], settings: { mode: 'hypothetical' } }],
  ])('%s holds the composed reply for a person', async (_, given) => {
    expect(await ask(given)).toMatchObject({
      reason: 'awaiting_approval',
      actions: [{ text: 'From 20 EUR.', awaits: true }],
    });
  });

  it('is stricter than live, and less strict than shadow', async () => {
    const settings = { mode: 'shadow', accounts: new Map([['shop-ig', anAccount(approve)]]) } as const;
    expect(await ask({ rules: [aRule(approve)], settings })).toMatchObject({ reason: 'shadow' });
    expect(await ask({ rules: [aRule({ mode: 'shadow' })], settings: approve })).toMatchObject({
      reason: 'shadow',
    });
  });

  it('of one rule leaves the reply of another to be sent', async () => {
    const { actions } = await ask({ rules: [aRule({ ...approve, continue: true }), live] });
    expect(actions.map(({ rule, awaits = false }) => [rule, awaits])).toEqual([
      ['pricing', true],
      ['hours', false],
    ]);
  });

  it('is guarded as live, and holds the confirmation of an opt-out too', async () => {
    const pause = { scope: 'all', until: Infinity };
    expect(await ask({ rules: [aRule(approve)], facts: { pause } })).toMatchObject({ reason: 'paused' });
    expect(await ask({ event: anEvent({ text: 'stop' }), settings: approve })).toMatchObject({
      reason: 'awaiting_approval',
      optOut: 'stop',
    });
  });
});
