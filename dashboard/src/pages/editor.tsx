import { signal } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import type {
  RuleCheckView,
  RuleFaultView,
  RuleFileView,
  RuleRefusedView,
  RuleSavedView,
} from '../../../src/server/edit-views.js';
import { CodeArea } from '../code-area.js';
import type { Schema } from '../complete.js';
import { Action, Card, Empty, Title, Waiting } from '../parts.js';
import { get, post, ServerError, wordsOf } from '../server.js';
import { Groups } from './diff.js';
import { Outcomes } from './outcomes.js';

/** The result of the last change, kept until another file is opened. */
const lastSaved = signal('');
/** Texts that are not saved, by file, with the version that was edited; kept while other pages are shown. */
const drafts = new Map<string, Pick<RuleFileView, 'text' | 'version'>>();
/** Time without a keystroke after which the rules are checked. */
const PAUSE = 400;

const addressOf = (name: string): string => `/api/rule-files/files/${encodeURIComponent(name)}`;

/** A rule file as YAML, with its errors and tests while it is typed. */
export function Editor({ file }: { readonly file: string }) {
  const [opened, setOpened] = useState<RuleFileView | null>(null);
  const [schema, setSchema] = useState<Schema | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [loads, setLoads] = useState(0);
  const load = () =>
    get<RuleFileView>(addressOf(file))
      .then((view) => {
        setOpened(view);
        setLoads((n) => n + 1);
      })
      .catch((failure: unknown) => setError(wordsOf(failure)));
  useEffect(() => {
    lastSaved.value = '';
    void load();
    get<Schema>('/api/rule-files/schema').then(setSchema, () => undefined);
  }, [file]);
  return (
    <>
      <Title about={file}>Edit rules</Title>
      {opened === null ? (
        <Waiting error={error} />
      ) : (
        <Open
          key={`${opened.version} ${loads}`}
          opened={opened}
          schema={schema}
          reload={load}
          saved={setOpened}
        />
      )}
    </>
  );
}

interface OpenProps {
  readonly opened: RuleFileView;
  readonly schema: Schema | null;
  readonly reload: () => Promise<unknown>;
  readonly saved: (file: RuleFileView) => void;
}

function Open({ opened, schema, reload, saved }: OpenProps) {
  const { name } = opened;
  const [text, setText] = useState(drafts.get(name)?.text ?? opened.text);
  const [refused, setRefused] = useState<RuleRefusedView | null>(null);
  const go = useRef<(line: number, column: number) => void>(() => undefined);
  const { check, busy, error } = useCheck(name, text);
  const isChanged = text !== opened.text;
  useLeaveWarning(isChanged);
  const faults = refused?.faults ?? check?.faults ?? [];

  const save = async (): Promise<void> => {
    try {
      const { version, kept, problem } = await post<RuleSavedView>(addressOf(name), {
        text,
        version: drafts.get(name)?.version ?? opened.version,
      });
      setRefused(null);
      drafts.delete(name);
      lastSaved.value = `Saved; the former file is ${kept}. ${problem ?? 'The rules are active.'}`;
      saved({ name, text, version });
    } catch (failure) {
      setRefused(failure instanceof ServerError ? (failure.body as RuleRefusedView) : null);
      throw failure;
    }
  };
  return (
    <>
      <Card
        title={<code>{name}</code>}
        aside={
          <div class="row">
            <State isBusy={busy} isChanged={isChanged} />
            {isChanged && <Action label="Save" act={save} />}
            <a class="button" href="/rules">
              Back to the rules
            </a>
          </div>
        }
      >
        <CodeArea
          label={`Rules of ${name}`}
          text={text}
          setText={(next) => {
            setRefused(null);
            drafts.set(name, { text: next, version: drafts.get(name)?.version ?? opened.version });
            setText(next);
          }}
          schema={schema}
          bad={badLines(faults, name)}
          jump={(to) => (go.current = to)}
        />
        {error !== null && <Waiting error={error} />}
        <Faults faults={faults} name={name} go={(line, column) => go.current(line, column)} />
        {refused?.diff && (
          <OnDisk
            lines={refused.diff}
            reload={() => {
              drafts.delete(name);
              return reload();
            }}
          />
        )}
      </Card>
      <Card title="Its tests">
        {check === null ? <Empty>Checked in a moment.</Empty> : <Outcomes tests={check.tests} />}
      </Card>
      <Changes name={name} text={text} />
    </>
  );
}

