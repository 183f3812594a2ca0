import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Orders test files by duration, the slowest first: if a slow file started last, one core would be idle at
 * the end.
 */
const LONG = [
  // These wait for a minute of the program, or for a browser.
  ...['/dashboard/pages', '/e2e/table-address', '/soak/', '/workers/workers', '/scenes/thousand'],
  ...['/dashboard/inbox', '/e2e/built', '/e2e/owner', '/e2e/run.', '/workers/outages'],
  ...['/scenes/delivery', '/scenes/walk', '/scenes/funnel', '/poller/early', '/importers/hostile'],
  ...['/e2e/', '/model/', '/store/postgres', '/yaml/bounds', '/lint/soundness', '/importers/import.'],
  ...['/project/load-in-thread', '/engine/index.', '/outbox/outbox.', '/scenes/', '/dashboard/', '/workers/'],
  ...['/store/', '/hours.'],
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
