import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { runHere } from '../e2e/run-here.js';
import { render } from './helm.js';

const ROOT = join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

/** The schema of the Compose Specification, as its project publishes it (Apache-2.0). */
const compose = (() => {
  const { $schema: _, ...schema } = JSON.parse(read('test/deploy/compose-spec.json')) as object & {
    $schema: string;
  };
  const ajv = new Ajv({ strict: false, allErrors: true });
  formats.default(ajv);
  return ajv.compile(schema);
})();

const CHART = 'deploy/helm/blotato-autoresponder';
const objects = JSON.parse(read('test/deploy/chart-objects.json')) as { definitions: object };
const ajv = new Ajv({ strict: false, allErrors: true });
const values = (): Record<string, object> => parse(read(`${CHART}/values.yaml`)) as Record<string, object>;
const rendered = (over: object): { kind: string }[] =>
  readdirSync(join(ROOT, CHART, 'templates')).flatMap((file) => {
    const scope = { Values: { ...values(), ...over }, Release: { Name: 'bakery', Revision: 3 } };
    return (render(read(`${CHART}/templates/${file}`), scope) as { kind: string } | null) ?? [];
  });

const ruleOf = (id: string, word: string): string =>
  `version: 1\nrules: [{ id: ${id}, on: message, keywords: [${word}], reply: "About ${word}." }]\n` +
  `tests: [{ name: ${id}, event: { text: ${word} }, expect: { rule: ${id} } }]\n`;
const workspaceOf = (id: string, more: string): string =>
  `blotato: { api_key: "key-${id}" }\naccounts: [{ name: shop, id: "${id}", platform: instagram }]\n${more}`;

interface Mounted {
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly volumes: readonly [
          { readonly configMap: { readonly items: readonly Record<'key' | 'path', string>[] } },
        ];
      };
    };
  };
}

