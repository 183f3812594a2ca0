import { useEffect, useRef, useState } from 'preact/hooks';
import type {
  FunnelBranchView,
  FunnelStepView,
  StageView,
  StandingsView,
} from '../../../src/server/funnel-views.js';
import type { Standing } from '../../../src/store/ports/funnel-shapes.js';
import { ago, lengthOf, personName, until } from '../format.js';
import { Known, Said } from '../parts.js';
import { useServer } from '../server.js';
import { lossOf } from '../words.js';

interface StepsProps {
  readonly rule: string;
  readonly steps: readonly FunnelStepView[];
  /** Number of people who came in: the width of a whole bar. */
  readonly most: number;
  /** Range in days up to today. */
  readonly range: number;
}

/** The steps of a funnel, each branch beside the others. */
export function Steps({ steps, ...shared }: StepsProps) {
  return (
    <>
      {steps.map((step) => (
        <Step key={step.step} step={step} {...shared} />
      ))}
    </>
  );
}

type Shared = Omit<StepsProps, 'steps'>;

function Step({ step, ...shared }: Shared & { readonly step: FunnelStepView }) {
  const { rule, most, range } = shared;
  const [isOpen, setOpen] = useState(false);
  const { name, says, reached, isStop, waiting, losses, median, most: slowest, branches } = step;
  const list = `standing-${rule}-${step.step}`;
  return (
    <li>
      <div class="stage">
        <span class="stagename">{name}</span> <strong>{reached.toLocaleString()}</strong>{' '}
        {waiting > 0 && (
          <button
            type="button"
            class="chip"
            aria-expanded={isOpen}
            aria-controls={list}
            onClick={() => setOpen(!isOpen)}
          >
            {waiting.toLocaleString()} waiting here
          </button>
        )}
        <Losses losses={losses} />
      </div>
      {isStop && <Bar name={name} reached={reached} most={most} />}
      {median !== null && slowest !== null && (
        <p class="quiet">
          half continued within {lengthOf(median)}, nine of ten within {lengthOf(slowest)}
        </p>
      )}
      {says !== null && <Said text={says} class="quiet" />}
      <div id={list}>
        {isOpen && waiting > 0 && <Standings path={standingPath(rule, step.step, range)} />}
      </div>
      {branches.length > 0 && (
        <ul class="branches">
          {branches.map((branch) => (
            <Branch key={branch.name} branch={branch} {...shared} />
          ))}
        </ul>
      )}
    </li>
  );
}

function Branch({ branch, ...shared }: Shared & { readonly branch: FunnelBranchView }) {
  const { name, reached, steps } = branch;
  return (
    <li class="branch">
      <div class="stage">
        <span class="branchname">{name}</span>
        {reached !== null && <strong>{reached.toLocaleString()}</strong>}
      </div>
      {steps.length === 0 ? (
        <p class="quiet">continues</p>
      ) : (
        <ol class="funnel">
          <Steps steps={steps} {...shared} />
        </ol>
      )}
    </li>
  );
}

function standingPath(rule: string, step: number, range: number): string {
  return `/api/funnels/standing?rule=${encodeURIComponent(rule)}&step=${step}&days=${range}`;
}

interface StandingsProps {
  readonly path: string;
  /** Start of the page; null for the first one. */
  readonly after?: string | null;
}

/** A page of the people at a step, with the texts they got. */
function Standings({ path, after = null }: StandingsProps) {
  const [isMore, setMore] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  // The pressed button was removed, so the page that it opened takes the focus.
  useEffect(() => {
    if (after !== null) box.current?.focus();
  }, []);
  const { data, error } = useServer<StandingsView>(after === null ? path : `${path}&after=${after}`);
  return (
    <div ref={box} tabIndex={-1}>
      <Known data={data} error={error}>
        {({ people, after: next }) => (
          <>
            <ul class="standing">
              {people.map((person) => (
                <Person key={person.run} person={person} />
              ))}
            </ul>
            {next !== null && isMore && <Standings path={path} after={next} />}
            {next !== null && !isMore && (
              <button type="button" onClick={() => setMore(true)}>
                Show more
              </button>
            )}
          </>
        )}
      </Known>
    </div>
  );
}

function Person({ person }: { readonly person: Standing }) {
  const { account, contactId, name, since, until: end, texts } = person;
  return (
    <li>
      <a href={`/people/${encodeURIComponent(account)}/${encodeURIComponent(contactId)}`}>
        <bdi>{personName(name ?? contactId)}</bdi>
      </a>{' '}
      <span class="quiet">
        {account}, since {ago(since)}
        {end !== null && `, until ${until(end)}`}
      </span>
      {texts.map((text, index) => (
        <Said key={index} text={text} class="quiet" />
      ))}
    </li>
  );
}

/** Who came in, or got the first message. */
export function Stage({ stage, most }: { readonly stage: StageView; readonly most: number }) {
  const { name, says, reached, waiting, losses } = stage;
  return (
    <li>
      <div class="stage">
        <span class="stagename">{name}</span> <strong>{reached.toLocaleString()}</strong>{' '}
        {waiting > 0 && <span class="chip">{waiting.toLocaleString()} waiting here</span>}
        <Losses losses={losses} />
      </div>
      <Bar name={name} reached={reached} most={most} />
      {says !== null && <Said text={says} class="quiet" />}
    </li>
  );
}

/** Who came to the end. */
export function End({ reached, most }: { readonly reached: number; readonly most: number }) {
  return (
    <Stage stage={{ name: 'Came to the end', says: null, reached, waiting: 0, losses: [] }} most={most} />
  );
}

function Losses({ losses }: Pick<StageView, 'losses'>) {
  return (
    <>
      {losses.map(({ why, n }) => (
        <span key={why} class="chip warn" title={why}>
          {lossOf(why)}: {n.toLocaleString()}
        </span>
      ))}
    </>
  );
}

function Bar({
  name,
  reached,
  most,
}: {
  readonly name: string;
  readonly reached: number;
  readonly most: number;
}) {
  return (
    <meter class="share" min={0} max={most} value={reached} aria-label={`${name}: ${reached} of ${most}`} />
  );
}
