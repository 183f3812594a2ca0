import { useState } from 'preact/hooks';
import type { CommentView } from '../../../src/server/drafts-views.js';
import { timeOf } from '../format.js';
import { Action, Known } from '../parts.js';
import { mayAct, post, useServer } from '../server.js';
import { Saved } from './saved.js';
import { TextBox, useTyped } from './text-box.js';
import { OthersTyping } from './typing.js';

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
  const typed = useTyped(path);
  const [isPrivate, setPrivate] = useState(false);
  const closed = whyNotPrivate(privateReply);
  // If the private reply is used while the box is open, the server refuses: a text for one person never leaves in
  // public without a choice.
  const send = () =>
    post(`${path}/reply`, { text: typed.text, isPrivate, version }).then(close).finally(again);
  return (
    <div class="write">
      <Saved path={`${path}/saved`} version={version} insert={typed.insert} />
      <label class="row">
        <input
          type="checkbox"
          checked={isPrivate}
          disabled={closed !== null && !isPrivate}
          onChange={(event) => setPrivate(event.currentTarget.checked)}
        />
        as the private reply
      </label>
      <p class="note" role="status">
        {isPrivate ? aboutPrivate(privateReply, closed) : `Everybody can read this reply. ${closed ?? ''}`}
      </p>
      <TextBox label="Reply to the comment" name="comment-reply" typed={typed} />
      <div class="row">
        <Action label={isPrivate ? 'Send privately' : 'Send in public'} act={send} />
        <button type="button" class="plain" onClick={close}>
          Cancel
        </button>
        <span class="quiet">Automatic replies to this person pause.</span>
      </div>
      <OthersTyping path={path} />
    </div>
  );
}

/** The cause that makes the private reply impossible; null if it is possible. */
function whyNotPrivate({ usedBy, endsAt }: CommentView['privateReply']): string | null {
  if (usedBy !== null) return `The only private reply is gone: ${usedBy}.`;
  if (endsAt === null) return 'The platform has no private replies.';
  return endsAt > Date.now() ? null : `The private reply was possible until ${timeOf(endsAt)}.`;
}

function aboutPrivate({ endsAt }: CommentView['privateReply'], closed: string | null): string {
  return closed === null
    ? `A comment allows only one private reply: this one uses it up. It is possible until ${timeOf(endsAt ?? 0)}.`
    : `${closed} Untick the box to reply in public.`;
}
