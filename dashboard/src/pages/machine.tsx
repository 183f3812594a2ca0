import type { AccountView, NowView } from '../../../src/server/views.js';
import { ago, count, until } from '../format.js';
import { Icon } from '../icons.js';
import { Action } from '../parts.js';
import { post } from '../server.js';
import { labelOf } from '../words.js';

interface MachineProps {
  readonly now: NowView;
  /** Replies per hour of the last 24 hours. */
  readonly hours: readonly number[];
  readonly again: () => void;
}

/** The state of the program in one strip: polls, queue, budgets, rules, and *Pause all*. */
export function Machine({ now, hours, again }: MachineProps) {
  const { budgets, rules, accounts, isPaused } = now;
  const act = (verb: string, body: object) => () =>
    post(`/api/${verb}`, { scope: 'all', ...body }).then(again);
  return (
    <section class="machine" aria-label="The program">
      <Reading {...now} />
      <Queue {...now} />
      {budgets.map(({ route, used, limit }) => (
        <label class="item" key={route}>
          {route === 'POST /v2/messages' ? 'Messages' : 'Public replies'} {used} of {limit} a minute
          <meter min={0} max={limit} value={used} />
        </label>
      ))}
      <span class="item">
        <span class={`dot ${rules.problem ? 'bad' : ''}`} />
        {rules.problem ? (
          <a href="/attention">The rule files have errors</a>
        ) : (
          `${count(rules.rules, 'rule')}, read ${ago(rules.loadedAt)}`
        )}
      </span>
      {hours.length > 1 && <Spark hours={hours} />}
      {accounts.map((account) => (
        <Account key={account.name} {...account} />
      ))}
      {isPaused ? (
        <Action label="Resume" act={act('resume', {})} />
      ) : (
        <Action
          label="Pause all"
          act={act('pause', { for: null })}
          confirm="No automatic replies until you resume?"
        />
      )}
    </section>
  );
}

function Reading({ readAt, isReadLate, failing, isKeyRefused }: NowView) {
  const bad = isKeyRefused
    ? 'Blotato refuses the key'
    : failing.length > 0
      ? `Cannot read: ${failing.join(', ')}`
      : isReadLate
        ? 'Nothing was read for a while'
        : null;
  return (
    <span class="item">
      <span class={`dot ${bad !== null ? 'bad' : readAt === null ? 'warn' : ''}`} />
      {bad ?? (readAt === null ? 'The first read is under way' : `Read ${ago(readAt)}`)}
    </span>
  );
}

function Queue({ waiting, emptyAt, mode }: NowView) {
  const end =
    mode === 'shadow'
      ? 'nothing is sent in shadow mode'
      : emptyAt === null
        ? 'held for refused accounts'
        : `sent ${until(emptyAt)}`;
  return (
    <span class="item">
      <span class={`dot ${waiting > 0 ? 'warn' : ''}`} />
      {waiting === 0 ? 'Queue empty' : `${count(waiting, 'reply')} in the queue, ${end}`}
    </span>
  );
}

function Account({ name, platform, canSend, block, waiting, isPaused }: AccountView) {
  const state = block
    ? 'refused'
    : isPaused
      ? 'paused'
      : canSend
        ? waiting > 0
          ? `${waiting} waiting`
          : 'replies'
        : 'read only';
  return (
    <span class="item">
      <Icon name={platform} label={labelOf(platform)} />
      {name}: {state}
    </span>
  );
}

const WIDTH = 96;
const HEIGHT = 20;

/** The trend of the last 24 hours as a line. */
function Spark({ hours }: { readonly hours: readonly number[] }) {
  const most = Math.max(1, ...hours);
  const points = hours.map((n, index) => {
    const x = (index / (hours.length - 1)) * WIDTH;
    return `${x.toFixed(1)},${(HEIGHT - 1 - (n / most) * (HEIGHT - 2)).toFixed(1)}`;
  });
  const sum = hours.reduce((all, n) => all + n, 0);
  return (
    <span class="item">
      {count(sum, 'reply')} in 24 h
      <svg
        class="icon spark"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        <polyline points={points.join(' ')} />
      </svg>
    </span>
  );
}
