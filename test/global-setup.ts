import type { TestProject } from 'vitest/node';
import { build, say } from './build.js';
import { sharePostgres } from './postgres/shared.js';

/** Builds the program if needed, and shares one PostgreSQL server between the files. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  build();
  const postgres = await sharePostgres(say);
  project.provide('postgres', postgres.url);
  return () => postgres.stop();
}
