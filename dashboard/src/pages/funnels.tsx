import { useState } from 'preact/hooks';
import type { FunnelsView, FunnelView, StageView } from '../../../src/server/funnel-views.js';
import { Days } from '../chart.js';
import { Card, Known, Teach, Title } from '../parts.js';
import { Ranges } from '../ranges.js';
import { useServer } from '../server.js';
import { End, Stage, Steps } from './funnel-steps.js';
import { Splits } from './splits.js';

const FIRST_RANGE = 30;
/** Longest range in days that the server offers. */
const MOST_DAYS = 366;

export function Funnels() {
  const [range, setRange] = useState(FIRST_RANGE);
  const { data, error } = useServer<FunnelsView>(`/api/funnels?days=${range}`);
  return (
    <>
      <div class="head">
        <Title>Funnels</Title>
        <Ranges range={range} choose={setRange} />
        <AnyRange range={range} choose={setRange} />
      </div>
      <Known data={data} error={error}>
        {(view) => <All {...view} />}
      </Known>
    </>
  );
}

/** A field for any other number of days. What is being typed outlasts the updates of the page. */
function AnyRange({ range, choose }: { readonly range: number; readonly choose: (days: number) => void }) {
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <label class="anyrange">
      <span>days</span>
      <input
        type="number"
        min={1}
        max={MOST_DAYS}
        value={typed ?? range}
        onInput={({ currentTarget }) => setTyped(currentTarget.value)}
        onChange={({ currentTarget }) => {
          if (currentTarget.validity.valid && currentTarget.value !== '') choose(Number(currentTarget.value));
        }}
        onBlur={() => setTyped(null)}
      />
    </label>
  );
}

function All({ funnels, splits, today, range }: FunnelsView) {
  if (funnels.length === 0) {
    return (
      <Card title="No funnel yet">
        <Teach icon="funnels">
          <p>
            A funnel is a rule that begins a conversation: a private reply to a comment, or questions in{' '}
            <code>then:</code>. Each shows here with how far people came and where they were lost.
            docs/funnels.md has examples.
          </p>
        </Teach>
      </Card>
    );
  }
  return (
    <>
      {funnels.map((funnel) => (
        <Funnel key={funnel.rule} funnel={funnel} today={today} range={range} />
      ))}
      <Splits splits={splits} range={range} />
    </>
  );
}

interface FunnelProps {
  readonly funnel: FunnelView;
  readonly today: number;
  readonly range: number;
}

function Funnel({ funnel, today, range }: FunnelProps) {
  const { rule, isInForce, stages, steps, completed, earlier, days } = funnel;
  const most = Math.max(1, ...stages.map(({ reached }: StageView) => reached));
  return (
    <Card title={rule} aside={isInForce ? null : <span class="chip warn">no longer among the rules</span>}>
      <p class="quiet">
        People who came in within the last {range} days.
        {earlier > 0 &&
          ` ${earlier.toLocaleString()} of them came in under an earlier version of the rule: their steps are not counted below.`}
      </p>
      <ol class="funnel">
        {stages.map((stage) => (
          <Stage key={stage.name} stage={stage} most={most} />
        ))}
        <Steps rule={rule} steps={steps} most={most} range={range} />
        <End reached={completed} most={most} />
      </ol>
      <Days label="Came in, by day" days={days} today={today} />
    </Card>
  );
}
