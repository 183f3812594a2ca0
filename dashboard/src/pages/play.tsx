import { useState } from 'preact/hooks';
import type { AccountView } from '../../../src/server/views.js';
import { Action, Card, said } from '../parts.js';
import { post } from '../server.js';
import { WrittenTo } from './written-to.js';

/** A box of the demo in which the reader writes as a customer. */
export function PlayBox({ accounts }: { readonly accounts: readonly AccountView[] }) {
  const [text, setText] = useState('');
  const [from, setFrom] = useState('Ana');
  const [account, setAccount] = useState(accounts[0]?.name ?? '');
  const [kind, setKind] = useState('message');
  const write = async () => {
    if (text.trim() === '') throw new Error('Write something first.');
    await post('/api/play', { account, from, text, kind });
    setText('');
    said.value = `Written as ${from}. It appears below in a few seconds.`;
  };
  return (
    <Card title="Play a customer" aside={<span class="quiet">only in the demo</span>}>
      <form class="form" onSubmit={(event) => event.preventDefault()}>
        <label class="wide">
          Your message
          <textarea
            dir="auto"
            rows={2}
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </label>
        <label>
          From
          <input dir="auto" value={from} onInput={(event) => setFrom(event.currentTarget.value)} />
        </label>
        <WrittenTo {...{ accounts, account, kind, setAccount, setKind }} />
        <Action label="Write" act={write} />
      </form>
    </Card>
  );
}
