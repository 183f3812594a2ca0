import { buildIfOlder } from '../scripts/build-if-older.mjs';

/** Builds the program unless its build is newer than its sources. */
export default function setUp(): void {
  build();
}

/** The end-to-end tests run the built command with the built dashboard, so the build must not be older than its sources. */
export function build(): void {
  buildIfOlder(say);
}

export function say(text: string): void {
  process.stderr.write(`tests: ${text}\n`);
}
