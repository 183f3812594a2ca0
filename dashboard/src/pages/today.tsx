import { useState } from 'preact/hooks';
import type { AttentionView, NowView, TodayTotals, TodayView } from '../../../src/server/views.js';
import { Days } from '../chart.js';
import { count, lengthOf, personName, readerAhead } from '../format.js';
import { Card, Empty, Known, Reason, Said, Teach, Title } from '../parts.js';
import { RANGES, Ranges } from '../ranges.js';
import { useServer } from '../server.js';
import { ANSWERED, wordsFor } from '../words.js';
import { FeedCard } from './feed.js';
import { Machine } from './machine.js';
import { PlayBox } from './play.js';

/** The estimated time in which a person reads a message and types a reply; shown on the page. */
const SAVED_PER_ANSWER = 60_000;
/** Maximum number of people waiting for a human that this page lists. */
const MOST_NAMED = 5;

function todayPath(days: number): string {
  return `/api/today?days=${days}&ahead=${readerAhead()}`;
}

/** The first page: replies, what needs a person, the state of the program, and the journal. */
export function Today() {
  const [range, setRange] = useState<number>(RANGES[0]);
  const [reason, setReason] = useState('');
  const { data: now, error, again } = useServer<NowView>('/api/now');
  const { data: today, error: todayError } = useServer<TodayView>(todayPath(range));
  return (
    <>
      <div class="head">
        <Title>Today</Title>
        <Ranges range={range} choose={setRange} />
      </div>
      <Known data={today} error={todayError}>
        {(view) => <Stats view={view} now={now} />}
      </Known>
      <Known data={now} error={error}>
        {(view) => (
          <>
            {view.isDemo && <PlayBox accounts={view.accounts} />}
            <NeedsYou now={view} />
            <Machine now={view} hours={today?.hours ?? []} again={again} />
          </>
        )}
      </Known>
      {today && <Details view={today} isShadow={now?.mode === 'shadow'} chosen={reason} choose={setReason} />}
      <FeedCard accounts={now?.accounts ?? []} reason={reason} setReason={setReason} />
    </>
  );
}

function Stats({ view, now }: { readonly view: TodayView; readonly now: NowView | null }) {
  const { current, previous, today, range } = view;
  const isShadow = now?.mode === 'shadow';
  const waits = (now?.attention ?? 0) + (now?.drafts ?? 0);
  const key: keyof TodayTotals = isShadow ? 'shadow' : 'answered';
  const before = (of: keyof TodayTotals) => (
    <Against now={current[of]} before={previous?.[of] ?? null} range={range} />
  );
  return (
    <dl class="stats">
      <div class="stat first">
        <dt>{isShadow ? 'Would get a reply' : 'Replied'}</dt>
        <dd>
          <span class="value">{current[key].toLocaleString()}</span>
          <span class="sub">{today[key].toLocaleString()} today</span> {before(key)}
        </dd>
      </div>
      <div class="stat">
        <dt>Left alone</dt>
        <dd>
          <span class="value">{current.leftAlone.toLocaleString()}</span> {before('leftAlone')}
        </dd>
      </div>
      <div class="stat">
        <dt>Leads won</dt>
        <dd>
          <span class="value">{current.leads.toLocaleString()}</span>
          <span class="sub">{count(current.emails, 'e-mail')}</span> {before('leads')}
        </dd>
      </div>
      <div class="stat">
        <dt>Waiting for you</dt>
        <dd>
          <span class="value">{waits.toLocaleString()}</span>
          <span class="sub">{waits === 0 ? 'all clear' : 'see below'}</span>
        </dd>
      </div>
      <div class="stat">
        <dt>{isShadow ? 'Time it would save' : 'Time saved'}</dt>
        <dd>
          <span class="value">{lengthOf(current[key] * SAVED_PER_ANSWER)}</span>
          <span class="sub">1 minute per reply</span>
        </dd>
      </div>
    </dl>
  );
}