function State({ isBusy, isChanged }: { readonly isBusy: boolean; readonly isChanged: boolean }) {
  return <span class="quiet">{isBusy ? 'Checking …' : isChanged ? 'Not saved' : lastSaved.value}</span>;
}

/** Lines of the file with an error. */
function badLines(faults: readonly RuleFaultView[], name: string): ReadonlySet<number> {
  const own = faults.filter(({ file, severity }) => file === name && severity === 'error');
  return new Set(own.map(({ line }) => line));
}

/** Checks the text some time after it was typed, one check at a time. */
function useCheck(name: string, text: string) {
  const [check, setCheck] = useState<RuleCheckView | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [asked, setAsked] = useState<string | null>(null);
  const latest = useRef(text);
  const isRunning = useRef(false);
  latest.current = text;
  const run = async (): Promise<void> => {
    if (isRunning.current) return;
    isRunning.current = true;
    try {
      let current: string;
      do {
        current = latest.current;
        setCheck(await post<RuleCheckView>(`${addressOf(name)}/check`, { text: current }));
        setError(null);
      } while (current !== latest.current);
    } catch (failure) {
      setError(wordsOf(failure));
    } finally {
      isRunning.current = false;
      setAsked(latest.current);
    }
  };
  useEffect(() => {
    const timer = setTimeout(() => void run(), PAUSE);
    return () => clearTimeout(timer);
  }, [text]);
  return { check, error, busy: asked !== text };
}

function useLeaveWarning(isChanged: boolean): void {
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent): void => event.preventDefault();
    if (isChanged) addEventListener('beforeunload', warn);
    return () => removeEventListener('beforeunload', warn);
  }, [isChanged]);
}

interface FaultsProps {
  readonly faults: readonly RuleFaultView[];
  readonly name: string;
  readonly go: (line: number, column: number) => void;
}

function Faults({ faults, name, go }: FaultsProps) {
  return (
    <ul class="plain faults">
      {faults.map(({ severity, file, line, column, message, fix }) => (
        <li key={`${file}:${line}:${column} ${message}`}>
          <span class={`chip ${severity === 'error' ? 'bad' : 'warn'}`}>{severity}</span>{' '}
          {file === name ? (
            <button type="button" class="plain" onClick={() => go(line, column)}>
              line {line}, column {column}
            </button>
          ) : (
            <span>
              {file}, line {line}
            </span>
          )}
          : <bdi>{message}</bdi>
          {fix !== null && <span class="detail">fix: {fix}</span>}
        </li>
      ))}
    </ul>
  );
}

interface OnDiskProps {
  readonly lines: NonNullable<RuleRefusedView['diff']>;
  readonly reload: () => Promise<unknown>;
}

/** Shows the changes that saving would have made to the file as it is on disk now. */
function OnDisk({ lines, reload }: OnDiskProps) {
  return (
    <div class="note">
      <p>The file on disk, and what your text would make of it. Copy what you need, then open it again.</p>
      <div class="linediff">
        {lines.map(({ kind, text }, index) =>
          kind === 'removed' ? (
            <del key={index}>{text}</del>
          ) : kind === 'added' ? (
            <ins key={index}>{text}</ins>
          ) : (
            <div key={index}>{text}</div>
          ),
        )}
      </div>
      <Action
        label="Open the file on disk"
        act={reload}
        confirm="Your changes on this page will be lost. Open the file again?"
      />
    </div>
  );
}

/** Shows the decisions of the last 30 days that the text would have changed. */
function Changes({ name, text }: { readonly name: string; readonly text: string }) {
  const [view, setView] = useState<RuleCheckView['diff'] | null>(null);
  const compare = async (): Promise<void> => {
    const { diff } = await post<RuleCheckView>(`${addressOf(name)}/check`, { text, replay: true });
    if (diff === null) throw new Error('The rules have errors.');
    setView(diff);
  };
  return (
    <Card title="What would change" aside={<Action reads label="Compare the last 30 days" act={compare} />}>
      {view === null ? <Empty>Nothing is activated by comparing.</Empty> : <Groups view={view} />}
    </Card>
  );
}
