import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Runs the slowest files first: started last, they would keep one core idle at the end. */
const LONG = ['/soak/', '/dashboard/', '/e2e/owner', '/e2e/', '/lint/soundness', '/scenes/'];

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
