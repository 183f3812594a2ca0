import { useState } from 'preact/hooks';
import type { Person } from '../../../src/store/reports.js';
import type { PeopleView } from '../../../src/server/views.js';
import { dateOf, personName, timeOf } from '../format.js';
import { type Rows, useGrowing } from '../growing.js';
import { Avatar, Icon } from '../icons.js';
import { LongList } from '../long-list.js';
import { Card, Empty, Known, Said, Teach, Title } from '../parts.js';
import { labelOf } from '../words.js';
import { byTime } from './feed.js';
import { Finder } from './finder.js';

const keyOf = ({ account, contactId }: Person) => JSON.stringify([account, contactId]);

const peopleOf = (answer: unknown): Rows<Person> => {
  const { people, before } = answer as PeopleView;
  return { rows: people, before };
};

export function People() {
  const [text, setText] = useState('');
  const [isWaiting, setWaiting] = useState(false);
  const query = new URLSearchParams(
    isWaiting ? { waiting: 'yes' } : text === '' ? {} : { q: text },
  ).toString();
  return (
    <>
      <Title>People</Title>
      <Card
        title="Who wrote last"
        aside={
          <div class="row">
            {!isWaiting && <Finder label="Search people and texts" find={setText} />}
            <label class="row">
              <input
                type="checkbox"
                checked={isWaiting}
                onChange={(event) => setWaiting(event.currentTarget.checked)}
              />
              waits for a human
            </label>
          </div>
        }
      >
        <List key={query} path={`/api/people${query && `?${query}`}`} isNarrowed={query !== ''} />
      </Card>
    </>
  );
}

function List({ path, isNarrowed }: { readonly path: string; readonly isNarrowed: boolean }) {
  const { rows, error, older } = useGrowing<Person>({ path, keyOf, rowsOf: peopleOf });
  return (
    <Known data={rows} error={error}>
      {(people) =>
        people.length > 0 || older !== null ? (
          <LongList items={byTime(people)} keyOf={keyOf} label="People" more={older}>
            {(person) => <PersonLine {...person} />}
          </LongList>
        ) : isNarrowed ? (
          <Empty>Nobody matches these filters.</Empty>
        ) : (
          <Teach icon="people">
            <p>
              Nobody has written yet. Each person who writes or comments shows here with the whole
              conversation.
            </p>
          </Teach>
        )
      }
    </Known>
  );
}

function PersonLine(person: Person) {
  const { account, contactId, platform, text, at, direction, isOptedOut, isPaused } = person;
  const name = personName(person.name ?? person.username ?? contactId);
  return (
    <a class="event" href={`/people/${encodeURIComponent(account)}/${encodeURIComponent(contactId)}`}>
      <Avatar name={name} />
      <span class="what">
        <span class="whowhen">
          <bdi class="who" title={contactId}>
            {name}
          </bdi>
          <span class="quiet">
            <Icon name={platform} label={labelOf(platform)} /> {account} ·{' '}
            <time dateTime={new Date(at).toISOString()} title={dateOf(at)}>
              {timeOf(at)}
            </time>
          </span>
        </span>
        <span class="line quiet">
          {direction === 'outgoing' && 'you: '}
          <Said text={text} />
        </span>
      </span>
      <span class="how">
        {isOptedOut && <span class="chip quiet">opted out</span>}
        {isPaused && <span class="chip warn">paused</span>}
      </span>
    </a>
  );
}
