import type { Platform } from '../domain/event.js';

interface PageQuery {
  readonly accountId?: string | undefined;
  /** Page token from the previous page; absent for the newest page. */
  readonly pageToken?: string | undefined;
  /** Rows per page, 1 to 250; the API's default is 50. */
  readonly limit?: number | undefined;
}

export interface MessageQuery extends PageQuery {
  readonly platforms?: readonly Platform[] | undefined;
  readonly conversationId?: string | undefined;
}

export interface ConversationQuery extends PageQuery {
  readonly platform?: Platform | undefined;
}

export interface CommentQuery extends PageQuery {
  readonly platforms?: readonly Platform[] | undefined;
  readonly parentCommentId?: string | undefined;
  readonly postId?: string | undefined;
}

/** Page parameters by their names in the API. */
export function paging({ accountId, pageToken, limit }: PageQuery): {
  accountId: string | undefined;
  cursor: string | undefined;
  limit: number | undefined;
} {
  return { accountId, cursor: pageToken, limit };
}

/** Leaves out undefined values, also in the type: the generated query types do not allow undefined. */
export function given<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
