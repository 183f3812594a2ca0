import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Draft, DraftChange } from '../../domain/draft.js';
import type { Instant } from '../../domain/time.js';
import { draftEndsAt } from '../../domain/window.js';

/** Key of the store that signs the links, by its name. */
export const REVIEW_KEY = 'review';

/** Action that a link allows. */
export type ReviewAct = Extract<DraftChange['do'], 'approve' | 'drop'>;

/** Contents of a link: one version of one draft, until that draft ends. */
export interface ReviewGrant {
  readonly draft: number;
  readonly version: number;
  readonly may: readonly ReviewAct[];
  readonly until: Instant;
  /** Channel that sent the link, for the audit trail. */
  readonly via: string;
  /** Digest of the draft: after a restore of the store its number may belong to another one. */
  readonly digest: string;
}

/** Scope of a link: the name of its workspace, and the key of that workspace's store. */
export interface ReviewKey {
  readonly workspace: string;
  readonly secret: string;
}

/** Grants the actions on a draft as it is now. */
export function grantOf(
  draft: Draft,
  via: string,
  may: readonly ReviewAct[] = ['approve', 'drop'],
): ReviewGrant {
  const { id, version } = draft;
  return { draft: id, version, may, until: draftEndsAt(draft), via, digest: digestOf(draft) };
}

/** Path of the page that a grant opens. */
export function reviewPath(grant: ReviewGrant, key: ReviewKey): string {
  const { draft, version, may, until, via, digest } = grant;
  const fields = JSON.stringify([draft, version, may, until, via, digest]);
  const token = `${Buffer.from(fields).toString('base64url')}.${sign(fields, key).toString('base64url')}`;
  return `/review/${encodeURIComponent(key.workspace)}/${token}`;
}

/** The grant of a token; null unless this store signed it for this workspace. */
export function readReview(token: string, key: ReviewKey): ReviewGrant | null {
  const [encoded = '', signature = ''] = token.split('.');
  const text = Buffer.from(encoded, 'base64url').toString();
  const given = Buffer.from(signature, 'base64url');
  const wanted = sign(text, key);
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return null;
  const [draft, version, may, until, via, digest] = JSON.parse(text) as [
    number,
    number,
    readonly ReviewAct[],
    Instant,
    string,
    string,
  ];
  return { draft, version, may, until, via, digest };
}

/** True if the grant was given for this draft. */
export function isOfDraft({ digest }: ReviewGrant, draft: Draft): boolean {
  return digest === digestOf(draft);
}

function sign(fields: string, { workspace, secret }: ReviewKey): Buffer {
  return createHmac('sha256', secret)
    .update(JSON.stringify(['review', workspace, fields]))
    .digest();
}

function digestOf({ event, draftedAt, texts }: Draft): string {
  const content = [event.id, draftedAt, texts.map(({ send }) => [send.id, send.text])];
  return createHash('sha256').update(JSON.stringify(content)).digest('base64url').slice(0, 22);
}
