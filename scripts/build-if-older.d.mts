/** Builds the program and its dashboard unless the build is newer than its sources. Throws if the build fails. */
export function buildIfOlder(say: (text: string) => void): void;
