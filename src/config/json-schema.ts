import { z } from 'zod';
import { configSchema, workspacesSchema } from './schema.js';

const OPTIONS = { io: 'input', target: 'draft-7' } as const;

/** The JSON Schema of `config.yaml`, for editors. It covers shapes and names; `check` finds more. */
export function configJsonSchema(): Record<string, unknown> {
  const { required = [], ...schema } = z.toJSONSchema(configSchema, OPTIONS);
  const { $schema: _, ...workspaces } = z.toJSONSchema(workspacesSchema, OPTIONS);
  const perWorkspace = ['blotato', 'accounts'];
  return {
    ...schema,
    properties: { ...schema.properties, workspaces },
    required: required.filter((key) => !perWorkspace.includes(key)),
    // `blotato` and `accounts` are required at the top level or in each workspace.
    anyOf: [{ required: perWorkspace }, { required: ['workspaces'] }],
    title: 'Configuration of blotato-autoresponder',
  };
}
