import { type Changes, createChanges } from './changes.js';
import { createMetrics } from './metrics.js';
import type { Panel } from './panel.js';
import type { Observer } from '../domain/observer.js';

/** Observes the program, for the dashboard and the metrics. */
export interface Watcher extends Pick<Changes, 'tell' | 'onChange'> {
  readonly observer: Required<Observer>;
  readonly metrics: (panel: Omit<Panel, 'reports'>) => ReturnType<Panel['metrics']>;
}

/** `also` is a further observer, such as the demo's terminal. */
export function watchProgram(also: Observer = {}): Watcher {
  const { tell, onChange } = createChanges();
  const metrics = createMetrics();
  return {
    tell,
    onChange,
    metrics: async (panel) => ({ text: await metrics.text(panel), contentType: metrics.contentType }),
    observer: {
      onDecision: (event, decision) => {
        also.onDecision?.(event, decision);
        tell();
      },
      onAttempt: (send, outcome) => {
        also.onAttempt?.(send, outcome);
        tell();
      },
      onEnded: (send) => {
        also.onEnded?.(send);
        tell();
      },
    },
  };
}
