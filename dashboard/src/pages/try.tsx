import { useState } from 'preact/hooks';
import type { AccountView, TryView } from '../../../src/server/views.js';
import { Action, Card, said, Waiting } from '../parts.js';
import { post, wordsOf } from '../server.js';
import { TraceView } from '../trace.js';
import { wordsFor } from '../words.js';
import { WrittenTo } from './written-to.js';

/** A text to try, and the rules' decision about it. Nothing is sent. */
export function TryBox({ accounts }: { readonly accounts: readonly AccountView[] }) {
  const [text, setText] = useState('');
  const [account, setAccount] = useState(accounts[0]?.name ?? '');
  const [kind, setKind] = useState('message');
  const [at, setAt] = useState('');
  const [view, setView] = useState<TryView | null>(null);
  const [error, setError] = useState<string | null>(null);
  const ask = async () => {
    const time = at === '' ? Date.now() : new Date(at).getTime();
    const found = await post<TryView>('/api/try', { text, account, kind, at: time });
    setView(found);
    setError(null);
    said.value = `${wordsFor(found.decision.reason).label}: ${verdictOf(found)}`;
  };
  return (
    <Card title="Try a message" aside={<span class="quiet">nothing is sent</span>}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (text !== '') ask().catch((failure: unknown) => setError(wordsOf(failure)));
        }}
      >
        <label class="wide">
          Message of a new contact
          <textarea
            dir="auto"
            rows={2}
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </label>
        <WrittenTo {...{ accounts, account, kind, setAccount, setKind }} />
        <label>
          When (empty: now)
          <input type="datetime-local" value={at} onInput={(event) => setAt(event.currentTarget.value)} />
        </label>
        <Action
          reads
          label="Decide"
          act={() => (text === '' ? Promise.reject(new Error('Write something first.')) : ask())}
        />
      </form>
      {error !== null && <Waiting error={error} />}
      {view && <TraceView decision={view.decision} sentence={verdictOf(view)} />}
    </Card>
  );
}

function verdictOf({ decision }: TryView): string {
  return decision.reason === 'replied' ? 'It would get this reply.' : wordsFor(decision.reason).sentence;
}
