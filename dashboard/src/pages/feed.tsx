import { useState } from 'preact/hooks';
import type { AccountView, EventView, FeedView } from '../../../src/server/views.js';
import { dateOf, personName, timeOf } from '../format.js';
import { type Rows, useGrowing } from '../growing.js';
import { Avatar, Icon } from '../icons.js';
import { LongList } from '../long-list.js';
import { Card, Empty, Known, Reason, Said, Teach } from '../parts.js';
import { labelOf, REASONS, wordsFor } from '../words.js';
import { Finder } from './finder.js';

const eventsOf = (answer: unknown): Rows<EventView> => {
  const { events, before } = answer as FeedView;
  return { rows: events, before };
};

interface FeedCardProps {
  readonly accounts: readonly AccountView[];
  readonly reason: string;
  readonly setReason: (reason: string) => void;
}

/** The journal, newest first, live, with its filters. */
export function FeedCard({ accounts, reason, setReason }: FeedCardProps) {
  const [account, setAccount] = useState('');
  const [isOwnShown, setOwnShown] = useState(false);
  const [text, setText] = useState('');
  const query = new URLSearchParams({
    ...(reason && { reason }),
    ...(account && { account }),
    ...(text && { q: text }),
    own: isOwnShown ? 'yes' : 'no',
  });
  return (
    <Card
      title="What came in"
      aside={
        <div class="row">
          <Finder label="Search texts and names" find={setText} />
          <label class="row">
            Ended as
            <select value={reason} onChange={(event) => setReason(event.currentTarget.value)}>
              <option value="">all</option>
              {REASONS.map((each) => (
                <option key={each} value={each}>
                  {wordsFor(each).label} ({each})
                </option>
              ))}
            </select>
          </label>
          <label class="row">
            Account
            <select value={account} onChange={(event) => setAccount(event.currentTarget.value)}>
              <option value="">all</option>
              {accounts.map(({ name }) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
          <label class="row">
            <input
              type="checkbox"
              checked={isOwnShown}
              onChange={(event) => setOwnShown(event.currentTarget.checked)}
            />
            your own messages too
          </label>
        </div>
      }
    >
      <Feed key={query.toString()} query={query} isNarrowed={reason + account + text !== ''} />
    </Card>
  );
}

function Feed({ query, isNarrowed }: { readonly query: URLSearchParams; readonly isNarrowed: boolean }) {
  const path = `/api/events?${query.toString()}`;
  const { rows, error, older } = useGrowing<EventView>({ path, keyOf: ({ seq }) => seq, rowsOf: eventsOf });
  return (
    <Known data={rows} error={error}>
      {(events) =>
        events.length === 0 && older === null ? (
          <Nothing isNarrowed={isNarrowed} />
        ) : (
          <LongList items={byTime(events)} keyOf={({ seq }) => seq} label="What came in" more={older}>
            {(event) => <EventLine {...event} />}
          </LongList>
        )
      }
    </Known>
  );
}

function Nothing({ isNarrowed }: { readonly isNarrowed: boolean }) {
  if (isNarrowed) return <Empty>No entry matches these filters.</Empty>;
  return (
    <Teach icon="people">
      <p>
        Nobody has written yet. Write a message or a comment to one of your accounts from another one: it
        shows here within seconds, with the reply and the reason for it.
      </p>
    </Teach>
  );
}

/** Sorts by the shown time, newest first: lists are polled one after the other, so rows come out of order. */
export function byTime<T extends { readonly at: number; readonly seq: number }>(
  rows: readonly T[],
): readonly T[] {
  return [...rows].sort((a, b) => b.at - a.at || b.seq - a.seq);
}

function EventLine(event: EventView) {
  const { id, kind, platform, account, text, at, direction, rule, reason, answers } = event;
  const name = personName(event.contact);
  return (
    <a class="event" href={`/events/${encodeURIComponent(id)}`}>
      <Avatar name={name} />
      <span class="what">
        <span class="whowhen">
          <bdi class="who" title={event.contactId}>
            {direction === 'outgoing' ? `to ${name}` : name}
          </bdi>
          <span class="quiet">
            <Icon name={platform} label={labelOf(platform)} /> {account}
            {kind === 'comment' && ' · comment'} ·{' '}
            <time dateTime={new Date(at).toISOString()} title={dateOf(at)}>
              {timeOf(at)}
            </time>
          </span>
        </span>
        <span class="line">
          <Said text={text} />
        </span>
        {answers.map((answer, index) => (
          <span class="line answer" key={index}>
            <span class="unseen">{labelOf(answer.type)}:</span> <Said text={answer.text} />
          </span>
        ))}
      </span>
      <span class="how">
        <Reason reason={reason} />
        {rule !== null && <span class="rulename">by {rule}</span>}
        <span class="unseen">{wordsFor(reason).sentence}</span>
      </span>
    </a>
  );
}
