import type { AttentionView } from '../../../src/server/views.js';
import { ago, count, until } from '../format.js';
import { Action, Card, Empty, Known, Said, Title } from '../parts.js';
import { post, useServer } from '../server.js';
import { SendView } from './why.js';

export function Attention() {
  const { data, error, again } = useServer<AttentionView>('/api/attention');
  return (
    <>
      <Title>Needs attention</Title>
      <Known data={data} error={error}>
        {(view) => <AttentionBody {...view} again={again} />}
      </Known>
    </>
  );
}

function isCalm({ isKeyRefused, isReadLate, problem, ...view }: AttentionView): boolean {
  const { sends, blocked, failing, contention, webhooks, handoffs } = view;
  const lists = [sends, blocked, failing, contention, webhooks, handoffs];
  return lists.every(({ length }) => length === 0) && !isKeyRefused && !isReadLate && problem === null;
}

/** Only the latest of many are listed. */
function ofAll(shown: readonly unknown[], all: number): string {
  return shown.length < all ? `the latest ${shown.length} of ${all.toLocaleString()}` : `${all}`;
}

function AttentionBody(view: AttentionView & { readonly again: () => void }) {
  const { sends, blocked, problem, contention, webhooks, handoffs, counts, again } = view;
  if (isCalm(view))
    return <Empty>Nothing: every list is read, every answer arrived, and the rules are sound.</Empty>;
  return (
    <>
      {problem && (
        <Card
          title="The rule files have faults"
          aside={<span class="quiet">since {ago(problem.since)}</span>}
        >
          <p>The rules that were read before stay in force until these are mended:</p>
          <pre>{problem.faults.join('\n')}</pre>
        </Card>
      )}
      <Unread {...view} />
      {blocked.length > 0 && (
        <Card title="Refused accounts">
          <ul class="plain">
            {blocked.map(({ name, block, waiting }) => (
              <li key={name}>
                <strong>{name}</strong>{' '}
                {block &&
                  `since ${ago(block.since)}: ${block.detail}. ${block.mend}. Tried again ${until(block.probeAt)}.`}{' '}
                {waiting > 0 && `${count(waiting, 'send')} kept.`}
              </li>
            ))}
          </ul>
        </Card>
      )}
      {contention.length > 0 && (
        <Card title="Private replies that somebody else spent" aside={<span class="quiet">7 days</span>}>
          <p>A comment has one private reply. Another rule or another tool was first:</p>
          <ul class="plain">
            {contention.map(({ rule, n }) => (
              <li key={rule}>
                <code>{rule}</code> {count(n, 'time')}
              </li>
            ))}
          </ul>
        </Card>
      )}
      {handoffs.length > 0 && <Handoffs handoffs={handoffs} counts={counts} />}
      {webhooks.length > 0 && <Webhooks webhooks={webhooks} counts={counts} again={again} />}
      {sends.length > 0 && (
        <Card
          title="Answers that did not arrive, or may not have"
          aside={<span class="quiet">{ofAll(sends, counts.sends)}</span>}
        >
          {sends.map((send) => (
            <div key={send.id} class="stuck">
              <a href={`/events/${encodeURIComponent(send.eventId)}`}>
                {send.account} to <bdi>{send.contactId}</bdi>, {ago(send.createdAt)}
              </a>
              <SendView send={send} again={again} />
            </div>
          ))}
        </Card>
      )}
    </>
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
            ? `These lists could not be read the last time: ${failing.join(', ')}. They are tried again.`
            : `The lists were last read ${ago(readAt ?? 0)}: see the log.`}
      </p>
    </Card>
  );
}

function Handoffs({ handoffs, counts }: Pick<AttentionView, 'handoffs' | 'counts'>) {
  return (
    <Card
      title="Rules called a human, and none wrote since"
      aside={<span class="quiet">7 days: {ofAll(handoffs, counts.handoffs)}</span>}
    >
      <ul class="plain">
        {handoffs.map(({ id, rule, account, contactId, note, at }) => (
          <li key={id}>
            <a href={`/people/${encodeURIComponent(account)}/${encodeURIComponent(contactId)}`}>
              {account}, {ago(at)}
            </a>{' '}
            <code>{rule}</code> {note !== null && <Said text={note} />}
          </li>
        ))}
      </ul>
    </Card>
  );
}

type WebhooksProps = Pick<AttentionView, 'webhooks' | 'counts'> & { readonly again: () => void };

function Webhooks({ webhooks, counts, again }: WebhooksProps) {
  return (
    <Card
      title="Webhooks that were given up"
      aside={<span class="quiet">{ofAll(webhooks, counts.webhooks)}</span>}
    >
      {webhooks.map(({ id, rule, url, detail, eventId, createdAt }) => {
        const act = (verb: string) => () => post(`/api/webhooks/${id}/${verb}`).finally(again);
        return (
          <div key={id} class="stuck">
            <a href={`/events/${encodeURIComponent(eventId)}`}>{ago(createdAt)}</a> <code>{rule}</code> to{' '}
            <Said text={url} />
            {detail !== null && <p class="detail">{detail}</p>}
            <div class="row">
              <Action label="Tell it again" about={`${rule}, ${ago(createdAt)}`} act={act('retry')} />
              <Action
                label="Give it up"
                about={`${rule}, ${ago(createdAt)}`}
                act={act('discard')}
                confirm="The other program will never hear of this. Give it up?"
              />
            </div>
          </div>
        );
      })}
    </Card>
  );
}
