import type { RefObject } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { useTeller } from './typing.js';

/** A text that somebody types. */
export interface Typed {
  readonly text: string;
  readonly box: RefObject<HTMLTextAreaElement | null>;
  readonly setText: (text: string) => void;
  /** Adds a saved text behind what is typed, and continues in the box. */
  readonly insert: (saved: string) => void;
}

/** `path` is the address of the conversation or the comment: others who look at it see the text while it is typed. */
export function useTyped(path: string): Typed {
  const [text, setText] = useState('');
  useTeller(path, text);
  const box = useRef<HTMLTextAreaElement>(null);
  const insert = (saved: string) => {
    setText((before) => (before.trim() === '' ? saved : `${before.trimEnd()}\n${saved}`));
    box.current?.focus();
  };
  return { text, box, setText, insert };
}

interface TextBoxProps {
  readonly label: string;
  readonly name: string;
  readonly typed: Typed;
}

/** The field in which a text is typed, in its own direction. */
export function TextBox({ label, name, typed: { text, box, setText } }: TextBoxProps) {
  return (
    <label class="field">
      {label}
      <textarea
        ref={box}
        dir="auto"
        rows={3}
        name={name}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
    </label>
  );
}
