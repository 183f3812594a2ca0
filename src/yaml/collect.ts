import type { Finding } from '../domain/finding.js';
import type { Place } from '../domain/rule.js';
import { codeFrame, printable } from './frame.js';
import type { Problem, YamlSource } from './source.js';

/** Range of characters in a text, counted from 0; `to` is not included. */
export type Offsets = readonly [from: number, to: number];

/** A problem with its range in the text. */
export interface Located {
  readonly at: Offsets;
  readonly problem: Problem;
}

/** Collects the findings of one text. */
interface Collector {
  readonly add: (located: Located) => void;
  /** Builds the finding that `add` would collect, without collecting it. */
  readonly make: (located: Located) => Finding;
  /** Findings in the order of the file, without duplicates. */
  readonly findings: () => readonly Finding[];
}

/**
 * Creates a collector. `lines` returns the lines to be shown in frames; it is called only if there is a
 * finding.
 */
export function collector(placeOf: (offset: number) => Place, lines: () => readonly string[]): Collector {
  const collected: Finding[] = [];
  let shown: readonly string[] | undefined;
  const make = ({ at: [from, to], problem }: Located): Finding => {
    shown ??= lines();
    const place = placeOf(from);
    const { code, severity } = problem;
    const message = printable(problem.message);
    const fix = typeof problem.fix === 'string' ? printable(problem.fix) : null;
    const frame = codeFrame(shown, { ...place, length: to - from });
    return { severity: severity ?? 'error', code, message, fix, ...place, frame };
  };
  return {
    make,
    add: (located) => void collected.push(make(located)),
    findings: () => sortedOnce(collected),
  };
}

function sortedOnce(findings: readonly Finding[]): Finding[] {
  const once = new Map(findings.map((each) => [`${each.line}:${each.column}:${each.message}`, each]));
  return [...once.values()].sort((a, b) => a.line - b.line || a.column - b.column);
}

/** The source of a text without readable contents: too large, or empty. */
export function withoutContents(file: string, finding: Finding): YamlSource {
  return {
    file,
    value: undefined,
    report: () => undefined,
    point: () => finding,
    findings: () => [finding],
    place: () => ({ file, line: 1, column: 1 }),
    describe: () => 'nothing',
    unquoted: () => null,
    isFromEnvironment: () => false,
    isOptional: () => false,
  };
}
