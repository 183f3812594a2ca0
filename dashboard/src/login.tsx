import { useState } from 'preact/hooks';
import { Mark } from './icons.js';
import { Title } from './parts.js';
import { askSession, post, session, wordsOf } from './server.js';

export function Login() {
  const [token, setToken] = useState('');
  const [error, setError] = useState<string | null>(null);
  const enter = (event: Event) => {
    event.preventDefault();
    post('/login', { token })
      .then(askSession)
      .catch((failure: unknown) => setError(wordsOf(failure)));
  };
  if (session.value?.needsToken === false) {
    return (
      <main class="login">
        <Mark />
        <Title>Autoresponder</Title>
        <p class="fault" role="alert">
          Without <code>server.token</code> the dashboard is for this machine alone, by the name localhost or
          127.0.0.1.
        </p>
      </main>
    );
  }
  return (
    <main class="login">
      <Mark />
      <Title>Autoresponder</Title>
      <form class="form" onSubmit={enter}>
        <label class="wide">
          The token of {(session.value?.token ?? 'the dashboard').replaceAll('`', '')}
          <input
            type="password"
            autocomplete="current-password"
            value={token}
            onInput={(event) => setToken(event.currentTarget.value)}
          />
        </label>
        <button type="submit">Log in</button>
        {error !== null && (
          <p class="fault" role="alert">
            {error}
          </p>
        )}
      </form>
    </main>
  );
}
