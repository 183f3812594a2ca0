/**
 * The thread of a comment: its top-level comment, which the API accepts as the parent of a public reply. For
 * older sends it is unknown, and the comment that they reply to is used instead.
 */
export const threads = `
alter table sends add column thread_id text;
create index sends_by_thread on sends (account, thread_id) where thread_id is not null;
create index sends_public on sends (account, platform_comment_id) where action = 'comment_reply';
create index events_own_comments on events (account, at)
  where kind = 'comment' and direction = 'outgoing' and parent_id is null;
`;
