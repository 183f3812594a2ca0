import { z } from 'zod';
import { configSchema, workspacesSchema } from './schema.js';

const OPTIONS = { io: 'input', target: 'draft-7' } as const;

/** The JSON Schema of `config.yaml`, for editors. It knows shapes and names; `check` knows more. */
export function configJsonSchema(): Record<string, unknown> {
  const { required = [], ...schema } = z.toJSONSchema(configSchema, OPTIONS);
  const { $schema: _, ...workspaces } = z.toJSONSchema(workspacesSchema, OPTIONS);
  const perWorkspace = ['blotato', 'accounts'];
  return {
    ...schema,
    properties: { ...schema.properties, workspaces },
    required: required.filter((key) => !perWorkspace.includes(key)),
    // Keys and accounts stand at the top, or with each workspace.
    anyOf: [{ required: perWorkspace }, { required: ['workspaces'] }],
    title: 'Configuration of blotato-autoresponder',
  };
}
