import { tell } from './server.js';

/** Minimum time between two requests with a text that somebody is typing. */
const TELL_EVERY = 1_000;
/** Longest text that others see: the program sends no longer one. */
const LONGEST = 10_000;

/** Id of this page: several people, or one in several windows, may use one token. */
export const PAGE_ID = [...crypto.getRandomValues(new Uint32Array(4))].map((n) => n.toString(36)).join('-');

/** Tells the program what is typed in a text box, one request after the other. */
export interface Teller {
  /** An empty text is deleted at once. */
  readonly type: (text: string) => void;
  /** Deletes the text, also while the page closes. */
  readonly leave: () => void;
}

/** `path` is the address of the conversation or the comment. An error is ignored: to type works without. */
export function createTeller(path: string): Teller {
  let wanted = '';
  let told = '';
  let toldAt = -Infinity;
  let isTelling = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const send = () => tell(`${path}/typing`, { page: PAGE_ID, text: told }).catch(() => undefined);
  const flush = async () => {
    told = wanted;
    toldAt = performance.now();
    isTelling = true;
    await send();
    isTelling = false;
    plan();
  };
  const plan = () => {
    clearTimeout(timer);
    if (isTelling || wanted === told) return;
    const wait = wanted === '' ? 0 : toldAt + TELL_EVERY - performance.now();
    timer = setTimeout(() => void flush(), Math.max(0, wait));
  };
  const type = (text: string) => {
    wanted = text.slice(0, LONGEST);
    plan();
  };
  return {
    type,
    leave() {
      clearTimeout(timer);
      wanted = '';
      // A request in progress may arrive after this one: then its end deletes the text once more.
      if (told !== '' && !isTelling) void flush();
      else if (told !== '') void tell(`${path}/typing`, { page: PAGE_ID, text: '' }).catch(() => undefined);
    },
  };
}
