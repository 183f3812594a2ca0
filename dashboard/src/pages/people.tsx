import { useEffect, useState } from 'preact/hooks';
import type { Person } from '../../../src/store/reports.js';
import type { PeopleView } from '../../../src/server/views.js';
import { timeOf } from '../format.js';
import { LongList } from '../long-list.js';
import { Card, Empty, Said, Title, Waiting } from '../parts.js';
import { changes, get, wordsOf } from '../server.js';

const keyOf = ({ account, contactId }: Person) => JSON.stringify([account, contactId]);

export function People() {
  const [people, setPeople] = useState<ReadonlyMap<string, Person>>(new Map());
  const [before, setBefore] = useState<number | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [isRead, setRead] = useState(false);
  const ask = (from: number | null) => {
    get<PeopleView>(`/api/people${from === null ? '' : `?before=${from}`}`)
      .then((page) => {
        setPeople((known) => {
          const all = new Map(known);
          for (const person of page.people) {
            const last = all.get(keyOf(person));
            if (!last || last.seq <= person.seq) all.set(keyOf(person), person);
          }
          return all;
        });
        setBefore((last) => (from === null && last !== null ? last : page.before));
        setRead(true);
        setError(null);
      })
      .catch((failure: unknown) => setError(wordsOf(failure)));
  };
  useEffect(() => ask(null), [changes.value]);
  const sorted = [...people.values()].sort((a, b) => b.seq - a.seq);
  return (
    <>
      <Title>Conversations</Title>
      <Card title="Who wrote last">
        {error !== null || !isRead ? (
          <Waiting error={error} />
        ) : sorted.length === 0 ? (
          <Empty>Nobody has written yet.</Empty>
        ) : (
          <LongList
            items={sorted}
            keyOf={keyOf}
            label="People"
            more={before === null ? null : () => ask(before)}
          >
            {(person) => <PersonLine {...person} />}
          </LongList>
        )}
      </Card>
    </>
  );
}

function PersonLine({
  account,
  contactId,
  name,
  username,
  text,
  at,
  direction,
  isOptedOut,
  isPaused,
}: Person) {
  return (
    <a class="event" href={`/people/${encodeURIComponent(account)}/${encodeURIComponent(contactId)}`}>
      <span class="when">
        <time dateTime={new Date(at).toISOString()}>{timeOf(at)}</time>
        <span class="quiet">{account}</span>
      </span>
      <span class="what">
        <bdi class="who">{name ?? username ?? contactId}</bdi>
        <span class="line quiet">
          {direction === 'outgoing' && 'you: '}
          <Said text={text} />
        </span>
      </span>
      <span class="how">
        {isOptedOut && <span class="chip quiet">wants no answers</span>}
        {isPaused && <span class="chip warn">paused</span>}
      </span>
    </a>
  );
}
