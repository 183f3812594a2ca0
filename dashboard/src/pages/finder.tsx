import { useEffect, useState } from 'preact/hooks';
import { Icon } from '../icons.js';

/** Time without a keystroke after which typing counts as finished. */
const PAUSE = 250;

/** A search box that reports the text once typing pauses. */
export function Finder({ label, find }: { readonly label: string; readonly find: (text: string) => void }) {
  const [text, setText] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => find(text.trim()), text === '' ? 0 : PAUSE);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <label class="finder">
      <Icon name="search" />
      <span class="unseen">{label}</span>
      <input
        type="search"
        dir="auto"
        placeholder={label}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
    </label>
  );
}
