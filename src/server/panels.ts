import type { Observer } from '../domain/observer.js';
import type { Trouble } from '../domain/health.js';
import type { Clock } from '../domain/time.js';
import { isSet } from '../project/asked.js';
import { type LiveWorkspace, rulesState } from '../project/reload.js';
import type { AuditStore } from '../store/ports/audit.js';
import type { ContactStore } from '../store/ports/contacts.js';
import { runCommand } from './control.js';
import { healthOf } from './health.js';
import type { Panel } from './panel.js';
import { watchProgram, type Watcher } from './watch-program.js';

/** Data source of the dashboard for one workspace, by the kind of its store. */
export interface PanelSource extends Pick<Panel, 'reports'> {
  readonly store: Panel['store'] & ContactStore & AuditStore;
  /** The error of the store, as far as this process knows; null if it works. */
  readonly trouble: () => Trouble | null;
  /** Signals that there may be something new to send. @default nothing */
  readonly nudge?: () => void;
  /** Listeners for changes by other processes. @default none */
  readonly onChange?: Panel['onChange'];
}

export interface PanelsOptions {
  readonly sourceOf: (workspace: LiveWorkspace) => Promise<PanelSource>;
  /** Environment variables. @default those of the process */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Reads the rule files again. @default no reload */
  readonly reload?: () => Promise<void>;
  readonly clock: Clock;
  /** Writes as a customer, in a demo. @default no demo */
  readonly play?: Panel['play'];
  /** A further observer, such as the demo's terminal. */
  readonly also?: Observer;
}

/** The dashboards of the workspaces, each created on first use. */
export interface Panels {
  readonly observer: (workspace: string) => Observer;
  /** To be called if the rules of a workspace, or the errors of its files, changed. */
  readonly tell: (workspace: string) => void;
  readonly panelOf: (workspace: LiveWorkspace) => Promise<Panel>;
  close(): Promise<void>;
}

export function createPanels(options: PanelsOptions): Panels {
  const watchers = new Map<string, Watcher>();
  const panels = new Map<string, Promise<Panel>>();
  const watcherOf = (workspace: string): Watcher => {
    const watcher = watchers.get(workspace) ?? watchProgram(options.also);
    watchers.set(workspace, watcher);
    return watcher;
  };
  return {
    observer: (workspace) => watcherOf(workspace).observer,
    tell: (workspace) => watchers.get(workspace)?.tell(),
    panelOf(live) {
      const { workspace } = live.config;
      const panel = panels.get(workspace) ?? createPanel(live, watcherOf(workspace), options);
      panels.set(workspace, panel);
      // After an error the panel is created again at the next use.
      panel.catch(() => panels.delete(workspace));
      return panel;
    },
    async close() {
      const made = await Promise.allSettled(panels.values());
      const opened = made.flatMap((each) => (each.status === 'fulfilled' ? [each.value.reports] : []));
      await Promise.all(opened.map((reports) => reports.close()));
    },
  };
}

async function createPanel(
  live: LiveWorkspace,
  { tell, onChange, metrics }: Watcher,
  { sourceOf, clock, env = process.env, reload, play }: PanelsOptions,
): Promise<Panel> {
  const source = await sourceOf(live);
  const panel: Panel = {
    get config() {
      return live.config;
    },
    store: source.store,
    reports: source.reports,
    clock,
    health: () =>
      healthOf(live.config, source.store, {
        trouble: source.trouble(),
        rulesFaults: live.problem?.faults ?? [],
      }),
    rules: () => rulesState(live),
    set: () => live.set,
    tables: () => live.tables,
    saved: () => live.saved,
    variables: Object.keys(env).filter((name) => isSet(env, name)),
    reload: reload ?? null,
    play,
    command: async (asked, actor) => {
      const result = await runCommand(asked, source.store, { ...actor, at: clock() });
      source.nudge?.();
      tell();
      return result;
    },
    metrics: () => metrics(panel),
    onChange(listener) {
      const stops = [onChange(listener), source.onChange?.(listener)];
      return () => stops.forEach((stop) => stop?.());
    },
  };
  return panel;
}
