import type { AgencyRow, AgencyView } from '../../../src/server/session-views.js';
import { ago, count } from '../format.js';
import { Action, Card, Known, Said, Title } from '../parts.js';
import { post, session, useServer } from '../server.js';

/** Opens the dashboard of a workspace for the agency, or the view over all workspaces if null. */
export async function openWorkspace(workspace: string | null): Promise<void> {
  await post('/open', { workspace });
  location.assign('/');
}

/** The workspace of a notice's link that the agency has yet to open; null if not set, or already open. */
export function linkedWorkspace(): string | null {
  const wanted = new URLSearchParams(location.search).get('workspace');
  const { agency, workspace } = session.value ?? {};
  return agency && wanted !== workspace ? wanted : null;
}

/** Opens the workspace of a notice's link at its page and row; the view over all if no workspace has that name. */
export async function openLinked(workspace: string): Promise<void> {
  const { pathname, hash } = location;
  const isOpen = await post('/open', { workspace }).then(
    () => true,
    () => post('/open', { workspace: null }).then(() => false),
  );
  location.replace(isOpen ? `${pathname}${hash}` : '/');
}

/** The view over all workspaces; workspaces with problems come first. */
export function Agency() {
  const { data, error } = useServer<AgencyView>('/api/agency');
  return (
    <>
      <Title>Workspaces</Title>
      <Known data={data} error={error}>
        {(view) => <Table {...view} />}
      </Known>
    </>
  );
}

function Table({ rows, days }: AgencyView) {
  const sorted = [...rows].sort((a, b) => Number(troubleOf(b) !== null) - Number(troubleOf(a) !== null));
  return (
    <Card title={count(rows.length, 'workspace')} aside={<span class="quiet">of the last {days} days</span>}>
      <div class="scroll" tabIndex={0} role="region" aria-label="Workspaces">
        <table>
          <thead>
            <tr>
              {[
                'Workspace',
                'Health',
                'Wait for a human',
                'Failures',
                'In the queue',
                'Replied',
                'Leads',
                '',
              ].map((name) => (
                <th key={name} scope="col">
                  {name === '' ? <span class="unseen">Open</span> : name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {sorted.map((row) => (
              <Row key={row.workspace} {...row} />
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}

function Row(row: AgencyRow) {
  const { workspace, mode, isPaused, handoffs, failures, queue, answered, leads, readAt } = row;
  const trouble = troubleOf(row);
  return (
    <tr>
      <th scope="row">
        <bdi>{workspace}</bdi>{' '}
        {isPaused ? (
          <span class="chip warn">paused</span>
        ) : (
          mode === 'shadow' && <span class="chip quiet">shadow</span>
        )}
      </th>
      <td>
        {trouble === null ? (
          <span class={`chip ${readAt === null ? 'quiet' : 'good'}`}>
            {readAt === null ? 'not read yet' : `read ${ago(readAt)}`}
          </span>
        ) : (
          <span class="chip bad">{trouble.label}</span>
        )}
        {trouble !== null && trouble.detail !== '' && (
          <span class="detail">
            <Said text={trouble.detail} />
          </span>
        )}
      </td>
      {[handoffs, failures, queue, answered, leads].map((n, column) => (
        <td key={column} class="n">
          {n.toLocaleString()}
        </td>
      ))}
      <td>
        <Action reads label="Open" about={workspace} act={() => openWorkspace(workspace)} />
      </td>
    </tr>
  );
}

function troubleOf(row: AgencyRow): { readonly label: string; readonly detail: string } | null {
  const { error, isKeyRefused, failing, causes, isReadLate, blocked, rulesFault, readAt } = row;
  const unread = failing.map((list) => `${list}: ${causes[list] ?? 'unknown'}`).join('; ');
  if (error !== null) return { label: 'state unknown', detail: error };
  if (isKeyRefused) return { label: 'key refused', detail: unread };
  if (failing.length > 0) return { label: 'not everything is read', detail: unread };
  if (isReadLate) return { label: 'not read', detail: readAt === null ? '' : `last ${ago(readAt)}` };
  if (blocked.length > 0) return { label: 'account refused', detail: blocked.join(', ') };
  if (rulesFault !== null) return { label: 'errors in the rules', detail: rulesFault };
  return null;
}
