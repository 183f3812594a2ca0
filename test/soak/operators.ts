import { setTimeout as wait } from 'node:timers/promises';
import { type Millis, SECOND } from '../../src/domain/time.js';
import type { DraftsView, DraftView } from '../../src/server/drafts-views.js';
import type { Dice } from './dice.js';
import type { GuestMessage } from './guests.js';

/** Result of a request: the program made the change, refused it, or ended before it responded. */
export type Answer = 'done' | 'refused' | 'lost';

/** Change of a draft that an operator asked for. */
export interface DraftAct {
  readonly do: 'approve' | 'edit' | 'drop';
  readonly eventId: string;
  /** Texts of the draft after the change, by number of the send. */
  readonly texts: ReadonlyMap<number, string>;
  readonly by: string;
  readonly answer: Answer;
}

/** Reply that an operator wrote. Its text is unique. */
export interface HandAct {
  readonly text: string;
  readonly account: string;
  readonly person: string;
  /** Replies that name the same state of a conversation have the same number: the program takes one of them. */
  readonly pair: number;
  readonly by: string;
  readonly answer: Answer;
  /** Time when the response arrived, or the connection ended. */
  readonly answeredAt: number;
}

export interface Operators {
  readonly drafts: readonly DraftAct[];
  readonly hands: readonly HandAct[];
  /** Responses other than those that the API documents. */
  readonly faults: readonly string[];
  /** Number of drafts in the list that they read last. */
  waiting(): number;
  /** From now on they end each draft, and write nothing. */
  finish(): void;
  stop(): Promise<void>;
}

/** The people at the dashboard, by the names of their tokens. */
const NAMES = ['mia', 'noah'] as const;
export const tokenOf = (name: string): string => `token-of-${name}`;
/** Keys of the configuration that let the operators in. */
export const deskOf = (port: number): string =>
  `server: { host: 127.0.0.1, port: ${port}, token: token-of-the-owner, tokens: [${NAMES.map(
    (name) => `{ name: ${name}, role: agent, token: ${tokenOf(name)} }`,
  ).join(', ')}] }\n`;

const BETWEEN: Millis = 40;
/** Longer than any command takes; a program that is killed closes its connections. */
const TIMEOUT: Millis = 30 * SECOND;
/** Guests whose conversations the operators look at. */
const RECENT = 16;

interface Dashboard {
  readonly port: number;
  /** Called when a change begins. */
  readonly onChange: () => void;
}

/** Two people who approve, edit and drop drafts and write replies, by the API of the dashboard. */
export function createOperators(
  dashboard: Dashboard,
  dice: Dice,
  messages: readonly GuestMessage[],
): Operators {
  const drafts: DraftAct[] = [];
  const hands: HandAct[] = [];
  const faults: string[] = [];
  const call = caller(dashboard, faults);
  let waiting = 0;
  let pairs = 0;
  let isStopped = false;
  let isFinishing = false;

  async function changeDraft(draft: DraftView, by: string): Promise<void> {
    const what = isFinishing
      ? dice.pick(['approve', 'approve', 'drop'] as const)
      : dice.pick(['approve', 'approve', 'approve', 'edit', 'drop'] as const);
    const isEdited = what === 'edit' || dice.chance(0.25);
    const texts = new Map(
      draft.texts.map(({ id, text }) => [id, isEdited ? `${text}, ${by} ${drafts.length}` : text]),
    );
    const edits = isEdited ? [...texts].map(([send, text]) => ({ send, text })) : [];
    const body = { version: draft.version, edits };
    const { answer } = await call(by, `/drafts/${draft.id}/${what}`, body);
    drafts.push({ do: what, eventId: draft.eventId, texts, by, answer });
  }

  /** Both people act at once now and then. */
  const whoActs = (): readonly string[] => (dice.chance(0.25) ? NAMES : [dice.pick(NAMES)]);

  async function work(): Promise<void> {
    const list = await call<DraftsView>('mia', '/drafts');
    if (list.body === null) return;
    waiting = list.body.drafts.length;
    const chosen = isFinishing ? list.body.drafts : list.body.drafts.filter(() => dice.chance(0.4));
    const changes = chosen.flatMap((draft) => whoActs().map((by) => changeDraft(draft, by)));
    if (!isFinishing) changes.push(reply(), reply());
    await Promise.all(changes);
  }

  async function reply(): Promise<void> {
    const recent = messages.slice(-RECENT);
    const [first, ...rest] = recent;
    if (first === undefined) return;
    const message = dice.pick([first, ...rest]);
    const conversation = `/people/${message.account}/${message.person}`;
    if (message.rule === 'catalogue') {
      await writeTo(message, `/comments/${message.eventId}`, {
        path: `/comments/${encodeURIComponent(message.eventId)}/reply`,
        body: { isPrivate: dice.chance(0.5) },
      });
      return;
    }
    const { account, person: contactId } = message;
    await writeTo(message, conversation, { path: '/replies', body: { account, contactId } });
  }

  async function writeTo(
    { account, person }: GuestMessage,
    page: string,
    { path, body }: { readonly path: string; readonly body: object },
  ): Promise<void> {
    const shown = await call<{ version?: string; reply?: { version: string } | null }>('mia', page);
    const version = shown.body?.version ?? shown.body?.reply?.version;
    if (version === undefined) return;
    const pair = (pairs += 1);
    await Promise.all(
      whoActs().map(async (by) => {
        const text = `By hand ${pair} from ${by}`;
        const { answer } = await call(by, path, { ...body, text, version });
        hands.push({ text, account, person, pair, by, answer, answeredAt: Date.now() });
      }),
    );
  }

  async function live(): Promise<void> {
    while (!isStopped) {
      await work();
      await wait(BETWEEN);
    }
  }
  const living = live();

  return {
    ...{ drafts, hands, faults },
    waiting: () => waiting,
    finish: () => {
      isFinishing = true;
    },
    async stop() {
      isStopped = true;
      await living;
    },
  };
}

interface Called<T> {
  readonly answer: Answer;
  readonly body: T | null;
}

type Call = <T>(by: string, path: string, body?: object) => Promise<Called<T>>;

function caller({ port, onChange }: Dashboard, faults: string[]): Call {
  return async <T>(by: string, path: string, body?: object): Promise<Called<T>> => {
    if (body !== undefined) onChange();
    try {
      const response = await fetch(`http://127.0.0.1:${port}/api${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: {
          authorization: `Bearer ${tokenOf(by)}`,
          'content-type': 'application/json',
          'x-requested-with': 'autoresponder',
          connection: 'close',
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(TIMEOUT),
      });
      const text = await response.text();
      if (response.ok) return { answer: 'done', body: JSON.parse(text) as T };
      if (response.status !== 409 && response.status !== 404)
        faults.push(`${path} answered ${response.status}: ${text}`);
      return { answer: response.status < 500 ? 'refused' : 'lost', body: null };
    } catch {
      return { answer: 'lost', body: null };
    }
  };
}
