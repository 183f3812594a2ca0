import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { toneOf } from './format.js';
import { wordsOf } from './server.js';

export function Reason({ reason }: { readonly reason: string | null }) {
  return <span class={`chip ${toneOf(reason)}`}>{reason ?? 'not decided yet'}</span>;
}

/** What somebody wrote: as text, in its own direction, whatever it contains. */
export function Said({ text, class: name = '' }: { readonly text: string; readonly class?: string }) {
  return (
    <bdi dir="auto" class={`said ${name}`}>
      {text}
    </bdi>
  );
}

export function Card({
  title,
  aside,
  children,
}: {
  readonly title: string;
  readonly aside?: ComponentChildren;
  readonly children: ComponentChildren;
}) {
  return (
    <section class="card">
      <header>
        <h2>{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  );
}

/** Says what is empty, and why. */
export function Empty({ children }: { readonly children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}

/** The error instead of the data, or that it is on its way. */
export function Waiting({ error }: { readonly error: string | null }) {
  return error === null ? (
    <p class="empty" role="status">
      Asking the program …
    </p>
  ) : (
    <p class="fault" role="alert">
      {error}
    </p>
  );
}

/** So long after something was done or asked a click is the second of a double one, and may meet another button. */
const DOUBLE = 600;
const settling = signal(0);

function settle(): void {
  settling.value += 1;
  setTimeout(() => (settling.value -= 1), DOUBLE);
}

interface ActionProps {
  readonly label: string;
  readonly act: () => Promise<unknown>;
  /** Asked before it is done; without it, it is done at once. */
  readonly confirm?: string;
  readonly danger?: boolean;
}

/** A button that says what went wrong. */
export function Action({ label, act, confirm, danger = false }: ActionProps) {
  const [state, setState] = useState<{ isBusy: boolean; error: string | null }>({
    isBusy: false,
    error: null,
  });
  const dialog = useRef<HTMLDialogElement>(null);
  const isClosed = state.isBusy || settling.value > 0;
  const go = () => {
    if (isClosed) return;
    dialog.current?.close();
    setState({ isBusy: true, error: null });
    settle();
    act()
      .then(() => setState({ isBusy: false, error: null }))
      .catch((error: unknown) => setState({ isBusy: false, error: wordsOf(error) }))
      .finally(settle);
  };
  const ask = () => {
    if (isClosed) return;
    settle();
    dialog.current?.showModal();
  };
  return (
    <span class="action">
      <button
        type="button"
        class={danger ? 'danger' : ''}
        aria-disabled={isClosed}
        onClick={confirm === undefined ? go : ask}
      >
        {state.isBusy ? `${label} …` : label}
      </button>
      {state.error !== null && (
        <span class="fault" role="alert">
          {state.error}
        </span>
      )}
      {confirm !== undefined && (
        <dialog ref={dialog} aria-label={label}>
          <p>{confirm}</p>
          <div class="row end">
            <button type="button" onClick={() => dialog.current?.close()}>
              Not now
            </button>
            <button type="button" class="danger" aria-disabled={isClosed} onClick={go}>
              {label}
            </button>
          </div>
        </dialog>
      )}
    </span>
  );
}

/** The page's name, in the window and for whoever hears it read. */
export function Title({ children }: { readonly children: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${children} – Autoresponder`;
    heading.current?.focus({ preventScroll: true });
  }, [children]);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  );
}
