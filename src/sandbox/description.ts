import { readFile } from 'node:fs/promises';
import ajvFormats from 'ajv-formats';
import { OpenAPIBackend } from 'openapi-backend';
import type { Document } from 'openapi-backend';

/** What of a call the description speaks about. `path` is without the query. */
export interface RawCall {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string | string[]>>;
  readonly body: unknown;
}

export interface CheckedCall {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
  /** What is wrong with it; empty when nothing is. */
  readonly errors: readonly string[];
}

/** The published description of the API and ours of the rest, as one. */
export interface Description {
  /** The route as the descriptions write it, `GET /v2/messages/{messageId}`. Undefined when there is none. */
  route(method: string, path: string): string | undefined;
  checkRequest(route: string, call: RawCall): CheckedCall;
  /** What is wrong with an answer of ours; empty when nothing is. */
  checkResponse(route: string, status: number, body: unknown): readonly string[];
}

interface Operation {
  operationId?: string;
  readonly responses: Record<string, unknown>;
  readonly requestBody?: {
    readonly content: { readonly 'application/json': { readonly schema: { properties?: object } } };
  };
}

type Paths = Record<string, Record<string, Operation>>;

interface Described {
  readonly paths: Paths;
  readonly components?: { readonly schemas?: { readonly Buttons?: unknown } };
}

/** From the source and from the build alike, two levels up is the package. */
const FOLDER = new URL('../../openapi/', import.meta.url);
/** Of the API as its users meet it, or of the published description with comments and accounts as first read. */
export type Release = 'today' | '2.0.0';

/** The last one wins. The published one stands before nothing but calls that it does not have. */
const FILES: Readonly<Record<Release, readonly string[]>> = {
  '2.0.0': ['blotato-comments.json', 'blotato-messaging.json'],
  today: ['blotato-comments.json', 'blotato-messaging.json', 'blotato-today.json'],
};
/** Answers that the API gives on every route though its description leaves them out. */
const ANYWHERE = [401, 429];

const loaded = new Map<Release, Promise<Description>>();

/**
 * Reads the descriptions of a release from the package, once a process: they do not change, and tests start many sandboxes.
 * Throws when they are missing or no OpenAPI.
 */
export function loadDescription(release: Release = 'today'): Promise<Description> {
  const known = loaded.get(release);
  if (known !== undefined) return known;
  const description = readDescription(release);
  loaded.set(release, description);
  return description;
}

async function readDescription(release: Release): Promise<Description> {
  const definition = await readDefinition(release);
  const { paths } = definition as unknown as { readonly paths: Paths };
  const backend = new OpenAPIBackend({
    definition,
    coerceTypes: true,
    // Each route's checks are compiled at its first call: all at once would take a second of every start.
    quick: true,
    customizeAjv: (ajv) => {
      ajvFormats.default(ajv);
      return ajv;
    },
  });
  await backend.init();
  return {
    route: (method, path) => backend.router.matchOperation({ method, path, headers: {} })?.operationId,
    checkRequest: (route, call) => {
      const request = { ...call, query: { ...call.query } };
      const { coerced, errors } = backend.validator.validateRequest(request, route);
      const query = (coerced?.query ?? {}) as Readonly<Record<string, unknown>>;
      const params = (coerced?.params ?? {}) as Readonly<Record<string, string>>;
      return { params, query, errors: (errors ?? []).map(describe) };
    },
    checkResponse: (route, status, body) => {
      const [method = '', path = ''] = route.split(' ');
      const isDescribed = paths[path]?.[method.toLowerCase()]?.responses[status] !== undefined;
      if (!isDescribed) return ANYWHERE.includes(status) ? [] : [`${status} is not described`];
      return (backend.validator.validateResponse(body, route, status).errors ?? []).map(describe);
    },
  };
}

async function readDefinition(release: Release): Promise<Document> {
  const texts = await Promise.all(FILES[release].map((file) => readFile(new URL(file, FOLDER), 'utf8')));
  const documents = texts.map((text) => JSON.parse(text) as Described);
  const paths: Paths = {};
  for (const document of documents) {
    for (const [path, operations] of Object.entries(document.paths)) {
      for (const [method, operation] of Object.entries(operations)) {
        // The descriptions name no operations, and the library asks for names.
        operation.operationId = `${method.toUpperCase()} ${path}`;
        paths[path] = { ...paths[path], [method]: operation };
      }
    }
  }
  for (const { components } of documents) addButtons(paths, components?.schemas?.Buttons);
  return { ...documents.at(-1), paths } as unknown as Document;
}

/** The published body of a send knows no buttons: where a description has them, they belong to it. */
function addButtons(paths: Paths, buttons: unknown): void {
  const body = paths['/v2/messages']?.['post']?.requestBody?.content['application/json'].schema;
  if (buttons !== undefined && body !== undefined) body.properties = { ...body.properties, buttons };
}

function describe(error: { readonly instancePath?: string; readonly message?: string }): string {
  return `${error.instancePath ?? ''} ${error.message ?? 'is not valid'}`.trim();
}
