import { readFile } from 'node:fs/promises';
import ajvFormats from 'ajv-formats';
import { OpenAPIBackend } from 'openapi-backend';
import type { Document } from 'openapi-backend';

/** The described parts of a call. `path` is without the query. */
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
  /** Validation errors; empty if valid. */
  readonly errors: readonly string[];
}

/** The published description of the API merged with our additions. */
export interface Description {
  /** The route as the descriptions write it, `GET /v2/messages/{messageId}`. Undefined if unknown. */
  route(method: string, path: string): string | undefined;
  checkRequest(route: string, call: RawCall): CheckedCall;
  /** Validation errors of a sandbox response; empty if valid. */
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

/** Two levels up is the package, both from the source and from the build. */
const FOLDER = new URL('../../openapi/', import.meta.url);
/**
 * `today`: the API as observed. `2.0.0`: the published description, with comments and accounts as first
 * observed.
 */
export type Release = 'today' | '2.0.0';

/**
 * Later files override earlier ones. The published description only adds calls that the file before it does
 * not have.
 */
const FILES: Readonly<Record<Release, readonly string[]>> = {
  '2.0.0': ['blotato-comments.json', 'blotato-messaging.json'],
  today: ['blotato-comments.json', 'blotato-messaging.json', 'blotato-today.json'],
};
/** Statuses that the API returns on every route although its description omits them. */
const ANYWHERE = [401, 429];

const loaded = new Map<Release, Promise<Description>>();

/**
 * Reads the descriptions of a release from the package, once per process: they do not change, and tests start
 * many sandboxes. Throws if they are missing or not OpenAPI.
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
    // Each validator has an Ajv of its own, which would compile the meta-schema first: 450 ms of a start.
    ajvOpts: { validateSchema: false, code: { optimize: false } },
    // Validators are compiled at a route's first call: compiling all would add a second to every start.
    quick: true,
    customizeAjv: (ajv) => {
      ajvFormats.default(ajv);
      return ajv;
    },
  });
  await backend.init();
  // openapi-backend 5.20.1 builds the list anew several times a request, 7 % of a test's processor time.
  const operations = backend.router.getOperations();
  backend.router.getOperations = () => operations;
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
  const revive = release === 'today' ? withAnyCode : undefined;
  const documents = texts.map((text) => JSON.parse(text, revive) as Described);
  const paths: Paths = {};
  for (const document of documents) {
    for (const [path, operations] of Object.entries(document.paths)) {
      for (const [method, operation] of Object.entries(operations)) {
        // The descriptions have no operation ids, but the library needs them.
        operation.operationId = `${method.toUpperCase()} ${path}`;
        paths[path] = { ...paths[path], [method]: operation };
      }
    }
  }
  for (const { components } of documents) addButtons(paths, components?.schemas?.Buttons);
  return { ...documents.at(-1), paths } as unknown as Document;
}

/** Codes also occur as texts, such as `10/1893063`, where the published description has integers. */
function withAnyCode(key: string, value: unknown): unknown {
  const isCode = key === 'errorCode' && typeof value === 'object' && value !== null && 'type' in value;
  return isCode ? {} : value;
}

/** The published body of a send has no buttons: if a description defines them, they are added to it. */
function addButtons(paths: Paths, buttons: unknown): void {
  const body = paths['/v2/messages']?.['post']?.requestBody?.content['application/json'].schema;
  if (buttons !== undefined && body !== undefined) body.properties = { ...body.properties, buttons };
}

interface ValidationError {
  readonly instancePath?: string;
  readonly message?: string;
  readonly params?: { readonly additionalProperty?: unknown };
}

function describe({ instancePath = '', message = 'is not valid', params }: ValidationError): string {
  const unknown = params?.additionalProperty;
  if (instancePath === '/query' && typeof unknown === 'string') return `/query/${unknown} is not described`;
  return `${instancePath} ${message}`.trim();
}
