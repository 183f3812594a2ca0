import type { AccountConfig, Config } from '../src/domain/config.js';
import type { Decision, PlannedAction } from '../src/domain/decision.js';
import type { InboundEvent } from '../src/domain/event.js';
import type { Facts } from '../src/domain/facts.js';
import type { Rule } from '../src/domain/rule.js';
import { DAY, HOUR, MINUTE, SECOND } from '../src/domain/time.js';

/** 2026-11-24T10:00:00+01:00, a Tuesday: the shop of the examples is open. */
export const TUESDAY = Date.parse('2026-11-24T10:00:00+01:00');

export function anEvent(more: Partial<InboundEvent> = {}): InboundEvent {
  const sourceId = more.sourceId ?? 'm1';
  return {
    id: `${more.kind ?? 'message'}:${sourceId}`,
    kind: 'message',
    platform: 'instagram',
    account: 'shop-ig',
    sourceId,
    conversationId: 'c1',
    contact: { id: 'ana', name: 'Ana Lima', username: 'ana.l' },
    text: 'price?',
    at: TUESDAY,
    direction: 'incoming',
    comment: null,
    ...more,
  };
}

export function aComment(more: Partial<InboundEvent> = {}): InboundEvent {
  const sourceId = more.sourceId ?? 'k1';
  return anEvent({
    kind: 'comment',
    sourceId,
    id: `comment:${sourceId}`,
    conversationId: null,
    text: 'guide',
    comment: { postId: '501', platformPostId: 'p501', platformCommentId: `p-${sourceId}`, parentId: null },
    ...more,
  });
}

export function facts(more: Partial<Facts> = {}): Facts {
  return {
    now: TUESDAY,
    lastInboundAt: TUESDAY,
    lastHumanAt: null,
    optedOutAt: null,
    pause: null,
    recentAnswers: [],
    privateReplyHeldBy: null,
    firstContact: true,
    replies: [],
    lastDisclosedAt: null,
    nextPostOf: [],
    tags: [],
    fields: {},
    run: null,
    beforeStart: false,
    ...more,
  };
}

export function aRule(more: Partial<Rule> = {}): Rule {
  return {
    id: 'pricing',
    on: 'message',
    platforms: [],
    accounts: [],
    posts: [],
    keywords: keywords({ any: ['price'] }),
    when: null,
    priority: 0,
    actions: [{ type: 'reply', reply: { texts: ['From 20 EUR.'], delay: null } }],
    effects: [],
    funnel: null,
    oncePer: { scope: 'contact', time: HOUR },
    silent: false,
    continue: false,
    enabled: true,
    mode: 'live',
    place: { file: 'rules.yaml', line: 1, column: 1 },
    ...more,
  };
}

export function keywords(more: Partial<NonNullable<Rule['keywords']>>): NonNullable<Rule['keywords']> {
  return {
    any: [],
    all: [],
    none: [],
    match: 'word',
    typos: 0,
    caseSensitive: false,
    accents: false,
    ...more,
  };
}

export function anAction(more: Partial<PlannedAction> = {}): PlannedAction {
  return { type: 'reply', rule: 'pricing', text: 'From 20 EUR.', delay: 0, disclosed: false, ...more };
}

export function aDecision(more: Partial<Decision> = {}): Decision {
  return {
    rule: 'pricing',
    reason: 'queued',
    detail: null,
    actions: [anAction()],
    optOut: null,
    trace: { text: 'price?', words: ['price'], rules: [], rulesOmitted: 0, guards: [] },
    ...more,
  };
}

export function anAccount(more: Partial<AccountConfig> = {}): AccountConfig {
  return {
    name: 'shop-ig',
    id: '98434',
    platform: 'instagram',
    nativeId: '1784140',
    pageId: null,
    disclosure: null,
    vars: {},
    ...more,
  };
}

/** A configuration with unlimited throttles, for tests that are not about throttles. */
export function aConfig(more: Partial<Config> = {}): Config {
  return {
    mode: 'live',
    blotato: { baseUrl: 'http://127.0.0.1:9', apiKey: 'sandbox-key' },
    workspace: 'default',
    token: null,
    store: { kind: 'sqlite', path: '/nowhere' },
    rulesPath: '/nowhere',
    accounts: [anAccount()],
    poll: { schedule: '* * * * * *', comments: true, overlap: 2 * MINUTE, lookback: 0 },
    throttle: {
      sendsPerMinute: 100_000,
      readsPerMinute: 100_000,
      concurrency: 4,
      sendsPerHourPerAccount: 100_000,
    },
    delivery: { ambiguous: 'resend_once', visibleWithin: 30 * SECOND },
    guards: {
      humanPause: 12 * HOUR,
      automationPause: 5 * 60_000,
      perContact: { replies: 5, per: HOUR },
      loopBreaker: { rounds: 5, within: 2 * MINUTE, wait: HOUR },
      optOut: { keywords: ['stop'], reply: 'No more automatic replies.' },
    },
    calendars: [],
    webhooks: { allowHosts: [] },
    notify: null,
    retention: 45 * DAY,
    server: null,
    log: { level: 'silent', pretty: false, texts: false },
    ...more,
  };
}
