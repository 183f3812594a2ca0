import type { TestOutcome } from '../rehearsal/rule-tests.js';
import type { Millis } from '../domain/time.js';
import { nearPath } from './output.js';

/** The result of a test with its duration, and its workspace if there are several. */
export interface TimedOutcome extends TestOutcome {
  readonly workspace: string | null;
  readonly took: Millis;
}

/**
 * Converts the results to JUnit XML, in the form that Jenkins, GitLab and others read: one suite per file,
 * one case per test. There is no standard; element and attribute names are those of the Apache Ant task.
 */
export function toJunit(outcomes: readonly TimedOutcome[]): string {
  const files = [...new Set(outcomes.map(({ test }) => test.place.file))];
  const suites = files.map((file) =>
    suite(
      file,
      outcomes.filter(({ test }) => test.place.file === file),
    ),
  );
  const all = `${counts(outcomes)} time="${seconds(outcomes)}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ${all}>\n${suites.join('')}</testsuites>\n`;
}

function suite(file: string, outcomes: readonly TimedOutcome[]): string {
  const name = attribute(nearPath(file));
  const cases = outcomes.map((outcome) => {
    const { test, failures, workspace } = outcome;
    const title = workspace === null ? test.name : `${workspace}: ${test.name}`;
    const open = `    <testcase name="${attribute(title)}" classname="${name}" file="${name}" line="${test.place.line}" time="${seconds([outcome])}"`;
    if (failures.length === 0) return `${open}/>\n`;
    const body = content(failures.join('\n'));
    return `${open}>\n      <failure message="${attribute(failures[0] ?? '')}">${body}</failure>\n    </testcase>\n`;
  });
  return `  <testsuite name="${name}" ${counts(outcomes)} time="${seconds(outcomes)}">\n${cases.join('')}  </testsuite>\n`;
}

function counts(outcomes: readonly TimedOutcome[]): string {
  const failed = outcomes.filter(({ failures }) => failures.length > 0).length;
  return `tests="${outcomes.length}" failures="${failed}" errors="0" skipped="0"`;
}

function seconds(outcomes: readonly TimedOutcome[]): string {
  return (outcomes.reduce((sum, { took }) => sum + took, 0) / 1000).toFixed(3);
}

/** Characters that XML 1.0 does not allow: control characters, surrogate halves, and two noncharacters. */
const NOT_XML = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

function content(text: string): string {
  return text
    .replace(NOT_XML, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

function attribute(text: string): string {
  return content(text)
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;')
    .replaceAll('\t', '&#9;')
    .replaceAll('\r', '&#13;');
}
