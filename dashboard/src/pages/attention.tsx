import { useEffect } from 'preact/hooks';
import type { AttentionView } from '../../../src/server/views.js';
import { ago, count, personName, until } from '../format.js';
import { Avatar } from '../icons.js';
import { Action, Card, Known, Said, Teach, Title } from '../parts.js';
import { post, useServer } from '../server.js';
import { wordsFor } from '../words.js';
import { SendView } from './why.js';

/** Everything that needs a person, one entry per problem. */
export function Attention() {
  const { data, error, again } = useServer<AttentionView>('/api/attention');
  return (
    <>
      <Title>Needs you</Title>
      <Known data={data} error={error}>
        {(view) => <AttentionBody {...view} again={again} />}
      </Known>
    </>
  );
}

/** Moves to the row of the address, as the link of a notice has it. */
function goToRow(): void {
  const row = document.getElementById(location.hash.slice(1));
  row?.scrollIntoView({ block: 'center' });
  row?.focus();
}

type Body = AttentionView & { readonly again: () => void };

function isCalm({ isKeyRefused, isReadLate, problem, ...view }: AttentionView): boolean {
  const { sends, blocked, failing, contention, webhooks, handoffs } = view;
  const rivals = view.rivals.filter((rival) => rival.isClash);
  const lists = [sends, blocked, failing, contention, webhooks, handoffs, rivals];
  return lists.every(({ length }) => length === 0) && !isKeyRefused && !isReadLate && problem === null;
}

/** The program lists only the latest of many entries. */
function ofAll(shown: readonly unknown[], all: number): string {
  return shown.length < all ? `the latest ${shown.length} of ${all.toLocaleString()}` : `${all}`;
}

function AttentionBody(view: Body) {
  const { problem, webhooks, handoffs, rivals, counts, again } = view;
  useEffect(goToRow, []);
  if (isCalm(view)) {
    return (
      <Card title="All clear">
        <Teach icon="attention">
          <p>Nothing: everything is read, every reply arrived, and the rules are sound.</p>
          <p>When a rule hands a conversation to you, or a reply does not arrive, it is listed here.</p>
        </Teach>
      </Card>
    );
  }
  return (
    <>
      {handoffs.length > 0 && <Handoffs handoffs={handoffs} counts={counts} again={again} />}
      <Unread {...view} />
      <Refused {...view} />
      {problem && (
        <Card
          title="The rule files have errors"
          aside={<span class="quiet">since {ago(problem.since)}</span>}
        >
          <p>The previous rules stay active until these are fixed:</p>
          <pre>{problem.faults.join('\n')}</pre>
        </Card>
      )}
      <Spent {...view} />
      {rivals.length > 0 && <Rivals rivals={rivals} />}
      {webhooks.length > 0 && <Webhooks webhooks={webhooks} counts={counts} again={again} />}
      <Undelivered {...view} />
    </>
  );
}

function Refused({ blocked }: Body) {
  if (blocked.length === 0) return null;
  return (
    <Card title="Refused accounts">
      <ul class="plain">
        {blocked.map(({ name, block, waiting }) => (
          <li key={name}>
            <strong>{name}</strong>{' '}
            {block &&
              `since ${ago(block.since)}: ${block.detail}. ${block.fix}. Tried again ${until(block.probeAt)}.`}{' '}
            {waiting > 0 && `${count(waiting, 'reply')} kept.`}
          </li>
        ))}
      </ul>
    </Card>
  );
}

/** Private replies that another rule or tool sent first: our failed sends, and their rules. */
function Spent({ contention, sends, again }: Body) {
  const failed = sends.filter(({ reason }) => reason === 'private_reply_used');
  if (contention.length === 0 && failed.length === 0) return null;
  return (
    <Card title={wordsFor('private_reply_used').label} aside={<span class="quiet">7 days</span>}>
      <p>{wordsFor('private_reply_used').sentence} Let only one of them reply to the same keyword.</p>
      {contention.length > 0 && (
        <ul class="plain">
          {contention.map(({ rule, n }) => (
            <li key={rule}>
              <code>{rule}</code> {count(n, 'time')}
            </li>
          ))}
        </ul>
      )}
      {failed.map((send) => (
        <Stuck key={send.id} send={send} again={again} />
      ))}
    </Card>
  );
}

function Undelivered({ sends, counts, again }: Body) {
  const others = sends.filter(({ reason }) => reason !== 'private_reply_used');
  if (others.length === 0) return null;
  return (
    <Card
      title="Replies that did not arrive, or may not have"
      aside={<span class="quiet">{ofAll(others, counts.sends - (sends.length - others.length))}</span>}
    >
      {others.map((send) => (
        <Stuck key={send.id} send={send} again={again} />
      ))}
    </Card>
  );
}

