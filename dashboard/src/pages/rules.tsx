import { useState } from 'preact/hooks';
import type { RuleFilesView } from '../../../src/server/edit-views.js';
import type { NowView, RulesView, RuleView, TestsView } from '../../../src/server/views.js';
import { Days } from '../chart.js';
import { ago, count } from '../format.js';
import { Action, Card, Empty, Known, Reason, Said, Teach, Title } from '../parts.js';
import { labelOf } from '../words.js';
import { get, useServer } from '../server.js';
import { Diff } from './diff.js';
import { Outcomes } from './outcomes.js';
import { Files, Switch } from './rule-files.js';
import { TryBox } from './try.js';

export function Rules() {
  const { data, error } = useServer<RulesView>('/api/rules');
  const { data: now } = useServer<NowView>('/api/now');
  const { data: files, again } = useServer<RuleFilesView>('/api/rule-files');
  const isEditable = files?.closed === null;
  return (
    <>
      <Title>Rules</Title>
      {now && <TryBox accounts={now.accounts} />}
      <Known data={data} error={error}>
        {(view) => <RuleList {...view} again={isEditable ? again : null} />}
      </Known>
      {files && <Files view={files} again={again} />}
      <Tests />
      <Diff />
    </>
  );
}

/** Access to the rule files, null if they cannot be changed here. `again` requests them after a change. */
type Editable = { readonly again: (() => void) | null };

function RuleList({ rules, state, today, again }: RulesView & Editable) {
  const [wanted, setWanted] = useState('');
  const shown = rules.filter(({ id, keywords }) =>
    [id, ...keywords].some((each) => each.toLowerCase().includes(wanted.toLowerCase())),
  );
  const total = rules.reduce<number[]>((sums, { days }) => days.map((n, day) => (sums[day] ?? 0) + n), []);
  return (
    <Card
      title={count(rules.length, 'active rule')}
      aside={
        <label class="row">
          Find
          <input type="search" value={wanted} onInput={(event) => setWanted(event.currentTarget.value)} />
        </label>
      }
    >
      <p class="quiet">
        In the order in which they are tried, read {ago(state.loadedAt)}.{' '}
        {state.problem && <a href="/attention">The files have errors since.</a>}
      </p>
      {rules.length === 0 && (
        <Teach icon="rules">
          <p>
            There is no rule, so nothing gets a reply. Copy one of the examples in rules/ and change its
            words.
          </p>
        </Teach>
      )}
      {rules.length > 0 && (
        <Days label="Messages and comments that matched a rule, by day" days={total} today={today} />
      )}
      {shown.length === 0 && rules.length > 0 && <Empty>No rule has that in its name or keywords.</Empty>}
      <ul class="rulelist">
        {shown.slice(0, 200).map((rule) => (
          <RuleItem key={rule.id} rule={rule} today={today} again={again} />
        ))}
      </ul>
      {shown.length > 200 && (
        <p class="quiet">and {count(shown.length - 200, 'more rule')}: search for them</p>
      )}
    </Card>
  );
}

function RuleItem({ rule, today, again }: Editable & { readonly rule: RuleView; readonly today: number }) {
  const { id, on, mode, place, scope, keywords, answers, replied, skipped, days } = rule;
  const hits = days.reduce((sum, n) => sum + n, 0);
  const [isOpen, setOpen] = useState(false);
  return (
    <li>
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          <code>{id}</code> <span class="quiet">on a {on}</span>{' '}
          {mode !== 'live' && <span class="chip warn">{mode}</span>}
          <span class="figures">
            {count(hits, 'hit')}, {count(replied, 'reply')} in 7 days
            {Object.entries(skipped).map(([reason, n]) => (
              <span key={reason}>
                {' '}
                <Reason reason={reason} /> {n}
              </span>
            ))}
          </span>
        </summary>
        {isOpen && (
          <div class="body">
            <Days label="By day" days={days} today={today} />
            <dl class="about">
              <dt>Keywords</dt>
              <dd>{keywords.length === 0 ? 'none' : keywords.map((each) => <bdi key={each}>{each}</bdi>)}</dd>
              <dt>Accounts</dt>
              <dd>{scope === '' ? 'every account' : scope}</dd>
              <dt>Replies with</dt>
              <dd>
                {answers.map(({ type, text }) => (
                  <div key={type}>
                    <span class="quiet">{labelOf(type)}</span> <Said text={text} class="bubble ours" />
                  </div>
                ))}
              </dd>
              <dt>File</dt>
              <dd>
                <code>{place}</code>
              </dd>
            </dl>
            {again && <Switch id={id} file={rule.file} mode={mode} again={again} />}
          </div>
        )}
      </details>
    </li>
  );
}

/** The tests in the rule files, run on demand. */
function Tests() {
  const [view, setView] = useState<TestsView | null>(null);
  const run = () => get<TestsView>('/api/tests').then(setView);
  return (
    <Card title="Tests of the rules" aside={<Action reads label="Run them" act={run} />}>
      {view === null ? <Empty>Not run yet since this page was opened.</Empty> : <Outcomes {...view} />}
    </Card>
  );
}
