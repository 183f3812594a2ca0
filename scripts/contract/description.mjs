// The description for Prism: the published one word for word, our additions, and example responses.
import { deepStrictEqual } from 'node:assert/strict';
import { readFile } from 'node:fs/promises';

const ROOT = new URL('../../', import.meta.url);
const PUBLISHED = 'openapi/blotato-messaging.json';
const READING = 'openapi/blotato-comments.json';
const ANSWERS = 'test/contract/answers.json';

/**
 * Merges both descriptions, with a response for each call. Throws if the result differs from the published
 * description.
 */
export async function describe() {
  const [published, reading, answers] = await Promise.all([
    readJson(PUBLISHED),
    readJson(READING),
    readJson(ANSWERS, toDate),
  ]);
  const document = structuredClone(published);
  for (const [path, operations] of Object.entries(reading.paths)) {
    document.paths[path] = { ...structuredClone(operations), ...document.paths[path] };
  }
  for (const [key, examples] of Object.entries(answers)) addAnswers(document, key, examples);
  assertVerbatim(document, published);
  return document;
}

/** Adds example responses to a call. `key` is `POST /v2/messages 201`; `examples` are responses by name. */
function addAnswers(document, key, examples) {
  const [method, path, status] = key.split(' ');
  const content =
    document.paths[path]?.[method.toLowerCase()]?.responses[status]?.content['application/json'];
  if (content === undefined) throw new Error(`${ANSWERS}: ${key} is not described`);
  content.examples = Object.fromEntries(Object.entries(examples).map(([name, value]) => [name, { value }]));
}

/**
 * Prism must check against the description that Blotato published, so our additions must not have changed it.
 */
function assertVerbatim(document, published) {
  const { paths, ...rest } = structuredClone(document);
  for (const operation of Object.values(paths).flatMap(Object.values)) {
    for (const { content } of Object.values(operation.responses)) delete content['application/json'].examples;
  }
  const kept = Object.fromEntries(Object.keys(published.paths).map((path) => [path, paths[path]]));
  deepStrictEqual({ ...rest, paths: kept }, published, `the merged description departs from ${PUBLISHED}`);
}

/** Converts `3 minutes ago` to a date, since the program replies to nothing old. */
function toDate(_key, value) {
  const [, count, unit] = (typeof value === 'string' && /^(\d+) (minutes|days) ago$/u.exec(value)) || [];
  if (unit === undefined) return value;
  const minutes = Number(count) * (unit === 'days' ? 24 * 60 : 1);
  return new Date(Date.now() - minutes * 60_000).toISOString();
}

async function readJson(path, reviver) {
  return JSON.parse(await readFile(new URL(path, ROOT), 'utf8'), reviver);
}

/** The call as the description writes it, `GET /v2/comments/{commentId}`; unchanged if the description has no such call. */
export function routeOf(document, { method, path }) {
  const templates = Object.keys(document.paths).filter((each) => document.paths[each][method.toLowerCase()]);
  const fits = (template) => new RegExp(`^${template.replace(/\{[^}]+\}/gu, '[^/]+')}$`, 'u').test(path);
  return `${method} ${templates.find((each) => each === path) ?? templates.find(fits) ?? path}`;
}

/**
 * Names in the query and body of a call that the description does not have. Prism accepts them, so a misspelt optional
 * one would go unnoticed.
 */
export function unknownNames(document, call) {
  const [method, path] = routeOf(document, call).split(' ');
  const operation = document.paths[path]?.[method.toLowerCase()];
  if (operation === undefined) return ['the call itself'];
  const known = (operation.parameters ?? []).filter((each) => each.in === 'query').map((each) => each.name);
  const query = [...call.query.keys()].filter((name) => !known.includes(name)).map((name) => `query.${name}`);
  const schema = operation.requestBody?.content['application/json'].schema;
  return [...query, ...unknownIn(schema, call.body, 'body')];
}

function unknownIn(schema, value, at) {
  if (value === undefined) return [];
  if (schema === undefined) return [at];
  if (typeof value !== 'object' || value === null) return [];
  const { properties = {} } = schema.oneOf ? branchOf(schema, value) : schema;
  return Object.entries(value).flatMap(([name, inner]) =>
    properties[name] === undefined ? [`${at}.${name}`] : unknownIn(properties[name], inner, `${at}.${name}`),
  );
}

function branchOf({ oneOf, discriminator }, value) {
  const name = discriminator.propertyName;
  return oneOf.find((branch) => branch.properties[name].enum.includes(value[name])) ?? {};
}
