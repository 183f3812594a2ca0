import { useState } from 'preact/hooks';
import type { AccountView, EventView, FeedView, NowView } from '../../../src/server/views.js';
import { ago, count, timeOf, until } from '../format.js';
import { type Rows, useGrowing } from '../growing.js';
import { LongList } from '../long-list.js';
import { Action, Card, Empty, Known, Reason, Said, Title } from '../parts.js';
import { post, useServer } from '../server.js';

export function Now() {
  const { data: now, error, again } = useServer<NowView>('/api/now');
  const [reason, setReason] = useState('');
  const [account, setAccount] = useState('');
  return (
    <>
      <Title>Now</Title>
      <Known data={now} error={error}>
        {(view) => (
          <>
            <State now={view} again={again} />
            <Card title="Accounts">
              <Accounts accounts={view.accounts} />
            </Card>
            <Card title="Last 24 hours" aside={<span class="quiet">choose one to see only those below</span>}>
              <Reasons reasons={view.reasons} chosen={reason} choose={setReason} />
            </Card>
          </>
        )}
      </Known>
      <Card
        title="What came in"
        aside={
          <label class="row">
            Account
            <select value={account} onChange={(event) => setAccount(event.currentTarget.value)}>
              <option value="">all</option>
              {now?.accounts.map(({ name }) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
        }
      >
        <Feed key={`${reason} ${account}`} reason={reason} account={account} />
      </Card>
    </>
  );
}

function State({ now, again }: { readonly now: NowView; readonly again: () => void }) {
  const { budgets, rules } = now;
  return (
    <div class="tiles">
      <Mode now={now} again={again} />
      <Reading {...now} />
      <Queue {...now} />
      <Tile name="Budgets, this minute" tone="good" value="">
        {budgets.map(({ route, used, limit }) => (
          <label class="budget" key={route}>
            <span>
              {route === 'POST /v2/messages' ? 'Messages' : 'Public replies'} {used} of {limit}
            </span>
            <meter min={0} max={limit} value={used} />
          </label>
        ))}
      </Tile>
      <Tile name="Rules" tone={rules.problem ? 'bad' : 'good'} value={`${rules.rules} in force`}>
        {rules.problem ? (
          <a href="/attention">The files have faults: these are the last good ones.</a>
        ) : (
          `read ${ago(rules.loadedAt)}`
        )}
      </Tile>
    </div>
  );
}

function Mode({ now: { mode, isPaused }, again }: { readonly now: NowView; readonly again: () => void }) {
  const ask = (verb: string, body: object) => () =>
    post(`/api/${verb}`, { scope: 'all', ...body }).then(again);
  const tone = mode === 'live' && !isPaused ? 'good' : 'warn';
  return (
    <Tile name="Mode" tone={tone} value={isPaused ? 'paused' : mode}>
      {mode === 'shadow' && <p>Everything is decided, and nothing is sent.</p>}
      {isPaused ? (
        <Action label="Resume" act={ask('resume', {})} />
      ) : (
        <Action
          label="Pause all"
          act={ask('pause', { for: null })}
          confirm="No automatic answers until you resume?"
        />
      )}
    </Tile>
  );
}

function Reading({ readAt, isReadLate, failing, isKeyRefused }: NowView) {
  const bad = isKeyRefused
    ? 'Blotato refuses the key.'
    : failing.length > 0
      ? `Failing: ${failing.join(', ')}`
      : isReadLate
        ? 'Nothing was read for a while: see the log, or `autoresponder status`.'
        : null;
  const tone = bad !== null ? 'bad' : readAt === null ? 'warn' : 'good';
  return (
    <Tile name="Reading" tone={tone} value={readAt === null ? 'not yet' : ago(readAt)}>
      {bad ?? (readAt === null ? 'The first poll is under way.' : 'All lists are read.')}
    </Tile>
  );
}

function Queue({ waiting, emptyAt, mode }: NowView) {
  const end = emptyAt === null ? 'Only for refused accounts.' : `Empty ${until(emptyAt)}.`;
  return (
    <Tile
      name="Queue"
      tone={waiting > 0 ? 'warn' : 'good'}
      value={waiting === 0 ? 'empty' : count(waiting, 'send')}
    >
      {waiting === 0 ? 'Nothing waits.' : mode === 'shadow' ? 'Nothing leaves in shadow.' : end}
    </Tile>
  );
}

interface TileProps {
  readonly name: string;
  readonly value: string;
  readonly tone: string;
  readonly children: preact.ComponentChildren;
}

function Tile({ name, value, tone, children }: TileProps) {
  return (
    <section class={`tile ${tone}`}>
      <h2>{name}</h2>
      {value !== '' && <p class="value">{value}</p>}
      <div class="note">{children}</div>
    </section>
  );
}

function Accounts({ accounts }: { readonly accounts: readonly AccountView[] }) {
  return (
    <ul class="accounts">
      {accounts.map(({ name, platform, canSend, block, waiting, isPaused }) => (
        <li key={name}>
          <strong>{name}</strong> <span class="quiet">{platform}</span>{' '}
          {block ? (
            <span class="chip bad">refused ({block.cause})</span>
          ) : isPaused ? (
            <span class="chip warn">paused</span>
          ) : canSend ? (
            <span class="chip good">answers</span>
          ) : (
            <span class="chip quiet">only read: nothing can be sent here</span>
          )}
          {waiting > 0 && <span class="quiet"> {waiting} waiting</span>}
        </li>
      ))}
    </ul>
  );
}

interface ReasonsProps {
  readonly reasons: NowView['reasons'];
  readonly chosen: string;
  readonly choose: (reason: string) => void;
}

function Reasons({ reasons, chosen, choose }: ReasonsProps) {
  const sorted = Object.entries(reasons).sort((a, b) => b[1] - a[1]);
  if (sorted.length === 0) return <Empty>Nobody wrote in the last 24 hours.</Empty>;
  return (
    <p class="reasons">
      {sorted.map(([reason, n]) => (
        <button
          key={reason}
          type="button"
          class="plain"
          aria-pressed={reason === chosen}
          onClick={() => choose(reason === chosen ? '' : reason)}
        >
          <Reason reason={reason} /> {n.toLocaleString()}
        </button>
      ))}
    </p>
  );
}

const eventsOf = (answer: unknown): Rows<EventView> => {
  const { events, before } = answer as FeedView;
  return { rows: events, before };
};

/** The journal, newest first, as it grows. */
function Feed({ reason, account }: { readonly reason: string; readonly account: string }) {
  const query = new URLSearchParams({ ...(reason && { reason }), ...(account && { account }) });
  const path = `/api/events?${query.toString()}`;
  const { rows, error, older } = useGrowing<EventView>({ path, keyOf: ({ seq }) => seq, rowsOf: eventsOf });
  return (
    <Known data={rows} error={error}>
      {(events) =>
        events.length === 0 ? (
          <Empty>
            {reason || account
              ? 'Nothing of that kind is in the journal.'
              : 'Nobody has written since the program was started for the first time.'}
          </Empty>
        ) : (
          <LongList items={events} keyOf={({ seq }) => seq} label="What came in" more={older}>
            {(event) => <EventLine {...event} />}
          </LongList>
        )
      }
    </Known>
  );
}

function EventLine({
  id,
  kind,
  platform,
  account,
  contact,
  text,
  at,
  direction,
  rule,
  reason,
  answers,
}: EventView) {
  return (
    <a class="event" href={`/events/${encodeURIComponent(id)}`}>
      <span class="when">
        <time dateTime={new Date(at).toISOString()}>{timeOf(at)}</time>
        <span class="quiet">
          {account ?? platform} {kind === 'comment' && '· comment'}
        </span>
      </span>
      <span class="what">
        <span class="line">
          {direction === 'outgoing' && <span class="quiet">to </span>}
          <bdi class="who">{contact}</bdi> <Said text={text} />
        </span>
        {answers[0] && (
          <span class="line answer">
            <span aria-hidden="true">↳</span>
            <span class="unseen">answer:</span> <Said text={answers[0].text} />
          </span>
        )}
      </span>
      <span class="how">
        <Reason reason={reason} />
        {rule !== null && <code>{rule}</code>}
      </span>
    </a>
  );
}
