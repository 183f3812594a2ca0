import type { Config } from '../domain/config.js';
import { customerOf } from '../domain/customer.js';
import { withoutKeys } from '../config/keyless.js';
import { loadConfig, loadConfigs } from '../config/load.js';
import { isSchedule } from '../poller/schedule.js';
import type { Project } from '../project/project.js';
import type { Store } from '../store/ports/store.js';
import { Exit } from './exit.js';
import { sayFindings } from './output.js';

// Modules that only some commands need are imported on demand: rules and engine take as long to load as
// everything else.

/** Options of every command. */
export interface CommonOptions {
  readonly config: string;
  readonly json?: boolean;
  /** Name of one workspace, if there are several. */
  readonly workspace?: string;
}

/**
 * Loads the project, by default without requiring the API key; prints all findings and exits with 1 if there
 * are errors.
 */
export async function projectOf(
  { config, workspace }: CommonOptions,
  env = withoutKeys(config, process.env),
): Promise<Project> {
  const { loadProject } = await import('../project/project.js');
  const project = await loadProject(config, env, workspace);
  if (project.ok) return project.value;
  sayFindings(project.findings);
  throw new Exit(1);
}

/** Loads the project of each workspace, or of the one named; prints all findings and exits with 1 on an error. */
export async function projectsOf({
  config,
  workspace,
}: CommonOptions): Promise<readonly [Project, ...Project[]]> {
  const { compileProject, loadProjects } = await import('../project/project.js');
  const read = await loadProjects(config, withoutKeys(config, process.env), workspace);
  const broken = read.ok ? read.broken.flatMap(({ findings }) => findings) : read.findings;
  const projects = read.ok && broken.length === 0 ? await Promise.all(read.value.map(compileProject)) : [];
  const [first, ...others] = projects;
  if (first) return [first, ...others];
  sayFindings(broken);
  throw new Exit(1);
}

/** Loads only the configuration, for commands that do not need the rules. */
export function configOf(
  { config, workspace }: CommonOptions,
  env = withoutKeys(config, process.env),
): Config {
  const loaded = loadConfig(config, env, isSchedule, workspace);
  if (loaded.ok) return loaded.value;
  sayFindings(loaded.findings);
  throw new Exit(1);
}

/** Paths of the configuration and of the rules of its workspaces, if it can be read. */
export function projectFiles({ config, workspace }: CommonOptions): readonly string[] {
  const loaded = loadConfigs(config, withoutKeys(config, process.env), isSchedule);
  if (!loaded.ok) return [config];
  const chosen = loaded.value.filter((each) => workspace === undefined || each.workspace === workspace);
  return [config, ...new Set(chosen.map(({ rulesPath }) => rulesPath))];
}

/** Opens the store for reading; another process may be running on it. */
export async function withReader<T>(
  options: CommonOptions,
  work: (store: Store, config: Config) => Promise<T>,
): Promise<T> {
  const config = configOf(options);
  const { openStore } = await import('../store/open.js');
  const store = await openStore(config, 'read', Date.now);
  try {
    return await work(store, config);
  } finally {
    await store.close();
  }
}

/** Opens the store for writing, unless it belongs to another customer. */
export async function withWriter<T>(config: Config, work: (store: Store) => Promise<T>): Promise<T> {
  const { openStore } = await import('../store/open.js');
  const store = await openStore(config, 'write', Date.now, customerOf(config));
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
