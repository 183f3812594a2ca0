import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon, type IconName } from './icons.js';
import { isConnected, mayAct, session, wordsOf } from './server.js';
import { wordsFor } from './words.js';

/** A reason in the owner's words; its code is the tooltip. */
export function Reason({ reason }: { readonly reason: string | null }) {
  const { label, sentence, tone } = wordsFor(reason);
  return (
    <span class={`chip ${tone}`} title={reason === null ? sentence : `${sentence} (${reason})`}>
      {label}
    </span>
  );
}

/** An empty page that explains what will be shown here. */
export function Teach({ icon, children }: { readonly icon: IconName; readonly children: ComponentChildren }) {
  return (
    <div class="empty teach">
      <Icon name={icon} />
      {children}
    </div>
  );
}

/** A text of a contact, escaped, in its own direction. */
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
  readonly title: ComponentChildren;
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

/** A notice for an empty list, with the cause. */
export function Empty({ children }: { readonly children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}

/** Shows the error, or a loading notice, instead of the data. */
export function Waiting({ error }: { readonly error: string | null }) {
  return error === null ? (
    <p class="empty" role="status">
      Loading …
    </p>
  ) : (
    <p class="fault" role="alert">
      {error}
    </p>
  );
}

/** Time after an action in which a click is the second of a double click, and might hit another button. */
const DOUBLE = 600;
const settling = signal(0);

function settle(): void {
  settling.value += 1;
  setTimeout(() => (settling.value -= 1), DOUBLE);
}

/** Announces a result to screen readers. */
export const said = signal('');

interface KnownProps<T> {
  readonly data: T | null;
  readonly error: string | null;
  readonly children: (data: T) => ComponentChildren;
}

/** The latest response of the program, kept while it does not respond: opened rows and typed text stay. */
export function Known<T>({ data, error, children }: KnownProps<T>) {
  // The error is not shown here: the top of the page shows that the program does not respond.
  const isSaid = data !== null && !isConnected.value;
  return (
    <>
      {(error !== null || data === null) && !isSaid && <Waiting error={error} />}
      {data !== null && children(data)}
    </>
  );
}

interface ActionProps {
  readonly label: string;
  /** The subject of the action, for the accessible name of buttons with the same label. */
  readonly about?: string;
  readonly act: () => Promise<unknown>;
  /** Question to confirm; without it the action runs at once. */
  readonly confirm?: string;
  readonly danger?: boolean;
  /** True if it changes nothing, so that a viewer has it too. @default false */
  readonly reads?: boolean;
}

/** A button that shows the error of its action; hidden if the caller's token may not do it. */
export function Action({ reads = false, ...props }: ActionProps) {
  return reads || mayAct.value ? <ActionButton {...props} /> : null;
}

function ActionButton({ label, about, act, confirm, danger = false }: Omit<ActionProps, 'reads'>) {
  const [state, setState] = useState<{ isBusy: boolean; error: string | null }>({
    isBusy: false,
    error: null,
  });
  const dialog = useRef<HTMLDialogElement>(null);
  const isUsed = useRef(false);
  // The row of a used button goes when the list is read again, at once or after seconds.
  useEffect(
    () => () => {
      if (isUsed.current) setTimeout(findFocus);
    },
    [],
  );
  const isClosed = state.isBusy || settling.value > 0;
  const go = () => {
    if (isClosed) return;
    dialog.current?.close();
    setState({ isBusy: true, error: null });
    isUsed.current = true;
    settle();
    act()
      .then(() => {
        setState({ isBusy: false, error: null });
        said.value = `${label}: done`;
      })
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
        {about !== undefined && <span class="unseen"> {about}</span>}
      </button>
      {state.error !== null && (
        <span class="fault" role="alert">
          {state.error}
        </span>
      )}
      {confirm !== undefined && (
        <dialog ref={dialog} aria-label={label}>
          <p>{confirm}</p>
          {about !== undefined && <Said text={about} class="quiet" />}
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

/** Moves the focus to the top of the page when the focused button was removed. */
function findFocus(): void {
  if (document.activeElement === document.body) document.querySelector<HTMLElement>('h1')?.focus();
}

/** Sets the title of the page and of its window; `about` tells apart several windows with the same page. */
export function Title({ children, about }: { readonly children: string; readonly about?: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
  }, [children]);
  useEffect(() => {
    const whose = session.value?.workspace ?? 'Autoresponder';
    document.title = `${children}${about === undefined ? '' : ` ${about}`} – ${whose}`;
  }, [children, about]);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  );
}
