import type { AccountView } from '../../../src/server/views.js';

interface WrittenToProps {
  readonly accounts: readonly AccountView[];
  readonly account: string;
  readonly kind: string;
  readonly setAccount: (account: string) => void;
  readonly setKind: (kind: string) => void;
}

/** Selectors of the account that a text is written to, and of its kind. */
export function WrittenTo({ accounts, account, kind, setAccount, setKind }: WrittenToProps) {
  return (
    <>
      <label>
        To
        <select value={account} onChange={(event) => setAccount(event.currentTarget.value)}>
          {accounts.map(({ name }) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <label>
        As
        <select value={kind} onChange={(event) => setKind(event.currentTarget.value)}>
          <option value="message">a message</option>
          <option value="comment">a comment</option>
        </select>
      </label>
    </>
  );
}
