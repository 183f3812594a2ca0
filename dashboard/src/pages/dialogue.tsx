import type { Utterance } from '../../../src/store/ports/reports.js';
import type { DialogueView } from '../../../src/server/views.js';
import { personName, timeOf } from '../format.js';
import { labelOf } from '../words.js';
import { Action, Card, Empty, Known, Reason, Said, Title } from '../parts.js';
import { CommentReply } from './comment-reply.js';
import { OthersTyping } from './typing.js';
import { Write } from './write.js';
import { mayAct, post, useServer } from '../server.js';

/** The conversation of one person with one account. */
export function Dialogue({ account, contact }: { readonly account: string; readonly contact: string }) {
  const path = pathOf(account, contact);
  const { data, error, again } = useServer<DialogueView>(path);
  return (
    <>
      <Title {...(data ? { about: personName(data.person.name) } : {})}>Conversation</Title>
      <Known data={data} error={error}>
        {(view) => <Both {...view} again={again} />}
      </Known>
    </>
  );
}

function pathOf(account: string, contact: string): string {
  return `/api/people/${encodeURIComponent(account)}/${encodeURIComponent(contact)}`;
}

function Both({ again, ...data }: DialogueView & { readonly again: () => void }) {
  const { account, contactId, name } = data.person;
  const scope = `contact:${contactId}`;
  const resume = () => post('/api/resume', { scope }).then(again);
  return (
    <Card
      title={
        <>
          <bdi title={contactId}>{personName(name)}</bdi> and {account}
        </>
      }
      aside={
        <>
          {data.silentUntil !== null && !data.isPaused && <Action label="Resume" act={resume} />}
          {data.isPaused ? (
            <Action label="Resume" act={resume} />
          ) : (
            // Also somebody who was only written to.
            <Action
              label="Pause replies"
              act={() => post('/api/pause', { scope, for: null, unseen: true }).then(again)}
            />
          )}
        </>
      }
    >
      {data.isPaused && <p class="note">Automatic replies to this person are paused.</p>}
      {data.silentUntil !== null && (
        <p class="note">
          A human wrote, so the program is silent until{' '}
          <time dateTime={new Date(data.silentUntil).toISOString()}>{timeOf(data.silentUntil)}</time>.
        </p>
      )}
      {data.isOptedOut && <p class="note">This person asked for no more automatic replies.</p>}
      {data.utterances.length === 0 && <Empty>The texts of this conversation are no longer stored.</Empty>}
      <ol class="dialogue">
        {data.utterances.map((each, index) => (
          <UtteranceView key={each.eventId ?? `send ${index}`} {...each} again={again} />
        ))}
      </ol>
      {data.reply && mayAct.value && <Write person={data.person} reply={data.reply} again={again} />}
      {data.reply && <OthersTyping path={pathOf(account, contactId)} />}
    </Card>
  );
}

const WRITERS = {
  contact: 'them',
  human: 'you or a colleague',
  unknown: 'unclear who wrote it',
  rule: '',
} as const;

function UtteranceView({ again, ...said }: Utterance & { readonly again: () => void }) {
  const { by, rule, text, at, kind, state, eventId } = said;
  const isOurs = by === 'rule' || by === 'human';
  return (
    <li class={isOurs ? 'ours' : 'theirs'}>
      <span class="quiet">
        <time dateTime={new Date(at).toISOString()}>{timeOf(at)}</time>{' '}
        {by === 'rule' ? (
          <>
            rule <code>{rule}</code>
          </>
        ) : (
          WRITERS[by]
        )}
        {kind === 'comment' && ', in public'}
        {state !== null && ` · ${labelOf(state)}`}
      </span>
      {text === '' ? (
        <Empty>The text is no longer stored.</Empty>
      ) : (
        <Said text={text} class={`bubble ${isOurs ? 'ours' : ''}`} />
      )}
      {by === 'contact' && eventId !== null && <Theirs {...said} eventId={eventId} again={again} />}
    </li>
  );
}

interface TheirsProps extends Pick<Utterance, 'kind' | 'reason'> {
  readonly eventId: string;
  readonly again: () => void;
}

/** The reason of what a contact wrote, and a reply to it if it is a comment. */
function Theirs({ kind, reason, eventId, again }: TheirsProps) {
  return (
    <>
      <a class="why" href={`/events/${encodeURIComponent(eventId)}`}>
        <Reason reason={reason} /> <bdi>why?</bdi>
      </a>
      {kind === 'comment' && reason !== null && <CommentReply id={eventId} again={again} />}
    </>
  );
}