interface StuckProps {
  readonly send: AttentionView['sends'][number];
  readonly again: () => void;
}

function Stuck({ send, again }: StuckProps) {
  const name = personName(send.contactName ?? send.contactId);
  return (
    <div class="stuck" id={`send-${send.id}`} tabIndex={-1}>
      <div class="person">
        <Avatar name={name} />
        <a href={`/events/${encodeURIComponent(send.eventId)}`} title={send.contactId}>
          <bdi>{name}</bdi>, {send.account}, {ago(send.createdAt)}
        </a>
      </div>
      <SendView send={send} again={again} />
    </div>
  );
}

function Unread({ isKeyRefused, isReadLate, readAt, failing }: AttentionView) {
  if (!isKeyRefused && !isReadLate && failing.length === 0) return null;
  return (
    <Card title="Not everything is read">
      <p>
        {isKeyRefused
          ? 'Blotato refuses the key: check `blotato.api_key`.'
          : failing.length > 0
            ? `These lists could not be read: ${failing.join(', ')}. They are tried again.`
            : `The lists were last read ${ago(readAt ?? 0)}: see the log.`}
      </p>
    </Card>
  );
}

function Rivals({ rivals }: Pick<AttentionView, 'rivals'>) {
  return (
    <Card title="Blotato's own automations beside our rules" aside={<span class="quiet">read daily</span>}>
      <p>If both reply to the same keyword, Blotato is usually first:</p>
      <ul class="plain">
        {rivals.map(({ automation, account, rules }) => (
          <li key={automation}>
            <strong>
              <Said text={automation} />
            </strong>{' '}
            {account !== null && `of ${account} `}
            {rules.map(({ rule, shares }) => (
              <span key={rule}>
                <code>{rule}</code> shares <Said text={shares} />.{' '}
              </span>
            ))}
          </li>
        ))}
      </ul>
    </Card>
  );
}

type HandoffsProps = Pick<AttentionView, 'handoffs' | 'counts'> & { readonly again: () => void };

function Handoffs({ handoffs, counts, again }: HandoffsProps) {
  return (
    <Card
      title="Wait for a human"
      aside={<span class="quiet">7 days: {ofAll(handoffs, counts.handoffs)}</span>}
    >
      {handoffs.map(({ id, rule, account, contactId, name: known, request, words, note, at }) => {
        const name = personName(known ?? contactId);
        return (
          <div key={id} class="stuck" id={`handoff-${id}`} tabIndex={-1}>
            <div class="person">
              <Avatar name={name} />
              <a
                href={`/people/${encodeURIComponent(account)}/${encodeURIComponent(contactId)}`}
                title={contactId}
              >
                <bdi>{name}</bdi>, {account}, {ago(at)}
              </a>
              <span class="quiet">
                called by <code>{rule}</code>
              </span>
            </div>
            {[...new Set([request, words])].map(
              (text) => text && <Said key={text} text={text} class="bubble" />,
            )}
            {note !== null && (
              <p class="note">
                <Said text={note} />
              </p>
            )}
            <Action label="Done" about={name} act={() => post(`/api/handoffs/${id}/done`).finally(again)} />
          </div>
        );
      })}
    </Card>
  );
}

type WebhooksProps = Pick<AttentionView, 'webhooks' | 'counts'> & { readonly again: () => void };

function Webhooks({ webhooks, counts, again }: WebhooksProps) {
  return (
    <Card
      title="Webhooks that failed for good"
      aside={<span class="quiet">{ofAll(webhooks, counts.webhooks)}</span>}
    >
      {webhooks.map(({ id, rule, url, detail, eventId, createdAt }) => {
        const act = (verb: string) => () => post(`/api/webhooks/${id}/${verb}`).finally(again);
        return (
          <div key={id} class="stuck" id={`webhook-${id}`} tabIndex={-1}>
            <a href={`/events/${encodeURIComponent(eventId)}`}>{ago(createdAt)}</a> <code>{rule}</code> to{' '}
            <Said text={url} />
            {detail !== null && <p class="detail">{detail}</p>}
            <div class="row">
              <Action label="Send again" about={`${rule}, ${ago(createdAt)}`} act={act('retry')} />
              <Action
                label="Give up"
                about={`${rule}, ${ago(createdAt)}`}
                act={act('discard')}
                confirm="The webhook will never be sent. Give up?"
              />
            </div>
          </div>
        );
      })}
    </Card>
  );
}
