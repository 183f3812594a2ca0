import { z } from 'zod';
import { ROLES } from '../domain/role.js';
import { section } from '../yaml/shape.js';
import { count, text } from '../yaml/values.js';

/** Tokens of people, each with a role. */
export const tokensSchema = z
  .array(
    section({
      name: text().describe('The name of the person, as shown in the audit trail.'),
      role: z
        .enum(ROLES)
        .describe('viewer: reads. agent: also answers, approves and pauses. owner: everything.'),
      token: text().describe('The token, best from the environment.'),
    }),
  )
  .max(100)
  .default([]);

/** The HTTP server and the tokens for its dashboard. */
export const serverSchema = section({
  host: text()
    .default('127.0.0.1')
    .describe('The address of the server. An address that other machines can reach needs a token.'),
  port: count(0, 65_535).default(8787).describe('The port of the server; 0 for any free port.'),
  token: z.string().default('').describe('Token that the dashboard and /readyz require.'),
  tokens: tokensSchema.describe('Further tokens for the dashboard, each with a role.'),
  agency_token: z
    .string()
    .default('')
    .describe('Token of the view over all workspaces, from which each of their dashboards can be opened.'),
  edit_rules: z
    .boolean()
    .default(false)
    .describe('true: the owner may change the rule files in the dashboard.'),
});
