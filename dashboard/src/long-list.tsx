import {
  defaultRangeExtractor,
  elementScroll,
  observeElementOffset,
  observeElementRect,
  type Range,
  Virtualizer,
} from '@tanstack/virtual-core';
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

interface LongListProps<T> {
  readonly items: readonly T[];
  readonly keyOf: (item: T) => string | number;
  readonly label: string;
  readonly children: (item: T) => ComponentChildren;
  /** Content at the end of the list; null if there are no more rows. */
  readonly more: (() => void) | null;
}

const ROW = 76;

/** A virtual list: only the visible rows are in the page. */
export function LongList<T>({ items, keyOf, label, children, more }: LongListProps<T>) {
  const box = useRef<HTMLDivElement>(null);
  const [, render] = useState(0);
  const options = {
    count: items.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    getItemKey: (index: number) => {
      const item = items[index];
      return item === undefined ? index : keyOf(item);
    },
    overscan: 8,
    // The focused row stays in the page, also when it is scrolled out of view.
    rangeExtractor: (range: Range) => {
      const all = defaultRangeExtractor(range);
      const kept = focusedIn(box.current, items, keyOf);
      return kept < 0 || all.includes(kept) ? all : [...all, kept].sort((a, b) => a - b);
    },
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    onChange: () => render((n) => n + 1),
  };
  const [list] = useState(() => new Virtualizer<HTMLDivElement, HTMLLIElement>(options));
  list.setOptions(options);
  useLayoutEffect(() => list._didMount(), [list]);
  useLayoutEffect(() => list._willUpdate());
  useAnchor(list, box, items, keyOf);
  const rows = list.getVirtualItems();
  const isAsked = useRef(false);
  useLayoutEffect(() => {
    // The pressed button was removed, so the list takes the focus.
    if (more === null && isAsked.current) box.current?.focus();
    isAsked.current = false;
  }, [more === null]);

  return (
    <div class="long" ref={box} tabIndex={0} role="region" aria-label={label}>
      <ul style={{ height: `${list.getTotalSize()}px` }}>
        {rows.map((row) => {
          const item = items[row.index];
          return (
            item !== undefined && (
              <li
                key={row.key}
                data-index={row.index}
                data-key={String(row.key)}
                aria-setsize={items.length}
                aria-posinset={row.index + 1}
                ref={(element) => list.measureElement(element)}
                style={{ transform: `translateY(${row.start}px)` }}
              >
                {children(item)}
              </li>
            )
          );
        })}
      </ul>
      {more && (
        <div class="more">
          <button
            type="button"
            onClick={() => {
              isAsked.current = true;
              more();
            }}
          >
            Show older
          </button>
        </div>
      )}
    </div>
  );
}

/** The index of the focused row; -1 if no row has the focus. */
function focusedIn<T>(
  box: HTMLElement | null,
  items: readonly T[],
  keyOf: (item: T) => string | number,
): number {
  const focused = box?.contains(document.activeElement) ? document.activeElement : null;
  const key = focused?.closest('li')?.dataset['key'];
  return key === undefined ? -1 : items.findIndex((item) => String(keyOf(item)) === key);
}

/** Keeps the scroll position when rows are added above. At the top of the list the new rows are shown. */
function useAnchor<T>(
  list: Virtualizer<HTMLDivElement, HTMLLIElement>,
  box: { readonly current: HTMLDivElement | null },
  items: readonly T[],
  keyOf: (item: T) => string | number,
): void {
  const held = useRef<{ readonly key: unknown; readonly index: number; readonly within: number } | null>(
    null,
  );
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const { current } = held;
    const isRead = element.scrollTop > 0 || focusedIn(element, items, keyOf) >= 0;
    if (current !== null && isRead) {
      const index = items.findIndex((item) => keyOf(item) === current.key);
      const start = list.measurementsCache[index]?.start;
      if (index > current.index && start !== undefined) element.scrollTop = start + current.within;
    }
    const top = isRead ? list.getVirtualItemForOffset(element.scrollTop) : undefined;
    held.current = top ? { key: top.key, index: top.index, within: element.scrollTop - top.start } : null;
  });
}
