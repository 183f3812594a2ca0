// Benchmarks of functions, run in a process of their own: memory and compiled code of earlier ones would count otherwise.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Wait } from '../dashboard.js';
import type { BuildRow } from '../engine.js';
import type { Speed } from '../measure.js';
import type { Latency, Sends, Throughput } from '../pipeline.js';
import type { Kind } from '../traffic.js';
import type { Build } from './builds.js';
import type { Session } from './session.js';

const CHILD = fileURLToPath(new URL('../../.bench/build/bench/suite/in-process.js', import.meta.url));

export type Request =
  | {
      readonly op: 'engine';
      readonly kind: Kind;
      readonly rules: number;
      readonly variants: readonly string[];
      readonly lasts: number;
      readonly events: number;
    }
  | { readonly op: 'build'; readonly rules: number }
  | { readonly op: 'reload' }
  | { readonly op: 'throughput'; readonly events: number; readonly rows: number }
  | { readonly op: 'sends'; readonly events: number }
  | { readonly op: 'latency'; readonly messages: number }
  | { readonly op: 'dashboard'; readonly rows: number }
  | { readonly op: 'seed'; readonly path: string; readonly rows: number };

/** Results by operation. A build of an earlier release may lack a key that was added since. */
export interface Results {
  readonly engine: readonly (Speed | null)[];
  readonly build: BuildRow;
  readonly reload: readonly { readonly name: string; readonly value: number }[];
  readonly throughput: Throughput;
  readonly sends: Sends;
  readonly latency: Latency;
  readonly dashboard: readonly Wait[];
  readonly seed: null;
}

export interface Called<T> {
  readonly result: T;
  /** CPU time in milliseconds, preparation included. */
  readonly cpu: number;
  readonly wall: number;
}

/** Runs an operation with the modules of a build. */
export async function call<O extends Request['op']>(
  session: Session,
  { checkout, modules, name }: Build,
  request: Extract<Request, { readonly op: O }>,
): Promise<Called<Results[O]>> {
  if (!existsSync(modules))
    throw new Error(`${name} has no compiled modules; fix: it needs a tsconfig.bench.json`);
  const args = ['--expose-gc', CHILD, modules, JSON.stringify(request)];
  return JSON.parse(await session.report(args, checkout)) as Called<Results[O]>;
}
