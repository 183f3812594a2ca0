import { existsSync } from 'node:fs';
import { parseConfig } from '../config/load.js';
import type { Config } from '../domain/config.js';
import { isSchedule } from '../poller/schedule.js';
import { Exit } from './exit.js';
import { say } from './output.js';
import { type CommonOptions, configOf } from './project.js';

/** A sample configuration with an account on each platform that replies can be sent on. */
const SAMPLE = `version: 1
blotato: { api_key: none }
rules: ./rules
accounts:
  - { name: instagram, id: "1", platform: instagram }
  - { name: facebook, id: "2", platform: facebook, page_id: "1" }
  - { name: x, id: "3", platform: twitter }
  - { name: bluesky, id: "4", platform: bluesky }
`;

/** The configuration whose accounts the source refers to; the sample if there is no configuration file. */
export function configForImport(options: CommonOptions, needsKey = false): Config {
  if (existsSync(options.config)) return needsKey ? configOf(options, process.env) : configOf(options);
  if (needsKey)
    throw new Exit(1, `${options.config} does not exist; fix: \`autoresponder init\`, or give a JSON file`);
  say(`${options.config} does not exist: the rules are checked with an account of each platform`);
  const sample = parseConfig(SAMPLE, options.config, {}, isSchedule);
  if (!sample.ok) throw new Error(sample.findings[0]?.message);
  return sample.value;
}
