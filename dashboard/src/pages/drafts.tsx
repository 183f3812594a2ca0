import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { DraftsView, DraftTextView, DraftView } from '../../../src/server/drafts-views.js';
import { ago, personName, until } from '../format.js';
import { Avatar } from '../icons.js';
import { Card, Known, Said, said, Teach, Title } from '../parts.js';
import { mayAct, post, useServer, wordsOf } from '../server.js';
import { labelOf } from '../words.js';

type Verb = 'approve' | 'edit' | 'drop';

/** Replies that wait for a person, one by one, by mouse or keyboard. */
export function Drafts() {
  const { data, error, again } = useServer<DraftsView>('/api/drafts');
  return (
    <>
      <Title>Drafts</Title>
      <Known data={data} error={error}>
        {(view) => <Queue {...view} again={again} />}
      </Known>
    </>
  );
}

function Queue({ drafts, figures, again }: DraftsView & { readonly again: () => void }) {
  const [gone, setGone] = useState<ReadonlySet<number>>(new Set());
  const [skipped, setSkipped] = useState(0);
  const [error, setError] = useState<string | null>(null);
  const left = drafts.filter(({ id }) => !gone.has(id));
  const current = left[skipped % Math.max(1, left.length)];
  // The next draft is shown at once; a change that was refused brings the draft back with the message.
  const settle = (draft: DraftView, verb: Verb, texts: ReadonlyMap<number, string>) => {
    const edits = [...texts].map(([send, text]) => ({ send, text }));
    setError(null);
    if (verb !== 'edit') setGone((before) => new Set([...before, draft.id]));
    post(`/api/drafts/${draft.id}/${verb}`, { version: draft.version, edits })
      .then(() => (said.value = `${verb}: done`))
      .catch((failure: unknown) => {
        setGone((before) => new Set([...before].filter((id) => id !== draft.id)));
        setError(`${personName(draft.contactName ?? draft.contactId)}: ${wordsOf(failure)}`);
      })
      .finally(again);
  };
  return (
    <>
      {error !== null && (
        <p class="fault" role="alert">
          {error}
        </p>
      )}
      <Card
        title={current ? 'Waits for you' : 'All clear'}
        aside={current && <span class="quiet">{left.length} left</span>}
      >
        {current ? (
          <Draft
            key={`${current.id} ${current.version}`}
            draft={current}
            settle={settle}
            next={() => setSkipped(skipped + 1)}
          />
        ) : (
          <Teach icon="drafts">
            <p>No reply waits for you.</p>
            <p>
              Replies of rules, accounts or configurations with <code>mode: approve</code> are listed here.
            </p>
          </Teach>
        )}
      </Card>
      {figures.length > 0 && <Figures figures={figures} />}
    </>
  );
}

interface DraftProps {
  readonly draft: DraftView;
  readonly settle: (draft: DraftView, verb: Verb, texts: ReadonlyMap<number, string>) => void;
  readonly next: () => void;
}

/** One draft with its buttons; the keys apply only while the focus is in it, and not in a text. */
function Draft({ draft, settle, next }: DraftProps) {
  const { account, contactId, contactName, eventId, message, at, endsAt, rule, texts } = draft;
  const [isEdited, setEdited] = useState(false);
  const [written, setWritten] = useState<ReadonlyMap<number, string>>(new Map());
  const box = useRef<HTMLDivElement>(null);
  // Before the next key is pressed: a key without focus would be lost.
  useLayoutEffect(() => {
    if (isEdited) box.current?.querySelector('textarea')?.focus();
    else box.current?.focus({ preventScroll: true });
  }, [isEdited]);
  const isSettled = useRef(false);
  const act = (verb: Verb) => {
    if (isSettled.current) return;
    isSettled.current = verb !== 'edit';
    settle(draft, verb, isEdited ? written : new Map());
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.target instanceof HTMLTextAreaElement) {
      if (event.key === 'Escape') setEdited(false);
      return;
    }
    const key = event.key.toLowerCase();
    const does = mayAct.value
      ? { a: () => act('approve'), e: () => setEdited(true), d: () => act('drop'), n: next }[key]
      : { n: next }[key];
    if (!does) return;
    event.preventDefault();
    does();
  };
  const name = personName(contactName ?? contactId);
  return (
    <div ref={box} class="judge" tabIndex={-1} role="group" aria-label="Draft" onKeyDown={onKey}>
      <div class="person">
        <Avatar name={name} />
        <a href={`/events/${encodeURIComponent(eventId)}`} title={contactId}>
          <bdi>{name}</bdi>, {account}, {ago(at)}
        </a>
        <span class="quiet">
          <code>{rule}</code>, ends {until(endsAt)}
        </span>
      </div>
      <Said text={message} class="bubble" />
      {texts.map((text) => (
        <Text
          key={text.id}
          text={text}
          isEdited={isEdited}
          write={(value) => setWritten(new Map([...written, [text.id, value]]))}
        />
      ))}
      <Buttons isEdited={isEdited} act={act} edit={setEdited} next={next} />
    </div>
  );
}

