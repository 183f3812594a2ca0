/** The thread of a comment, as in 018-threads of the embedded store. */
export const threads = `
alter table sends add column thread_id text collate "C";
create index sends_by_thread on sends (workspace_id, account, thread_id) where thread_id is not null;
create index sends_public on sends (workspace_id, account, platform_comment_id) where action = 'comment_reply';
create index events_own_comments on events (workspace_id, account, at)
  where kind = 'comment' and direction = 'outgoing' and parent_id is null;
`;
