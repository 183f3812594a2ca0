import { useState } from 'preact/hooks';
import type { DiffView } from '../../../src/server/views.js';
import { count } from '../format.js';
import { Action, Card, Empty, Said, said } from '../parts.js';
import { post } from '../server.js';

/** The decisions that would differ with the pasted rules. */
export function Diff() {
  const [rules, setRules] = useState('');
  const [view, setView] = useState<DiffView | null>(null);
  const compare = async () => {
    const found = await post<DiffView>('/api/diff', { rules });
    setView(found);
    const changed = found.groups.reduce((sum, { n }) => sum + n, 0);
    said.value =
      found.faults.length > 0 ? 'The rules have errors.' : `${count(changed, 'decision')} would differ.`;
  };
  return (
    <Card title="What would other rules change?" aside={<span class="quiet">nothing is activated</span>}>
      <div class="form">
        <label class="wide">
          A rule file, in place of all active rules
          <textarea
            class="code"
            rows={6}
            spellcheck={false}
            value={rules}
            onInput={(event) => setRules(event.currentTarget.value)}
          />
        </label>
        <Action
          reads
          label="Compare"
          act={() =>
            rules.trim() === '' ? Promise.reject(new Error('Paste a rule file first.')) : compare()
          }
        />
      </div>
      {view && (
        <div>
          {view.faults.length > 0 ? (
            <pre class="fault">{view.faults.join('\n\n')}</pre>
          ) : (
            <Groups view={view} />
          )}
        </div>
      )}
    </Card>
  );
}

/** Decisions that would differ, grouped. */
export function Groups({ view }: { readonly view: Omit<DiffView, 'faults'> }) {
  if (view.groups.length === 0) {
    return (
      <Empty>
        None of the latest {count(view.replayed, 'message')} and comments of contacts would have been decided
        differently.
      </Empty>
    );
  }
  return (
    <>
      <p>
        {count(
          view.groups.reduce((sum, { n }) => sum + n, 0),
          'decision',
        )}{' '}
        of the latest {view.replayed.toLocaleString()} about messages and comments of contacts would differ;
        active rules → these rules:
      </p>
      <ul class="plain">
        {view.groups.map(({ title, n, examples }) => (
          <li key={title}>
            <strong>{n.toLocaleString()}</strong> {title}
            {examples.map(({ id, text, before, after }) => (
              <div key={id} class="example">
                <a href={`/events/${encodeURIComponent(id)}`}>
                  <Said text={text} />
                </a>
                {before.map((each, index) => (
                  <del key={index}>
                    <Said text={each} />
                  </del>
                ))}
                {after.map((each, index) => (
                  <ins key={index}>
                    <Said text={each} />
                  </ins>
                ))}
              </div>
            ))}
          </li>
        ))}
      </ul>
    </>
  );
}
