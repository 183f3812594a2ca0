/**
 * The thread of a comment, which the API takes as the parent of a public answer: its top-level comment. Of sends that
 * are older it is not known, and the comment that they answer stands for it.
 */
export const threads = `
alter table sends add column thread_id text;
create index sends_by_thread on sends (account, thread_id) where thread_id is not null;
create index sends_public on sends (account, platform_comment_id) where action = 'comment_reply';
create index events_own_comments on events (account, at)
  where kind = 'comment' and direction = 'outgoing' and parent_id is null;
`;
