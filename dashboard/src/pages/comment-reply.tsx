import { useRef, useState } from 'preact/hooks';
import type { CommentView } from '../../../src/server/drafts-views.js';
import { timeOf } from '../format.js';
import { Action, Known } from '../parts.js';
import { mayAct, post, useServer } from '../server.js';
import { Saved } from './saved.js';

/** A button at a comment that opens a text box for a public or the private reply; hidden from a viewer. */
export function CommentReply({ id, again }: { readonly id: string; readonly again: () => void }) {
  const [isOpen, setOpen] = useState(false);
  if (!mayAct.value) return null;
  if (isOpen) return <Box id={id} again={again} close={() => setOpen(false)} />;
  return (
    <button type="button" class="plain" onClick={() => setOpen(true)}>
      Reply to this comment
    </button>
  );
}

interface BoxProps {
  readonly id: string;
  readonly again: () => void;
  readonly close: () => void;
}

function Box({ id, again, close }: BoxProps) {
  const path = `/api/comments/${encodeURIComponent(id)}`;
  const asked = useServer<CommentView>(path);
  return (
    <Known data={asked.data} error={asked.error}>
      {(view) => (
        <Write
          view={view}
          path={path}
          again={() => {
            asked.again();
            again();
          }}
          close={close}
        />
      )}
    </Known>
  );
}

interface WriteProps extends Omit<BoxProps, 'id'> {
  readonly view: CommentView;
  readonly path: string;
}

function Write({ view: { version, privateReply }, path, again, close }: WriteProps) {
  const [text, setText] = useState('');
  const [isPrivate, setPrivate] = useState(false);
  const box = useRef<HTMLTextAreaElement>(null);
  const closed = whyNotPrivate(privateReply);
  const send = () =>
    post(`${path}/reply`, { text, isPrivate: isPrivate && closed === null, version })
      .then(close)
      .finally(again);
  const insert = (saved: string) => {
    setText((before) => (before.trim() === '' ? saved : `${before.trimEnd()}\n${saved}`));
    box.current?.focus();
  };
  return (
    <div class="write">
      <Saved path={`${path}/saved`} version={version} insert={insert} />
      <label class="row">
        <input
          type="checkbox"
          checked={isPrivate && closed === null}
          disabled={closed !== null}
          onChange={(event) => setPrivate(event.currentTarget.checked)}
        />
        as the private reply
      </label>
      <p class="note" role="status">
        {closed ??
          (isPrivate
            ? `A comment allows only one private reply: this one uses it up. It is possible until ${timeOf(privateReply.endsAt ?? 0)}.`
            : 'Everybody can read this reply.')}
      </p>
      <label class="field">
        Reply to the comment
        <textarea
          ref={box}
          dir="auto"
          rows={3}
          name="comment-reply"
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <div class="row">
        <Action label={isPrivate && closed === null ? 'Send privately' : 'Send in public'} act={send} />
        <button type="button" class="plain" onClick={close}>
          Cancel
        </button>
        <span class="quiet">Automatic replies to this person pause.</span>
      </div>
    </div>
  );
}

/** The cause that makes the private reply impossible; null if it is possible. */
function whyNotPrivate({ usedBy, endsAt }: CommentView['privateReply']): string | null {
  if (usedBy !== null) return `Everybody can read this reply. The only private reply is gone: ${usedBy}.`;
  if (endsAt === null) return 'Everybody can read this reply. The platform has no private replies.';
  if (endsAt > Date.now()) return null;
  return `Everybody can read this reply. The private reply was possible until ${timeOf(endsAt)}.`;
}
