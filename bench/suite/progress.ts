export interface Progress {
  /** Replaces the current line of a terminal; elsewhere it is not shown. */
  readonly at: (text: string) => void;
  /** Prints a line that stays. */
  readonly say: (text: string) => void;
}

export function createProgress(stream: NodeJS.WriteStream): Progress {
  const clear = stream.isTTY ? '\r\u001b[K' : '';
  return {
    at: (text) => {
      if (stream.isTTY) stream.write(`${clear}${text.slice(0, stream.columns - 1)}`);
    },
    say: (text) => void stream.write(`${clear}bench: ${text}\n`),
  };
}