/** The change compared with the same number of days before. */
function Against({
  now,
  before,
  range,
}: {
  readonly now: number;
  readonly before: number | null;
  readonly range: number;
}) {
  if (before === null) return null;
  const change = now - before;
  const period = range === 7 ? 'last week' : `the ${range} days before`;
  return (
    <span class="sub">
      {change === 0
        ? `the same as ${period}`
        : `${change > 0 ? '+' : '−'}${Math.abs(change).toLocaleString()} against ${period}`}
    </span>
  );
}

/** A summary of Needs you, one line per entry. */
function NeedsYou({ now: { attention, drafts } }: { readonly now: NowView }) {
  const { data } = useServer<AttentionView>('/api/attention');
  const lines = data === null ? [] : linesOf(data);
  return (
    <Card title="Needs you" aside={attention > 0 ? <a href="/attention">Open the list</a> : null}>
      {attention + drafts === 0 && <Empty>Nothing: every reply arrived and nobody waits for a human.</Empty>}
      <ul class="plain">
        {drafts > 0 && (
          <li>
            <a href="/drafts">
              {count(drafts, 'reply')} {drafts === 1 ? 'waits' : 'wait'} for your approval
            </a>
          </li>
        )}
        {data?.handoffs.slice(0, MOST_NAMED).map(({ id, account, contactId, name, request, words }) => (
          <li key={id}>
            <a href={`/people/${encodeURIComponent(account)}/${encodeURIComponent(contactId)}`}>
              <bdi>{personName(name ?? contactId)}</bdi>
            </a>{' '}
            waits for a human: <Said text={request || (words ?? '')} />
          </li>
        ))}
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </Card>
  );
}

function linesOf(view: AttentionView): readonly string[] {
  const { sends, blocked, failing, isKeyRefused, isReadLate, problem, contention, webhooks, counts } = view;
  const more = counts.handoffs - Math.min(MOST_NAMED, view.handoffs.length);
  const isUnread = isKeyRefused || isReadLate || failing.length > 0;
  return [
    more > 0 ? `${count(more, 'more person')} waiting for a human` : '',
    isUnread ? 'Not everything could be read' : '',
    problem === null ? '' : 'The rule files have errors',
    ...blocked.map(({ name }) => `Blotato refuses to send for ${name}`),
    sends.length > 0 ? `${count(counts.sends, 'reply')} did not arrive, or may not have` : '',
    ...contention.map(({ rule, n }) => `Another tool was faster than ${rule}, ${count(n, 'time')}`),
    webhooks.length > 0 ? `${count(counts.webhooks, 'webhook')} failed for good` : '',
  ].filter((line) => line !== '');
}

interface DetailsProps {
  readonly view: TodayView;
  readonly isShadow: boolean;
  readonly chosen: string;
  readonly choose: (reason: string) => void;
}

function Details({ view, isShadow, chosen, choose }: DetailsProps) {
  const { days, lastDay, reasons } = view;
  const left = Object.entries(reasons)
    .filter(([reason]) => !ANSWERED.has(reason))
    .sort((a, b) => b[1] - a[1]);
  return (
    <div class="two">
      <Card title="Day by day">
        {days.every(({ answered, shadow, leftAlone }) => answered + shadow + leftAlone === 0) ? (
          <Teach icon="today">
            <p>Nobody has written in these days. The replies of each day will be shown here as a bar.</p>
          </Teach>
        ) : (
          <Days
            label={isShadow ? 'Would get a reply' : 'Replied'}
            days={days.map(({ answered, shadow }) => (isShadow ? shadow : answered))}
            today={lastDay}
          />
        )}
      </Card>
      <Card title="Left alone, and why">
        {left.length === 0 && <Empty>Nothing was left alone.</Empty>}
        <ul class="left">
          {left.map(([reason, n]) => (
            <li key={reason}>
              <button
                type="button"
                class="plain"
                aria-pressed={reason === chosen}
                onClick={() => choose(reason === chosen ? '' : reason)}
              >
                <span>
                  <Reason reason={reason} />
                  <span class="detail">{wordsFor(reason).sentence}</span>
                </span>
                <span class="n">{n.toLocaleString()}</span>
              </button>
            </li>
          ))}
        </ul>
      </Card>
    </div>
  );
}
