import { useRef, useState } from 'preact/hooks';
import { complete, type Completion, type Option, type Schema } from './complete.js';

interface CodeAreaProps {
  readonly label: string;
  readonly text: string;
  readonly setText: (text: string) => void;
  readonly schema: Schema | null;
  /** Numbers of lines with an error, from 1. */
  readonly bad: ReadonlySet<number>;
  /** Line and column to move the caret to; a new object each time. */
  readonly jump: (go: (line: number, column: number) => void) => void;
}

const NONE: Completion = { from: 0, options: [] };
const MOST_OPTIONS = 12;
const LIST = 'completions';

/** A text area for YAML: line numbers, completion by Ctrl-Space or while typing, two spaces for Tab. */
export function CodeArea({ label, text, setText, schema, bad, jump }: CodeAreaProps) {
  const area = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLPreElement>(null);
  const [found, setFound] = useState<Completion>(NONE);
  const [chosen, choose] = useState(0);
  const options = found.options.slice(0, MOST_OPTIONS);
  const isOpen = options.length > 0;

  const look = (isWanted: boolean): void => {
    const element = area.current;
    if (!element || !schema) return;
    const next = complete(element.value, element.selectionStart, schema);
    const isTyped = next.from < element.selectionStart;
    setFound(isWanted || isTyped ? next : NONE);
    choose(0);
  };
  const take = (index: number): void => {
    const option = options[index];
    const element = area.current;
    if (!option || !element) return;
    // The text is inserted as if typed, so that the browser can undo it.
    element.setSelectionRange(found.from, element.selectionStart);
    insert(element, option.insert);
    setFound(NONE);
  };
  const pressWithList = (key: string): boolean => {
    if (key === 'ArrowDown') choose((chosen + 1) % options.length);
    else if (key === 'ArrowUp') choose((chosen + options.length - 1) % options.length);
    else if (key === 'Enter' || key === 'Tab') take(chosen);
    else if (key === 'Escape') setFound(NONE);
    else return false;
    return true;
  };
  const press = (event: KeyboardEvent): void => {
    const element = area.current;
    if (!element) return;
    if (event.key === ' ' && event.ctrlKey) look(true);
    else if (event.key === 'Enter' && !isOpen) insert(element, `\n${indentAt(element)}`);
    else if (!isOpen || !pressWithList(event.key)) return;
    event.preventDefault();
  };
  jump((line, column) => {
    const element = area.current;
    if (!element) return;
    const start =
      element.value
        .split('\n')
        .slice(0, line - 1)
        .join('\n').length + (line > 1 ? 1 : 0);
    element.focus();
    element.setSelectionRange(start + column - 1, start + column - 1);
    element.scrollTop = (line - 5) * LINE_HEIGHT;
  });

  return (
    <div class="codearea">
      <Gutter text={text} bad={bad} box={gutter} />
      <textarea
        ref={area}
        class="code"
        dir="ltr"
        rows={24}
        wrap="off"
        spellcheck={false}
        autocapitalize="off"
        autocomplete="off"
        aria-label={label}
        aria-autocomplete="list"
        aria-controls={isOpen ? LIST : undefined}
        aria-activedescendant={isOpen ? `${LIST}-${chosen}` : undefined}
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value);
          look(false);
        }}
        onKeyDown={press}
        onBlur={() => setFound(NONE)}
        onScroll={(event) => {
          if (gutter.current) gutter.current.scrollTop = event.currentTarget.scrollTop;
        }}
      />
      {isOpen && <Options options={options} chosen={chosen} take={take} />}
    </div>
  );
}

interface GutterProps extends Pick<CodeAreaProps, 'text' | 'bad'> {
  readonly box: { current: HTMLPreElement | null };
}

function Gutter({ text, bad, box }: GutterProps) {
  return (
    <pre ref={box} class="gutter" aria-hidden="true">
      {text.split('\n').map((_, index) => (
        <span key={index} class={bad.has(index + 1) ? 'bad' : ''}>
          {index + 1}
          {'\n'}
        </span>
      ))}
    </pre>
  );
}

interface OptionsProps {
  readonly options: readonly Option[];
  readonly chosen: number;
  readonly take: (index: number) => void;
}

function Options({ options, chosen, take }: OptionsProps) {
  return (
    <ul id={LIST} class="options" role="listbox" aria-label="Completions">
      {options.map((option, index) => (
        <li
          key={option.label}
          id={`${LIST}-${index}`}
          role="option"
          aria-selected={index === chosen}
          onMouseDown={(event) => {
            event.preventDefault();
            take(index);
          }}
        >
          <code>{option.label}</code> <span class="quiet">{option.detail}</span>
        </li>
      ))}
    </ul>
  );
}

/** Height of a line of the text area, in pixels; style.css sets it. */
const LINE_HEIGHT = 20;

function insert(element: HTMLTextAreaElement, text: string): void {
  element.setRangeText(text, element.selectionStart, element.selectionEnd, 'end');
  element.dispatchEvent(new Event('input', { bubbles: true }));
}

/** Indentation for the next line: deeper after a key without a value. */
function indentAt({ value, selectionStart }: HTMLTextAreaElement): string {
  const line = value.slice(value.lastIndexOf('\n', selectionStart - 1) + 1, selectionStart);
  const own = /^ *(?:- +)*/u.exec(line)?.[0].length ?? 0;
  return ' '.repeat(own + (/:\s*$/u.test(line) ? 2 : 0));
}