interface TextProps {
  readonly text: DraftTextView;
  readonly isEdited: boolean;
  readonly write: (text: string) => void;
}

function Text({ text: { id, action, text, original }, isEdited, write }: TextProps) {
  if (!isEdited) {
    return (
      <div>
        <span class="quiet">
          {labelOf(action)}
          {original !== null && ', edited'}
        </span>{' '}
        <Said text={text} class="bubble ours" />
      </div>
    );
  }
  return (
    <label class="field">
      {labelOf(action)}
      <textarea
        dir="auto"
        rows={4}
        name={`text-${id}`}
        defaultValue={text}
        onInput={(event) => write(event.currentTarget.value)}
      />
    </label>
  );
}

interface ButtonsProps {
  readonly isEdited: boolean;
  readonly act: (verb: Verb) => void;
  readonly edit: (isEdited: boolean) => void;
  readonly next: () => void;
}

function Buttons({ isEdited, act, edit, next }: ButtonsProps) {
  if (isEdited) {
    return (
      <div class="row">
        <button type="button" onClick={() => act('approve')}>
          Approve this text
        </button>
        <button type="button" onClick={() => act('edit')}>
          Save
        </button>
        <button type="button" class="plain" aria-keyshortcuts="Escape" onClick={() => edit(false)}>
          Cancel <kbd>Esc</kbd>
        </button>
      </div>
    );
  }
  if (!mayAct.value) {
    return (
      <div class="row">
        <button type="button" class="plain" aria-keyshortcuts="n" onClick={next}>
          Next <kbd>n</kbd>
        </button>
      </div>
    );
  }
  return (
    <div class="row">
      <button type="button" aria-keyshortcuts="a" onClick={() => act('approve')}>
        Approve <kbd>a</kbd>
      </button>
      <button type="button" aria-keyshortcuts="e" onClick={() => edit(true)}>
        Edit <kbd>e</kbd>
      </button>
      <button type="button" aria-keyshortcuts="d" onClick={() => act('drop')}>
        Drop <kbd>d</kbd>
      </button>
      <button type="button" class="plain" aria-keyshortcuts="n" onClick={next}>
        Next <kbd>n</kbd>
      </button>
    </div>
  );
}

function Figures({ figures }: Pick<DraftsView, 'figures'>) {
  return (
    <Card title="By rule" aside={<span class="quiet">30 days</span>}>
      <div class="scroll" tabIndex={0} role="region" aria-label="Outcomes by rule">
        <table>
          <thead>
            <tr>
              <th scope="col">Rule</th>
              <th scope="col">Approved</th>
              <th scope="col">Edited</th>
              <th scope="col">Dropped</th>
              <th scope="col">Ended</th>
            </tr>
          </thead>
          <tbody>
            {figures.map(({ rule, approved, edited, dropped, ended }) => (
              <tr key={rule}>
                <th scope="row">
                  <code>{rule}</code>
                </th>
                <td>{approved}</td>
                <td>{edited}</td>
                <td>{dropped}</td>
                <td>{ended}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}
