import { formatInstant } from '../domain/time.js';
import { type Response, type Call, type Desk, refuse } from './response.js';
import type { Automation } from './automations.js';

/** Responds to GET /v2/dm-automations. */
export function listAutomations(desk: Desk): Response {
  return { status: 200, body: { items: desk.automations.all().map((each) => toApi(desk, each)) } };
}

/** Responds to GET /v2/dm-automations/{automationId}. */
export function getAutomation(desk: Desk, { params }: Call): Response {
  const automation = desk.automations.all().find(({ id }) => id === params['automationId']);
  return automation ? { status: 200, body: toApi(desk, automation) } : refuse(404, 'automation not found');
}

/** GET /v2/dm-automations/{automationId}/runs: newest first. */
export function listRuns(desk: Desk, { params }: Call): Response {
  const automation = desk.automations.all().find(({ id }) => id === params['automationId']);
  if (automation === undefined) return refuse(404, 'automation not found');
  const items = automation.runs.map(({ at, ...run }) => ({ ...run, createdAt: formatInstant(at) }));
  return { status: 200, body: { items: items.reverse() } };
}

function toApi({ world }: Desk, { id, input, isActive, version, updatedAt }: Automation): object {
  const { account, on = 'comment-received', keywords, postId = null, dmMessage, buttons = [] } = input;
  return {
    id,
    accountId: world.account(account).id,
    isActive,
    triggers: [{ type: on, keywords, postId }],
    dmMessage,
    buttons,
    publishedVersionId: `${id}-v${version}`,
    updatedAt: formatInstant(updatedAt),
  };
}
