import { rehearse } from '../actions/rehearse.js';
import { EVENT_KINDS, PLATFORMS } from '../domain/event.js';
import { createHistory } from '../engine/history.js';
import { Exit } from './exit.js';
import { print, printJson, say } from './output.js';
import { atOf, oneOf } from './parse.js';
import { type CommonOptions, projectOf } from './project.js';
import { traceText } from './trace-text.js';

export interface ExplainOptions extends CommonOptions {
  readonly text: string;
  readonly on?: string;
  readonly platform?: string;
  readonly account?: string;
  readonly at?: string;
  readonly name?: string;
}

/** `explain`: the whole decision for one event that somebody types in, as for a new contact. */
export async function explain(options: ExplainOptions): Promise<void> {
  const { config, set } = await projectOf(options);
  const input = {
    text: options.text,
    kind: options.on === undefined ? undefined : oneOf('--on', options.on, EVENT_KINDS),
    platform: options.platform === undefined ? undefined : oneOf('--platform', options.platform, PLATFORMS),
    account: options.account,
    at: options.at === undefined ? Date.now() : atOf('--at', options.at),
    contact: options.name === undefined ? undefined : { name: options.name },
  };
  const parts = { config, set, history: createHistory(), everyRule: true };
  const { event, decision } = await rehearse(input, 1, parts).catch((error: unknown) => {
    throw error instanceof RangeError ? new Exit(1, error.message) : error;
  });
  if (options.json) {
    printJson({ event, decision });
    return;
  }
  print(traceText(event, decision));
  if (config.mode === 'shadow') say('\nThe mode is `shadow`: while it is, nothing is sent.');
}
