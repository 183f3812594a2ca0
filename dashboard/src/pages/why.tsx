import type { Send } from '../../../src/domain/send.js';
import type { Attempt } from '../../../src/store/ports/reports.js';
import type { WhyView } from '../../../src/server/views.js';
import { dateOf, personName, timeOf } from '../format.js';
import { Action, Card, Empty, Known, Said, Title } from '../parts.js';
import { post, useServer } from '../server.js';
import { TraceView } from '../trace.js';
import { CommentReply } from './comment-reply.js';
import { actOf, canSendAgain, labelOf, wordsFor } from '../words.js';

/** The reason of one message or comment. */
export function Why({ id }: { readonly id: string }) {
  const { data, error, again } = useServer<WhyView>(`/api/events/${encodeURIComponent(id)}`);
  return (
    <>
      <Title {...(data ? { about: nameOf(data.event) } : {})}>Why</Title>
      <Known data={data} error={error}>
        {(view) => <WhyBody {...view} again={again} />}
      </Known>
    </>
  );
}

/** A reply by hand to a comment; messages have theirs in the conversation. */
function ReplyTo({ event, again }: Pick<WhyView, 'event'> & { readonly again: () => void }) {
  const isTheirs = event.kind === 'comment' && event.direction === 'incoming';
  return isTheirs ? <CommentReply id={event.id} again={again} /> : null;
}

function nameOf({ contact }: WhyView['event']): string {
  return personName(contact.name ?? contact.username ?? contact.id);
}

function WhyBody({
  event,
  decision,
  decidedAt,
  sends,
  acts,
  again,
}: WhyView & { readonly again: () => void }) {
  const { contact, account, platform, kind, at, text, direction } = event;
  const person = <bdi>{nameOf(event)}</bdi>;
  const own = account ?? 'an unknown account';
  const [from, to] = direction === 'outgoing' ? [own, person] : [person, own];
  return (
    <>
      <Card
        title={kind === 'comment' ? 'The comment' : 'The message'}
        aside={
          account !== null && (
            <a href={`/people/${encodeURIComponent(account)}/${encodeURIComponent(contact.id)}`}>
              the conversation
            </a>
          )
        }
      >
        <p class="quiet">
          {from} to {to} on {labelOf(platform)}, {dateOf(at)}
        </p>
        {text === '' ? <Empty>The text is no longer stored.</Empty> : <Said text={text} class="bubble" />}
        {decision !== null && <ReplyTo event={event} again={again} />}
      </Card>
      <Card
        title="The decision"
        aside={decidedAt !== null && <span class="quiet">made {dateOf(decidedAt)}</span>}
      >
        {decision === null ? (
          <Empty>It is not decided yet.</Empty>
        ) : (
          <TraceView decision={decision} sentence={null} />
        )}
      </Card>
      <Card title="What was sent">
        {sends.length === 0 && <Empty>There was nothing to send.</Empty>}
        {sends.map(({ send, attempts }) => (
          <SendView key={send.id} send={send} attempts={attempts} again={again} />
        ))}
      </Card>
      {acts.length > 0 && (
        <Card title="What people did">
          <ol class="attempts">
            {acts.map(({ at, by, role, action, subject }) => (
              <li key={`${at} ${action} ${subject}`}>
                <time dateTime={new Date(at).toISOString()}>{dateOf(at)}</time> <bdi>{by}</bdi> ({role}):{' '}
                <span title={`${action} ${subject}`}>{actOf(action)}</span>
              </li>
            ))}
          </ol>
        </Card>
      )}
    </>
  );
}

interface SendProps {
  readonly send: Send;
  readonly attempts?: readonly Attempt[];
  readonly again: () => void;
}

/** A send with its attempts and manual actions. */
export function SendView({ send, attempts = [], again }: SendProps) {
  const { action, rule, state, detail, text } = send;
  const isStuck = state === 'failed' || state === 'unknown_outcome';
  return (
    <article class="send">
      <p class="row" title={state}>
        <span class={`chip ${isStuck ? 'bad' : state === 'delivered' || state === 'sent' ? 'good' : 'warn'}`}>
          {labelOf(state)}
        </span>
        <span>
          {labelOf(action)} by <code>{rule}</code>
        </span>
      </p>
      <Said text={text} class="bubble ours" />
      {send.reason !== null && isStuck && <p class="verdict">{wordsFor(send.reason).sentence}</p>}
      {detail !== null && <p class="detail">{detail}</p>}
      {attempts.length > 0 && (
        <ol class="attempts">
          {attempts.map(({ startedAt, outcome, detail: why }) => (
            <li key={startedAt}>
              <time dateTime={new Date(startedAt).toISOString()}>{timeOf(startedAt)}</time>{' '}
              <span title={outcome ?? ''}>{outcome === null ? 'under way' : labelOf(outcome)}</span>
              {why !== null && <span class="quiet"> {why}</span>}
            </li>
          ))}
        </ol>
      )}
      {isStuck && <ByHand send={send} again={again} />}
    </article>
  );
}

/** The manual actions for a send that did not arrive: only those that can succeed. */
function ByHand({ send, again }: { readonly send: Send; readonly again: () => void }) {
  const { id, rule, state, contactId } = send;
  const act = (verb: string) => () => post(`/api/sends/${id}/${verb}`).finally(again);
  const about = `${rule} to ${contactId}`;
  return (
    <div class="row">
      {canSendAgain(send) && (
        <Action
          label="Send again"
          about={about}
          act={act('retry')}
          {...(state === 'unknown_outcome'
            ? {
                confirm:
                  'It may have arrived already. Look at the conversation first: is it really not there?',
              }
            : {})}
        />
      )}
      <Action
        label="Give up"
        about={about}
        act={act('discard')}
        danger
        confirm="This reply will never be sent. Give up?"
      />
    </div>
  );
}
