import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { SavedView } from '../../../src/server/drafts-views.js';
import { Said } from '../parts.js';
import { get } from '../server.js';

type SavedReply = SavedView['saved'][number];

interface SavedProps {
  /** Address of the saved replies for the contact. */
  readonly path: string;
  /** State of the conversation: the texts are read again after a change. */
  readonly version: string;
  readonly insert: (text: string) => void;
}

/**
 * A search box over the saved replies: the arrow keys choose one, Enter inserts it, Escape closes the list. Hidden
 * without saved replies.
 */
export function Saved({ path, version, insert }: SavedProps) {
  const [saved, setSaved] = useState<readonly SavedReply[]>([]);
  useEffect(() => {
    let isWanted = true;
    get<SavedView>(path)
      .then((view) => isWanted && setSaved(view.saved))
      .catch(() => undefined);
    return () => void (isWanted = false);
  }, [path, version]);
  return saved.length === 0 ? null : <Search saved={saved} insert={insert} />;
}

function Search({ saved, insert }: { readonly saved: readonly SavedReply[] } & Pick<SavedProps, 'insert'>) {
  const id = useId();
  const [wanted, setWanted] = useState('');
  const [isOpen, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const found = saved.filter((each) => matches(each, wanted));
  const chosen = found[Math.min(at, found.length - 1)];
  const close = () => {
    setOpen(false);
    setWanted('');
    setAt(0);
  };
  const take = (reply: SavedReply | undefined) => {
    if (reply === undefined || 'error' in reply) return;
    close();
    insert(reply.text);
  };
  const move = (by: number) => {
    setOpen(true);
    if (isOpen) setAt((Math.min(at, found.length - 1) + by + found.length) % Math.max(1, found.length));
  };
  const onKey = (event: KeyboardEvent) => {
    const does = {
      ArrowDown: () => move(1),
      ArrowUp: () => move(-1),
      Enter: () => (isOpen ? take(chosen) : setOpen(true)),
      Escape: close,
    }[event.key];
    if (!does || event.isComposing) return;
    event.preventDefault();
    does();
  };
  return (
    <div class="saved">
      <label class="field">
        Saved replies
        <input
          type="search"
          dir="auto"
          role="combobox"
          list={undefined}
          autocomplete="off"
          aria-expanded={isOpen}
          aria-controls={id}
          aria-activedescendant={isOpen && chosen ? `${id}-${saved.indexOf(chosen)}` : undefined}
          value={wanted}
          onKeyDown={onKey}
          onFocus={() => setOpen(true)}
          onBlur={close}
          onInput={(event) => {
            setWanted(event.currentTarget.value);
            setAt(0);
            setOpen(true);
          }}
        />
      </label>
      <ul id={id} role="listbox" aria-label="Saved replies" hidden={!isOpen}>
        {found.map((each) => (
          <Choice
            key={each.name}
            id={`${id}-${saved.indexOf(each)}`}
            reply={each}
            isChosen={each === chosen}
            take={() => take(each)}
          />
        ))}
      </ul>
      {isOpen && found.length === 0 && <p class="quiet">No saved reply has these words.</p>}
    </div>
  );
}

interface ChoiceProps {
  readonly id: string;
  readonly reply: SavedReply;
  readonly isChosen: boolean;
  readonly take: () => void;
}

function Choice({ id, reply, isChosen, take }: ChoiceProps) {
  const item = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isChosen) item.current?.scrollIntoView({ block: 'nearest' });
  }, [isChosen]);
  const isUsable = !('error' in reply);
  // The click must not move the focus first: the list closes when the box loses it.
  return (
    <li
      ref={item}
      id={id}
      role="option"
      aria-selected={isChosen}
      aria-disabled={!isUsable}
      onMouseDown={(event) => event.preventDefault()}
      onClick={take}
    >
      <b>
        <bdi>{reply.name}</bdi>
      </b>
      <Said text={isUsable ? reply.text : `Cannot be used: ${reply.error}`} class="quiet" />
    </li>
  );
}

/** True if the name or the text has every word, in any case. */
function matches(reply: SavedReply, wanted: string): boolean {
  const content = `${reply.name} ${'text' in reply ? reply.text : ''}`.toLowerCase();
  return wanted
    .toLowerCase()
    .split(/\s+/u)
    .every((word) => content.includes(word));
}
