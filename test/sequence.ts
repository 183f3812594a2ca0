import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The soak takes longest by far and has the smallest file: begun last, it would keep the rest waiting for it. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isSoak = ({ moduleId }: TestSpecification) => moduleId.includes('/soak/');
    return [...sorted.filter(isSoak), ...sorted.filter((file) => !isSoak(file))];
  }
}
