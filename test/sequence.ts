import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Orders test files by duration, the slowest first: if a slow file started last, one core would be idle at
 * the end.
 */
const LONG = [
  ...['/dashboard/pages', '/soak/', '/scenes/thousand', '/workers/workers', '/e2e/owner', '/e2e/run.'],
  ...[
    '/workers/outages',
    '/scenes/delivery',
    '/e2e/',
    '/scenes/funnel',
    '/store/postgres',
    '/lint/soundness',
  ],
  ...['/model/', '/outbox/outbox.', '/engine/index.', '/dashboard/', '/scenes/', '/workers/', '/hours.'],
];

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const place = ({ moduleId }: TestSpecification): number => {
      const at = LONG.findIndex((part) => moduleId.includes(part));
      return at === -1 ? LONG.length : at;
    };
    return sorted.toSorted((a, b) => place(a) - place(b));
  }
}
