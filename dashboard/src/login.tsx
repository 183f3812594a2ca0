import { useState } from 'preact/hooks';
import { Title } from './parts.js';
import { isIn, post, wordsOf } from './server.js';

export function Login() {
  const [token, setToken] = useState('');
  const [error, setError] = useState<string | null>(null);
  const enter = (event: Event) => {
    event.preventDefault();
    post('/login', { token })
      .then(() => (isIn.value = true))
      .catch((failure: unknown) => setError(wordsOf(failure)));
  };
  return (
    <main class="login">
      <Title>Autoresponder</Title>
      <form class="form" onSubmit={enter}>
        <label class="wide">
          The token of <code>server.token</code>
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