describe('the Helm chart', () => {
  const errors = (kind: string, value: unknown): unknown => {
    const { definitions } = objects;
    const check = ajv.compile({ definitions, $ref: `#/definitions/${kind}` });
    check(value);
    return check.errors ?? [];
  };

  it('is valid by the schemas of charts and of its own values', () => {
    expect(errors('Chart', parse(read(`${CHART}/Chart.yaml`)))).toEqual([]);
    const check = ajv.compile(JSON.parse(read(`${CHART}/values.schema.json`)) as object);
    check(values());
    expect(check.errors ?? []).toEqual([]);
    expect(check({ ...values(), replica: 2 })).toBe(false);
  });

  it('renders objects that are valid by the schemas of their kinds, which refuse unknown keys', () => {
    const text = 'rules:\n  - name: "a: b"\n';
    const all = rendered({ rules: { 'shop.yaml': text } });
    expect(all.map(({ kind }) => kind).sort()).toEqual([
      'ConfigMap',
      'Deployment',
      'PodDisruptionBudget',
      'Service',
    ]);
    for (const object of all) {
      expect(errors(object.kind, object)).toEqual([]);
      expect(errors(object.kind, { ...object, specs: {} })).not.toEqual([]);
    }
    expect(all[0]).toMatchObject({ data: { 'config.yaml': values()['config'], 'rules.shop.yaml': text } });
    expect(JSON.stringify(all[1])).toContain('{"key":"rules.shop.yaml","path":"rules/shop.yaml"}');
    const florist = rendered({ workspaces: { 'florist.yaml': text } });
    expect(florist[0]).toMatchObject({ data: { 'workspaces.florist.yaml': text } });
    expect(JSON.stringify(florist[1])).toContain('"path":"workspaces/florist.yaml"');
    // Two releases of the program never run side by side, and new variables of the Secret arrive with an upgrade.
    const template = { metadata: { annotations: { 'blotato-autoresponder/revision': '3' } } };
    expect(florist[1]).toMatchObject({ spec: { strategy: { type: 'Recreate' }, template } });
    const off = { enabled: false };
    expect(rendered({ service: { ...off, port: 1 }, podDisruptionBudget: off })).toHaveLength(2);
  });

  it('with the options of docs/operations.md a workspace has shared rules and its own, and another only shared', async () => {
    const files: Readonly<Record<string, string>> = {
      'config.yaml':
        'version: 1\nstore: postgres://127.0.0.1/shops\nrules: ./rules\nworkspaces: ./workspaces\n',
      'rules/shop.yaml': ruleOf('prices', 'price'),
      'florist/roses.yaml': ruleOf('roses', 'roses'),
      'workspaces/bakery.yaml': workspaceOf('1', ''),
      'workspaces/florist.yaml': workspaceOf('2', 'rules: ../florist\n'),
    };
    const [, options = ''] =
      /helm upgrade replies deploy([\s\S]*?)```/u.exec(read('docs/operations.md')) ?? [];
    const over: Record<string, unknown> = {};
    for (const [, path = '', file = ''] of options.matchAll(/--set-file '?(\S+?)=([\w./]+)/gu)) {
      const keys = path.replace('\\.', '\0').split('.');
      const last = keys.pop() ?? '';
      let at = over;
      for (const key of keys) at = (at[key] ??= {}) as Record<string, unknown>;
      at[last.replace('\0', '.')] = files[file];
    }
    expect(Object.keys(over).sort()).toEqual(['config', 'folders', 'rules', 'workspaces']);
    const check = ajv.compile(JSON.parse(read(`${CHART}/values.schema.json`)) as object);
    expect(check({ ...values(), ...over })).toBe(true);
    expect(check({ ...values(), folders: { rules: {} } })).toBe(false);

    const [map, deployment] = rendered(over) as [object, object];
    const { data } = map as { data: Record<string, string> };
    const { items } = (deployment as Mounted).spec.template.spec.volumes[0].configMap;
    expect(items.map(({ key }) => key).sort()).toEqual(Object.keys(data).sort());
    const folder = mkdtempSync(join(tmpdir(), 'chart-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    for (const { key, path } of items) {
      mkdirSync(join(folder, dirname(path)), { recursive: true });
      writeFileSync(join(folder, path), data[key] ?? '');
    }
    const run = (...args: string[]) => runHere(args, { cwd: folder, env: {} });
    expect(await run('check', '--strict')).toMatchObject({ code: 0 });
    const rulesOf = async (name: string): Promise<string[]> =>
      (await run('export', 'rules', '--json', '--workspace', name)).stdout
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { id: string }).id)
        .sort();
    expect(await rulesOf('bakery')).toEqual(['prices']);
    expect(await rulesOf('florist')).toEqual(['prices', 'roses']);
  });

  it.each(['{{ include "x" . }}', '{{ if .Values.rules }}', '{{ .Values.rules | upper }}'])(
    '%s is refused',
    (bad) => {
      expect(() => render(bad, { Values: values() })).toThrow(/subset|without end/u);
    },
  );
});

describe('deploy', () => {
  it('a program that ends for want of a database is started again, by all but one with exit code 1 or 2', () => {
    const unit = read('deploy/autoresponder.service');
    expect(unit).toMatch(/^Restart=on-failure$/mu);
    expect(/^RestartPreventExitStatus=(.*)$/mu.exec(unit)?.[1]).toBe('1 2');
    const codes = [...read('docs/commands.md').matchAll(/^\| (\d+) \| /gmu)].map(([, code]) => code);
    expect(codes).toEqual(['0', '1', '2', '70', '75']);
    for (const file of ['docker-compose.yml', 'deploy/compose.workers.yaml']) {
      const { services } = parse(read(file), { merge: true }) as { services: Record<string, object> };
      for (const service of Object.values(services))
        expect(service).toMatchObject({ restart: 'unless-stopped' });
    }
    // Always, which is the default of a Deployment and the only value that it may have.
    expect(read(`${CHART}/templates/deployment.yaml`)).not.toContain('restartPolicy');
  });

  it.each(['docker-compose.yml', 'deploy/compose.workers.yaml'])(
    '%s is valid by the Compose Specification',
    (file) => {
      const parsed: unknown = parse(read(file), { merge: true });
      compose(parsed);
      expect(compose.errors ?? []).toEqual([]);
      const bent = structuredClone(parsed) as { services: Record<string, object> };
      for (const service of Object.values(bent.services)) Object.assign(service, { restarts: 'always' });
      expect(compose(bent)).toBe(false);
    },
  );

  it.each([
    ['docker-compose.yml', 'docs/operations.md', /^docker compose (?!-f)(.+)$/gmu],
    [
      'deploy/compose.workers.yaml',
      'docs/workspaces.md',
      /docker compose -f deploy\/compose\.workers\.yaml (.+)$/gmu,
    ],
  ])(
    'an upgrade with %s stops what is built, keeps the data, and starts all again',
    (file, page, command) => {
      const { services } = parse(read(file), { merge: true }) as {
        services: Record<
          string,
          { build?: string; environment?: Record<string, string>; volumes?: string[] }
        >;
      };
      const commands = [...read(page).matchAll(command)].map(([, line = '']) => line.split(' '));
      const [stop = [], backup = []] = commands;
      const built = Object.keys(services).filter((name) => services[name]?.build !== undefined);
      expect(stop[0]).toBe('stop');
      expect(stop.length === 1 ? Object.keys(services) : stop.slice(1)).toEqual(built);
      expect(commands.find(([verb]) => verb === 'up')).toEqual(['up', '--detach']);
      const dump = commands.filter(([verb]) => verb === 'exec');
      const { POSTGRES_USER: user, POSTGRES_DB: name } = services['database']?.environment ?? {};
      for (const each of dump)
        expect(each.join(' ')).toMatch(new RegExp(`^exec -T database \\w+ -U ${user} -d ${name} `, 'u'));
      const volumes = Object.values(services).flatMap((service) => service.volumes ?? []);
      const copied = backup.map((word) => word.replace(/^\w+:/u, 'data:'));
      expect(dump.includes(backup) || copied.some((word) => volumes.includes(word))).toBe(true);
    },
  );

  it('a container checks the health of the address in the configuration', async () => {
    const [, command = ''] = /^HEALTHCHECK .*\n {2}CMD (\[.+\])$/mu.exec(read('Dockerfile')) ?? [];
    const [program, ...args] = JSON.parse(command) as string[];
    expect(program).toBe('autoresponder');
    const folder = mkdtempSync(join(tmpdir(), 'health-'));
    const server = createServer((request, response) =>
      response.writeHead(request.url === '/healthz' ? 200 : 404).end(),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const { port } = server.address() as AddressInfo;
    const file = join(folder, 'config.yaml');
    writeFileSync(
      file,
      `version: 1\nblotato: { api_key: "\${NOT_SET_HERE}" }\naccounts: [{ name: shop, id: "1", platform: instagram }]\nserver: { host: 0.0.0.0, port: ${port}, token: "0123456789abcdef" }\n`,
    );
    const asked = [...args.slice(0, -1), file];
    expect(await runHere(asked, { cwd: folder, env: {} })).toMatchObject({ code: 0 });
    await new Promise((resolve) => server.close(resolve));
    expect(await runHere(asked, { cwd: folder, env: {} })).toMatchObject({ code: 1 });
  });
});
