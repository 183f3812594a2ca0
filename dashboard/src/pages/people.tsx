import type { Person } from '../../../src/store/reports.js';
import type { PeopleView } from '../../../src/server/views.js';
import { timeOf } from '../format.js';
import { type Rows, useGrowing } from '../growing.js';
import { LongList } from '../long-list.js';
import { Card, Empty, Known, Said, Title } from '../parts.js';

const keyOf = ({ account, contactId }: Person) => JSON.stringify([account, contactId]);

const peopleOf = (answer: unknown): Rows<Person> => {
  const { people, before } = answer as PeopleView;
  return { rows: people, before };
};

export function People() {
  const { rows, error, older } = useGrowing<Person>({ path: '/api/people', keyOf, rowsOf: peopleOf });
  return (
    <>
      <Title>Conversations</Title>
      <Card title="Who wrote last">
        <Known data={rows} error={error}>
          {(people) =>
            people.length === 0 ? (
              <Empty>Nobody has written yet.</Empty>
            ) : (
              <LongList items={people} keyOf={keyOf} label="People" more={older}>
                {(person) => <PersonLine {...person} />}
              </LongList>
            )
          }
        </Known>
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
