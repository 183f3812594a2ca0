import { useRoute } from 'preact-iso';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type {
  ExampleRuleView,
  JudgedView,
  ReadingView,
  SampledView,
} from '../../../src/server/unanswered-views.js';
import { count, timeOf } from '../format.js';
import { Card, Empty, Known, Said, said, Title } from '../parts.js';
import { get, mayAct, post, wordsOf } from '../server.js';

/** Time for which a reader judges one message. */
const SECONDS_EACH = 10;

/** Messages that a rule would have answered, judged one by one, and how often the rule is right. */
export function ReadRule() {
  const { params } = useRoute();
  const rule = params['rule'] ?? '';
  const [data, setData] = useState<ReadingView | null>(null);
  const [error, setError] = useState<string | null>(null);
  // Read once: the sample stays the same while it is judged.
  useEffect(() => {
    setData(null);
    setError(null);
    get<ReadingView>(`/api/unanswered/rules/${encodeURIComponent(rule)}`)
      .then(setData)
      .catch((failure: unknown) => setError(wordsOf(failure)));
  }, [rule]);
  return (
    <>
      <p>
        <a href="/unanswered">Back to the unanswered</a>
      </p>
      <Title about={rule}>What it would answer</Title>
      <Known data={data} error={error}>
        {(view) => <Reading key={view.rule.id} {...view} />}
      </Known>
    </>
  );
}

function Reading({ rule, sample, judged: before }: ReadingView) {
  const [at, setAt] = useState(0);
  const [judged, setJudged] = useState<JudgedView>(before);
  const current = sample[at];
  const left = Math.ceil(((sample.length - at) * SECONDS_EACH) / 60);
  return (
    <>
      <Card
        title={
          <>
            Would <code>{rule.id}</code> be right?
          </>
        }
        aside={
          current && (
            <span class="quiet">
              {at + 1} of {sample.length}, about {left} min left
            </span>
          )
        }
      >
        {current ? (
          <Judge key={current.id} rule={rule} sampled={current} next={() => setAt(at + 1)} told={setJudged} />
        ) : (
          <Empty>
            {sample.length === 0
              ? 'There is no message of the last 30 days that it would answer and that is not judged.'
              : 'All of this sample is read. Open the page again for more.'}
          </Empty>
        )}
      </Card>
      <Verdict rule={rule} judged={judged} />
    </>
  );
}

interface JudgeProps {
  readonly rule: ExampleRuleView;
  readonly sampled: SampledView;
  readonly next: () => void;
  readonly told: (judged: JudgedView) => void;
}

/** One message with its buttons; the keys apply only while the focus is in it. */
function Judge({ rule, sampled, next, told }: JudgeProps) {
  const { id, text, account, at, score } = sampled;
  const [error, setError] = useState<string | null>(null);
  const isSent = useRef(false);
  const box = useRef<HTMLDivElement>(null);
  // Before the message is painted, so that a key pressed as it shows is not lost.
  useLayoutEffect(() => box.current?.focus({ preventScroll: true }), []);
  const judge = (isRight: boolean) => {
    if (isSent.current) return;
    isSent.current = true;
    post<JudgedView>('/api/unanswered/labels', { eventId: id, rule: rule.id, isRight })
      .then((judged) => {
        said.value = isRight ? 'judged right' : 'judged wrong';
        told(judged);
        next();
      })
      .catch((failure: unknown) => {
        isSent.current = false;
        setError(wordsOf(failure));
      });
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const key = event.key.toLowerCase();
    const act = mayAct.value
      ? { y: () => judge(true), n: () => judge(false), s: next }[key]
      : { s: next }[key];
    if (!act) return;
    event.preventDefault();
    act();
  };
  return (
    <div ref={box} class="judge" tabIndex={-1} role="group" aria-label="Message to judge" onKeyDown={onKey}>
      <Said text={text} class="bubble" />
      <p class="quiet">
        {account} {timeOf(at)}, score {score.toFixed(2)},{' '}
        <a href={`/events/${encodeURIComponent(id)}`}>why</a>
      </p>
      <div class="row">
        {mayAct.value && (
          <>
            <button type="button" aria-keyshortcuts="y" onClick={() => judge(true)}>
              Right <kbd>y</kbd>
            </button>
            <button type="button" aria-keyshortcuts="n" onClick={() => judge(false)}>
              Wrong <kbd>n</kbd>
            </button>
          </>
        )}
        <button type="button" class="plain" aria-keyshortcuts="s" onClick={next}>
          Skip <kbd>s</kbd>
        </button>
      </div>
      {error !== null && (
        <p class="fault" role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

/** Precision of the rule at each certainty, and the advice. */
function Verdict({
  rule,
  judged: { precision, advice, spent },
}: {
  readonly rule: ExampleRuleView;
  readonly judged: JudgedView;
}) {
  return (
    <Card title="How often it is right">
      <p>
        <strong>{adviceFor(advice, rule)}</strong>
      </p>
      <div class="scroll" tabIndex={0} role="region" aria-label="Precision by certainty">
        <table>
          <thead>
            <tr>
              <th scope="col">Certainty</th>
              <th scope="col">Judged</th>
              <th scope="col">Right</th>
              <th scope="col">Share, with its interval of 95 %</th>
            </tr>
          </thead>
          <tbody>
            {precision.map(({ certainty, judged, right, low, high }) => (
              <tr key={certainty}>
                <th scope="row">{certainty}</th>
                <td>{judged}</td>
                <td>{right}</td>
                <td>
                  {low === null || high === null
                    ? 'not judged'
                    : `${percent(right / judged)} (${percent(low)} to ${percent(high)})`}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {spent > 0 && (
        <p class="quiet">
          {count(spent, 'judged message')} not counted, because their words are examples by now.
        </p>
      )}
    </Card>
  );
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function adviceFor(advice: JudgedView['advice'], { certainty, mode }: ExampleRuleView): string {
  if (advice === 'off') return 'Leave this off: at no certainty is it surely right in 80 % of its replies.';
  if (advice === 'judge_more') return 'Too few messages are judged to say; judge more of them.';
  const keys = [
    ...(advice === certainty ? [] : [`certainty: ${advice}`]),
    ...(mode === 'live' ? [] : ['mode: live']),
  ];
  const then = keys.length === 0 ? 'It is open with it.' : `Write ${keys.join(' and ')} to open the rule.`;
  return `The certainty ${advice} fits. ${then}`;
}
