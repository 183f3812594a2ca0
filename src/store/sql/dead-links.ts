import type { Instant } from '../../domain/time.js';
import type { DeadLink, LinkCheck, LinkNews, LinkStore } from '../ports/links.js';
import type { SqlRunner } from './sql-runner.js';

/** The checks of links, and the links that were dead at the last one. */
export function deadLinks(db: SqlRunner): LinkStore {
  const claim = db.prepare(
    `insert into link_checks (name, at) values (@check, @now) on conflict (name) do update set at = excluded.at
     where link_checks.at <= @before or link_checks.at > @now`,
  );
  const all = db.prepare<DeadLink>('select url, since, noted_at as "notedAt" from dead_links order by url');
  const insert = db.prepare('insert into dead_links (url, since) values (?, ?) on conflict do nothing');
  const note = db.prepare('update dead_links set noted_at = ? where url = ? and noted_at is null');
  const remove = db.prepare('delete from dead_links where url = ?');
  return {
    claimLinkCheck: db.transaction(function* (check: LinkCheck, now: Instant, before: Instant) {
      return (yield* claim.run({ check, now, before })).changes > 0;
    }),
    deadLinks: db.reads(() => all.all()),
    saveLinkNews: db.transaction(function* ({ dead, noted, over }: LinkNews, now: Instant) {
      for (const url of dead) yield* insert.run(url, now);
      for (const url of noted) yield* note.run(now, url);
      for (const url of over) yield* remove.run(url);
    }),
  };
}
