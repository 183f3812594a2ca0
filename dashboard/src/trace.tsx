import type { Decision, RuleTrace } from '../../src/domain/decision.js';
import type { PlannedEffect, RunChange } from '../../src/domain/funnel.js';
import { lengthOf } from './format.js';
import { Empty, Reason, Said } from './parts.js';
import { labelOf, wordsFor } from './words.js';

const OUTCOMES: Readonly<Record<RuleTrace['outcome'], string>> = {
  acts: 'acts',
  would_act_shadow: 'would reply, but is in shadow',
  cooldown: 'replied recently',
  failed_condition: 'does not fit',
  not_reached: 'not reached',
};

/** The steps of a decision, in order. */
export function TraceView({
  decision,
  sentence,
}: {
  readonly decision: Decision;
  readonly sentence: string | null;
}) {
  const { trace, actions, reason, rule, detail, effects = [], runs = [] } = decision;
  return (
    <div class="trace">
      <p class="verdict">
        <Reason reason={reason} /> {sentence ?? wordsFor(reason).sentence}
        {rule !== null && (
          <>
            {' '}
            Rule <code>{rule}</code>.
          </>
        )}
        {detail !== null && <span class="detail">{detail}</span>}
      </p>
      <h3>Words</h3>
      {trace.words.length === 0 ? (
        <Empty>The text contains no words.</Empty>
      ) : (
        <p class="words" tabIndex={0}>
          {trace.words.map((word, index) => (
            <bdi key={index}>{word}</bdi>
          ))}
        </p>
      )}
      <h3>Rules, in order</h3>
      {trace.rules.length === 0 && <Empty>No rule matches any part of this message.</Empty>}
      <ol class="rules">
        {trace.rules.map((each) => (
          <RuleLine key={each.rule} {...each} acts={verbOf(each.rule, decision)} />
        ))}
      </ol>
      {trace.rulesOmitted > 0 && <p class="quiet">and {trace.rulesOmitted} more that do not fit</p>}
      {effects.length + runs.length > 0 && (
        <>
          <h3>Other actions</h3>
          <ul class="plain">
            {effects.map((effect, index) => (
              <li key={index}>
                {effect.type} <Said text={deedOf(effect)} />
              </li>
            ))}
            {runs.map((change, index) => (
              <li key={index}>
                funnel <code>{change.rule}</code> {wayOf(change)}
              </li>
            ))}
          </ul>
        </>
      )}
      <h3>Guards</h3>
      {trace.guards.length === 0 && <Empty>No guard ran, because no rule has anything to send.</Empty>}
      <ul class="guards">
        {trace.guards.map(({ guard, reason: why, note }) => (
          <li key={guard} class={why === null ? 'passes' : 'stops'}>
            <span class="mark">{why === null ? 'passes' : 'stops it'}</span> <code>{guard}</code>
            {why !== null && (
              <>
                {' '}
                <Reason reason={why} /> {note}
              </>
            )}
          </li>
        ))}
      </ul>
      <h3>Texts</h3>
      {actions.length === 0 && <Empty>Nothing is sent.</Empty>}
      <ul class="texts">
        {actions.map(({ type, rule: by, text, delay, part, language }) => (
          <li key={`${type} ${by} ${part ?? 0}`}>
            <span class="quiet">
              {labelOf(type)} by <code>{by}</code>
              {language && `, in ${language.language} (${language.why})`}
              {delay > 0 && `, after ${lengthOf(delay)}`}
            </span>
            <Said text={text} class="bubble ours" />
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The part of an acting rule in the decision. */
function verbOf(rule: string, { actions, effects = [] }: Decision): string {
  if (actions.some((action) => action.rule === rule)) return 'replies';
  const isHandoff = effects.some((effect) => effect.type === 'handoff' && effect.rule === rule);
  return isHandoff ? 'hands off to a human' : OUTCOMES.acts;
}

function RuleLine({ rule, outcome, failed, keyword, note, acts }: RuleTrace & { readonly acts: string }) {
  return (
    <li class={outcome}>
      <code>{rule}</code> <span class="outcome">{outcome === 'acts' ? acts : OUTCOMES[outcome]}</span>
      {keyword !== null && (
        <span>
          {' '}
          by the keyword <q>{keyword}</q>
        </span>
      )}
      {failed !== null && (
        <span class="detail">
          needs: {failed.condition}
          {failed.actual !== null && (
            <>
              ; here: <bdi>{failed.actual}</bdi>
            </>
          )}
        </span>
      )}
      {note !== null && <span class="detail">{note}</span>}
    </li>
  );
}

function deedOf(effect: PlannedEffect): string {
  switch (effect.type) {
    case 'tag':
    case 'untag':
      return effect.tags.join(', ');
    case 'set':
      return Object.entries(effect.fields)
        .map(([name, text]) => `${name}: ${text}`)
        .join(', ');
    case 'webhook':
      return effect.url;
    case 'branch':
      return `${effect.branch} of ${effect.split}`;
    case 'pause':
      return '';
    case 'handoff':
      return effect.note ?? '';
  }
}

function wayOf(change: RunChange): string {
  if (change.kind === 'end') return `ends: ${change.outcome}`;
  if (change.kind === 'remind') return 'reminds, and keeps waiting';
  if (change.step === null) return 'begins, and asks nothing';
  return `asks at step ${change.step + 1}`;
}
