import type { DialogueView } from '../../../src/server/views.js';
import { timeOf } from '../format.js';
import { Action } from '../parts.js';
import { post } from '../server.js';
import { Saved } from './saved.js';
import { TextBox, useTyped } from './text-box.js';

interface WriteProps {
  readonly person: DialogueView['person'];
  readonly reply: NonNullable<DialogueView['reply']>;
  readonly again: () => void;
}

/** A text box for a reply by hand. If somebody else wrote meanwhile, nothing is sent and the text stays. */
export function Write({ person: { account, contactId }, reply: { version, endsAt }, again }: WriteProps) {
  const path = `/api/people/${encodeURIComponent(account)}/${encodeURIComponent(contactId)}`;
  const typed = useTyped(path);
  if (endsAt !== null && endsAt <= Date.now()) {
    return <p class="note">The platform accepts no more replies to the last message.</p>;
  }
  const send = () =>
    post('/api/replies', { account, contactId, text: typed.text, version })
      .then(() => typed.setText(''))
      .finally(again);
  return (
    <div class="write">
      <Saved path={`${path}/saved`} version={version} insert={typed.insert} />
      <TextBox label="Reply by hand" name="reply" typed={typed} />
      <div class="row">
        <Action label="Send" act={send} />
        <span class="quiet">
          Automatic replies to this person pause.
          {endsAt !== null && ` The platform accepts replies until ${timeOf(endsAt)}.`}
        </span>
      </div>
    </div>
  );
}
