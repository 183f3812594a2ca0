import type { FunnelsView, FunnelView, StageView } from '../../../src/server/views.js';
import { Days } from '../chart.js';
import { Card, Known, Said, Teach, Title } from '../parts.js';
import { useServer } from '../server.js';
import { lossOf } from '../words.js';
import { Splits } from './splits.js';

export function Funnels() {
  const { data, error } = useServer<FunnelsView>('/api/funnels');
  return (
    <>
      <Title>Funnels</Title>
      <Known data={data} error={error}>
        {(view) => <All {...view} />}
      </Known>
    </>
  );
}

function All({ funnels, splits, today }: FunnelsView) {
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
        <Funnel key={funnel.rule} funnel={funnel} today={today} />
      ))}
      <Splits splits={splits} />
    </>
  );
}

function Funnel({ funnel, today }: { readonly funnel: FunnelView; readonly today: number }) {
  const { rule, isInForce, stages, days } = funnel;
  const most = Math.max(1, ...stages.map(({ reached }) => reached));
  return (
    <Card title={rule} aside={isInForce ? null : <span class="chip warn">no longer among the rules</span>}>
      <p class="quiet">People who came in within the last 30 days.</p>
      <ol class="funnel">
        {stages.map((stage, index) => (
          <Stage key={index} stage={stage} most={most} />
        ))}
      </ol>
      <Days label="Came in, by day" days={days} today={today} />
    </Card>
  );
}

function Stage({ stage, most }: { readonly stage: StageView; readonly most: number }) {
  const { name, says, reached, waiting, losses } = stage;
  return (
    <li>
      <div class="stage">
        <span class="stagename">{name}</span> <strong>{reached.toLocaleString()}</strong>{' '}
        {waiting > 0 && <span class="chip">{waiting.toLocaleString()} waiting here</span>}
        {losses.map(({ why, n }) => (
          <span key={why} class="chip warn" title={why}>
            {lossOf(why)}: {n.toLocaleString()}
          </span>
        ))}
      </div>
      <meter class="share" min={0} max={most} value={reached} aria-label={`${name}: ${reached} of ${most}`} />
      {says !== null && <Said text={says} class="quiet" />}
    </li>
  );
}
