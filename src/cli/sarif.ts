import { pathToFileURL } from 'node:url';
import type { Finding } from '../domain/finding.js';
import { nearPath } from './output.js';

/**
 * Converts findings to SARIF 2.1.0, the format that code hosts show beside the lines (OASIS,
 * docs.oasis-open.org/sarif). Files below the current folder have relative paths, since the hosts treat it as
 * the root of the repository.
 */
export function toSarif(findings: readonly Finding[], version: string): unknown {
  const codes = [...new Set(findings.map(({ code }) => code))].sort();
  const driver = {
    name: 'autoresponder',
    version,
    rules: codes.map((code) => ({ id: code, shortDescription: { text: code.replaceAll('-', ' ') } })),
  };
  const results = findings.map((finding) => toResult(finding, codes.indexOf(finding.code)));
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver }, columnKind: 'utf16CodeUnits', results }],
  };
}

function toResult({ code, severity, message, fix, file, line, column, example }: Finding, ruleIndex: number) {
  const said = [message, ...(example ? [`Example: ${JSON.stringify(example.text)}: ${example.shows}`] : [])];
  return {
    ruleId: code,
    ruleIndex,
    level: severity,
    message: { text: [...said, ...(fix === null ? [] : [fix])].join('\n') },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(nearPath(file)) },
          region: { startLine: line, startColumn: column },
        },
      },
    ],
    ...(example ? { properties: { example } } : {}),
  };
}

/** A relative reference if the file is below the current folder, else a `file:` URL. */
function uriOf(file: string): string {
  const whole = pathToFileURL(file).href;
  const here = pathToFileURL(`${process.cwd()}/`).href;
  return whole.startsWith(here) ? whole.slice(here.length) : whole;
}
