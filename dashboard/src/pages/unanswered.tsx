import { useState } from 'preact/hooks';
import type {
  ExampleRulesView,
  GroupView,
  ProposalView,
  UnansweredView,
} from '../../../src/server/unanswered-views.js';
import { ago, count } from '../format.js';
import { Action, Card, Empty, Known, Said, said, Teach, Title } from '../parts.js';
import { get, useServer } from '../server.js';

/** Messages that nothing answered, in groups with what they need, and the rules to judge by reading. */
export function Unanswered() {
  const { data, error } = useServer<ExampleRulesView>('/api/unanswered/rules');
  return (
    <>
      <Title>Unanswered</Title>
      <Groups />
      <Known data={data} error={error}>
        {(view) => <ToRead {...view} />}
      </Known>
    </>
  );
}

/** The groups, found on demand: comparing thousands of messages takes some seconds. */
function Groups() {
  const [view, setView] = useState<UnansweredView | null>(null);
  const find = async () => {
    const found = await get<UnansweredView>('/api/unanswered');
    setView(found);
    said.value = count(found.groups.length, 'group');
  };
  return (
    <Card
      title={view === null ? 'What nobody answered' : count(view.groups.length, 'group')}
      aside={<Action reads label={view === null ? 'Find groups' : 'Find again'} act={find} />}
    >
      {view === null ? (
        <Empty>
          Messages of the last 30 days without a reply, grouped by what they ask, with what each group needs.
          Nothing is changed. It takes some seconds.
        </Empty>
      ) : (
        <Found {...view} />
      )}
    </Card>
  );
}

function Found({ groups, measuredOn, ...rest }: UnansweredView) {
  if (groups.length === 0) {
    return (
      <Teach icon="unanswered">
        <p>No three unanswered messages resemble each other. {besides(rest)}</p>
      </Teach>
    );
  }
  return (
    <>
      <p class="quiet">
        Effects are counted on {count(measuredOn, 'message')} of the last 30 days. {besides(rest)}
      </p>
      <ul class="plain">
        {groups.map((group) => (
          <Group key={group.wordings[0]?.id} {...group} />
        ))}
      </ul>
    </>
  );
}

function besides(counts: Omit<UnansweredView, 'groups' | 'measuredOn'>): string {
  const { alone, wordless, older, answeredNow } = counts;
  const parts = [
    alone > 0 && `${count(alone, 'message')} that resemble fewer than two others`,
    wordless > 0 && `${count(wordless, 'message')} without a letter`,
    older > 0 && `${count(older, 'older message')} left out`,
    answeredNow > 0 && `${count(answeredNow, 'message')} that the rules answer by now`,
  ].filter((part) => part !== false);
  return parts.length === 0 ? '' : `Besides: ${parts.join(', ')}.`;
}

function Group({ on, messages, contacts, latest, wordings, proposal }: GroupView) {
  return (
    <li>
      <h3>
        {proposal === null ? 'No proposal' : <code>{proposal.rule}</code>}{' '}
        <span class="quiet">
          {count(messages, on)} of {count(contacts, 'person').replace('persons', 'people')}, the latest{' '}
          {ago(latest)}
        </span>
      </h3>
      <ul class="texts">
        {wordings.map(({ id, text, n }) => (
          <li key={id}>
            <a href={`/events/${encodeURIComponent(id)}`}>
              <Said text={text} />
            </a>{' '}
            {n > 1 && <span class="quiet">{n.toLocaleString()} times</span>}
          </li>
        ))}
      </ul>
      {proposal && <Proposal {...proposal} />}
    </li>
  );
}

function Proposal({ change, rule, effects, test, yaml }: ProposalView) {
  const { answered, ofGroup, taken, lost } = effects;
  const others = taken.map(({ rule: id, n }) => `${n.toLocaleString()} of ${id}`).join(', ');
  const copy = () => navigator.clipboard.writeText(yaml);
  return (
    <>
      <p>
        {needOf(change, rule)} It would have answered {count(answered, 'message')} more,{' '}
        {ofGroup.toLocaleString()} of this group, and taken {others === '' ? 'none of other rules' : others}.
        {lost > 0 && ` ${count(lost, 'message')} would get no reply any more.`}
      </p>
      <p>
        Its test: <Said text={test.text} />{' '}
        {test.isAnswered ? (
          <>
            is answered by <code>{rule}</code>
          </>
        ) : (
          'gets no reply'
        )}
        .
      </p>
      <details>
        <summary>
          What to write<span class="unseen"> for {rule}</span>
        </summary>
        <pre class="code" tabIndex={0} role="region" aria-label={`YAML for ${rule}`}>
          {yaml}
        </pre>
        {window.isSecureContext && <Action reads label="Copy" about={rule} act={copy} />}
      </details>
    </>
  );
}

function needOf(change: ProposalView['change'], rule: string): string {
  switch (change.kind) {
    case 'example':
      return `More examples for ${rule} would do.`;
    case 'not':
      return `They resemble ${rule}, but ask something else: add them to its not.`;
    case 'rule':
      return change.by === 'examples' ? 'A new rule with examples.' : 'A new rule with keywords.';
  }
}

function ToRead({ rules }: ExampleRulesView) {
  return (
    <Card title="Judge rules by reading">
      {rules.length === 0 ? (
        <Empty>There is no rule with examples.</Empty>
      ) : (
        <ul class="plain">
          {rules.map(({ id, certainty, mode }) => (
            <li key={id}>
              <a href={`/unanswered/${encodeURIComponent(id)}`}>
                <code>{id}</code>
              </a>{' '}
              <span class="quiet">{certainty}</span>{' '}
              {mode !== 'live' && <span class="chip warn">{mode}</span>}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
