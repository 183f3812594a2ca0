import type { LinkedNotice, Notice, NoticeKind, NotifyConfig } from '../domain/notice.js';
import { ONLY_WORKSPACE } from '../domain/workspaces.js';
import type { DraftStore } from '../store/ports/drafts.js';
import type { OwnerStore } from '../store/ports/owner.js';
import { reviewPaths } from './drafts.js';

export interface AddressParts {
  readonly store: Pick<DraftStore, 'drafts'> & Pick<OwnerStore, 'secret'>;
  readonly config: Pick<NotifyConfig, 'link'>;
  readonly workspace: string | null;
}

/**
 * Adds the links that one channel sends. Drops the notices of drafts that ended meanwhile: their links would
 * open nothing.
 */
export async function addressed<T extends Notice>(
  notices: readonly T[],
  via: string,
  { store, config: { link }, workspace }: AddressParts,
): Promise<readonly (T & LinkedNotice)[]> {
  const hasDrafts = notices.some(({ kind }) => kind === 'draft_waiting');
  const paths = hasDrafts
    ? await reviewPaths(store, { workspace: workspace ?? ONLY_WORKSPACE, via })
    : new Map<string, string>();
  return notices.flatMap((notice) => {
    const path = notice.kind === 'draft_waiting' ? paths.get(notice.key) : pathOf(notice, workspace);
    return path === undefined ? [] : [{ ...notice, link: link === null ? null : `${link}${path}` }];
  });
}

/** Pages of the kinds whose rows are not on the page of what needs attention. */
const PAGES: Partial<Record<NoticeKind, (key: string) => string>> = {
  weekly_summary: () => '',
  dead_link: () => '/rules',
  unreadable: (key) => `/events/${encodeURIComponent(key)}`,
};

/** Anchors of the rows on the page of what needs attention, by the key of the notice. */
const ROWS: readonly (readonly [RegExp, string])[] = [
  [/^send (\d+)$/u, 'send'],
  [/^handoff (\d+)$/u, 'handoff'],
  [/^w(\d+)$/u, 'webhook'],
];

/** The page of a notice with its workspace, since the browser may have another one open, and its row. */
function pathOf({ kind, key }: Notice, workspace: string | null): string {
  const page = PAGES[kind]?.(key) ?? '/attention';
  const query = workspace === null ? '' : `?workspace=${encoded(workspace)}`;
  const path = page === '' && query !== '' ? '/' : page;
  if (page !== '/attention') return `${path}${query}`;
  const row = ROWS.flatMap(([pattern, name]) => {
    const id = pattern.exec(key)?.[1];
    return id === undefined ? [] : [`#${name}-${id}`];
  });
  return `${path}${query}${row.join('')}`;
}

/** Also encodes what `encodeURIComponent` keeps and chat services take for formatting. */
function encoded(name: string): string {
  const hex = (sign: string): string => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(name).replaceAll(/[!'()*_~]/gu, hex);
}
