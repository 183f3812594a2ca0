import type { AttentionView } from '../../../src/server/views.js';
import { ago, count, until } from '../format.js';
import { Action, Card, Empty, Said, Title, Waiting } from '../parts.js';
import { post, useServer } from '../server.js';
import { SendView } from './why.js';

export function Attention() {
  const { data, error, again } = useServer<AttentionView>('/api/attention');
  return (
    <>
      <Title>Needs attention</Title>
      {data === null || error !== null ? (
        <Waiting error={error} />
      ) : (
        <AttentionBody {...data} again={again} />
      )}
    </>
  );
}

function isCalm({ isKeyRefused, problem, ...view }: AttentionView): boolean {
  const { sends, blocked, failing, contention, webhooks, handoffs } = view;
  const lists = [sends, blocked, failing, contention, webhooks, handoffs];
  return lists.every(({ length }) => length === 0) && !isKeyRefused && problem === null;
}

function AttentionBody(view: AttentionView & { readonly again: () => void }) {
  const { sends, blocked, isKeyRefused, failing, problem, contention, webhooks, handoffs, again } = view;
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
      {(isKeyRefused || failing.length > 0) && (
        <Card title="Not everything is read">
          <p>
            {isKeyRefused
              ? 'Blotato refuses the key: check `blotato.api_key`.'
              : `These lists could not be read the last time: ${failing.join(', ')}. They are tried again.`}
          </p>
        </Card>
      )}
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
      {handoffs.length > 0 && <Handoffs handoffs={handoffs} />}
      {webhooks.length > 0 && <Webhooks webhooks={webhooks} again={again} />}
      {sends.length > 0 && (
        <Card
          title="Answers that did not arrive, or may not have"
          aside={<span class="quiet">{sends.length}</span>}
        >
          {sends.map((send) => (
            <div key={send.id} class="stuck">
              <a href={`/events/${encodeURIComponent(send.eventId)}`}>
                {send.account}, {ago(send.createdAt)}
              </a>
              <SendView send={send} again={again} />
            </div>
          ))}
        </Card>
      )}
    </>
  );
}

function Handoffs({ handoffs }: Pick<AttentionView, 'handoffs'>) {
  return (
    <Card title="Rules called a human" aside={<span class="quiet">7 days</span>}>
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

function Webhooks({ webhooks, again }: Pick<AttentionView, 'webhooks'> & { readonly again: () => void }) {
  return (
    <Card title="Webhooks that were given up" aside={<span class="quiet">{webhooks.length}</span>}>
      {webhooks.map(({ id, rule, url, detail, eventId, createdAt }) => {
        const act = (verb: string) => () => post(`/api/webhooks/${id}/${verb}`).finally(again);
        return (
          <div key={id} class="stuck">
            <a href={`/events/${encodeURIComponent(eventId)}`}>{ago(createdAt)}</a> <code>{rule}</code> to{' '}
            <Said text={url} />
            {detail !== null && <p class="detail">{detail}</p>}
            <div class="row">
              <Action label="Tell it again" act={act('retry')} />
              <Action label="Give it up" act={act('discard')} />
            </div>
          </div>
        );
      })}
    </Card>
  );
}
