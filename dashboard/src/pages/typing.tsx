import { useEffect, useRef, useState } from 'preact/hooks';
import type { TypingView } from '../../../src/server/drafts-views.js';
import { Said } from '../parts.js';
import { get, session } from '../server.js';
import { createTeller, PAGE_ID, type Teller } from '../typing.js';

/** Interval of the requests for what others type, while the page is visible. */
const ASK_EVERY = 2_000;

/** Shows others what is typed here, until it is sent, cleared or left. */
export function useTeller(path: string, text: string): void {
  const teller = useRef<Teller | null>(null);
  useEffect(() => {
    const made = createTeller(path);
    teller.current = made;
    addEventListener('pagehide', made.leave);
    return () => {
      removeEventListener('pagehide', made.leave);
      made.leave();
    };
  }, [path]);
  useEffect(() => teller.current?.type(text), [path, text]);
}

/**
 * The texts that others are typing about the same conversation or comment. A screen reader announces who begins and
 * who ends, and not each key.
 */
export function OthersTyping({ path }: { readonly path: string }) {
  const typing = useOthers(path);
  return (
    <div class="typing">
      <p class="unseen" role="status">
        {typing.map(({ by }) => `${nameOf(by)} is writing.`).join(' ')}
      </p>
      {typing.map(({ by, text }, index) => (
        <div key={index} tabIndex={0} role="group" aria-label={`Text of ${nameOf(by)}`}>
          <bdi>{nameOf(by)}</bdi> is writing: <Said text={text} />
        </div>
      ))}
    </div>
  );
}

function useOthers(path: string): TypingView['typing'] {
  const [typing, setTyping] = useState<TypingView['typing']>([]);
  useEffect(() => {
    let isWanted = true;
    const ask = () => {
      if (document.hidden) return;
      get<TypingView>(`${path}/typing?page=${PAGE_ID}`)
        .then((view) => isWanted && setTyping(view.typing))
        .catch(() => isWanted && setTyping([]));
    };
    ask();
    const timer = setInterval(ask, ASK_EVERY);
    document.addEventListener('visibilitychange', ask);
    return () => {
      isWanted = false;
      clearInterval(timer);
      document.removeEventListener('visibilitychange', ask);
      setTyping([]);
    };
  }, [path]);
  return typing;
}

/** A person with the same token, or the reader in another window, has the reader's name. */
function nameOf(by: string): string {
  return by === session.value?.name ? `${by} (another window)` : by;
}
