import { useRef, useState } from 'preact/hooks';
import type { Person, Show } from '../../../src/store/ports/reports.js';
import type { NowView, PeopleView } from '../../../src/server/views.js';
import { dateOf, lengthOf, personName, present, timeOf } from '../format.js';
import { type Rows, useGrowing } from '../growing.js';
import { Avatar, Icon } from '../icons.js';
import { LongList } from '../long-list.js';
import { Card, Empty, Known, Said, Teach, Title } from '../parts.js';
import { get, useEachChange, useServer, wordsOf } from '../server.js';
import { labelOf } from '../words.js';
import { byTime } from './feed.js';
import { Finder } from './finder.js';

const keyOf = ({ account, contactId }: Person) => JSON.stringify([account, contactId]);

const peopleOf = (answer: unknown): Rows<Person> => {
  const { people, before } = answer as PeopleView;
  return { rows: people, before };
};

const SHOWN = {
  all: 'everybody',
  human: 'waits for a human',
  handoff: 'handed off',
  unanswered: 'unanswered',
} as const satisfies Record<Show, string>;
const ORDERS = { latest: 'who wrote last', window: 'window ends next' } as const;

export function People() {
  const { data: now } = useServer<NowView>('/api/now');
  const [text, setText] = useState('');
  const [show, setShow] = useState('all');
  const [sort, setSort] = useState('latest');
  const [account, setAccount] = useState('');
  const isByWindow = sort === 'window';
  const query = new URLSearchParams({
    ...(show !== 'all' && { show }),
    ...(isByWindow && { sort }),
    ...(account && { account }),
    ...(text !== '' && !isByWindow && { q: text }),
  }).toString();
  const path = `/api/people${query && `?${query}`}`;
  const accounts = Object.fromEntries((now?.accounts ?? []).map(({ name }) => [name, name]));
  return (
    <>
      <Title>People</Title>
      <Card
        title="Conversations"
        aside={
          <div class="row">
            {!isByWindow && <Finder label="Search people and texts" find={setText} />}
            <Choice label="Show" value={show} set={setShow} options={SHOWN} />
            <Choice label="Order" value={sort} set={setSort} options={ORDERS} />
            <Choice label="Account" value={account} set={setAccount} options={{ '': 'all', ...accounts }} />
          </div>
        }
      >
        {isByWindow ? (
          <Ending key={query} path={path} />
        ) : (
          <List key={query} path={path} isNarrowed={query !== ''} />
        )}
      </Card>
    </>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly set: (value: string) => void;
  readonly options: Readonly<Record<string, string>>;
}

function Choice({ label, value, set, options }: ChoiceProps) {
  return (
    <label class="row">
      {label}
      <select value={value} onChange={(event) => set(event.currentTarget.value)}>
        {Object.entries(options).map(([key, name]) => (
          <option key={key} value={key}>
            {name}
          </option>
        ))}
      </select>
    </label>
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

/** Conversations whose window ends next. All pages are requested again at each change, since rows move. */
function Ending({ path }: { readonly path: string }) {
  const pages = useRef(1);
  const [turn, setTurn] = useState(0);
  const [error, setError] = useState<string | null>(null);
  const [shown, show] = useState<{ people: readonly Person[]; isMore: boolean } | null>(null);
  useEachChange(`${path}#${turn}`, turn, async (isWanted) => {
    try {
      const all = new Map<string, Person>();
      let after: string | null = '';
      for (let page = 0; page < pages.current && after !== null; page += 1) {
        const view: PeopleView = await get(after === '' ? path : `${path}&after=${after}`);
        for (const person of view.people) all.set(keyOf(person), person);
        after = view.after;
      }
      if (!isWanted()) return;
      show({ people: [...all.values()], isMore: after !== null });
      setError(null);
    } catch (failure) {
      if (isWanted()) setError(wordsOf(failure));
    }
  });
  const more = () => {
    pages.current += 1;
    setTurn((last) => last + 1);
  };
  return (
    <Known data={shown} error={error}>
      {({ people, isMore }) =>
        people.length > 0 || isMore ? (
          <LongList items={people} keyOf={keyOf} label="People" more={isMore ? more : null}>
            {(person) => <PersonLine {...person} />}
          </LongList>
        ) : (
          <Empty>No conversation of these filters has an open window.</Empty>
        )
      }
    </Known>
  );
}

function PersonLine(person: Person) {
  const { account, contactId, platform, text, at, direction } = person;
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
        <Badges {...person} />
      </span>
    </a>
  );
}

function Badges(person: Person) {
  const { isHandedOff, waitsForHuman, isUnanswered, isOptedOut, isPaused, windowEndsAt: end } = person;
  return (
    <>
      {waitsForHuman && <span class="chip bad">waits for a human</span>}
      {isHandedOff && <span class="chip warn">handed off</span>}
      {isUnanswered && <span class="chip warn">unanswered</span>}
      {isOptedOut && <span class="chip quiet">opted out</span>}
      {isPaused && <span class="chip warn">paused</span>}
      {end !== null && end > present.value && (
        <span class="chip" title={`The window for replies ends ${dateOf(end)}`}>
          window: {lengthOf(end - present.value)} left
        </span>
      )}
    </>
  );
}
