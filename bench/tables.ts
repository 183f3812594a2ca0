import Table from 'cli-table3';
import type { BuildRow, EngineRow } from './engine.js';
import type { Throughput } from './pipeline.js';

const NUMBER = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });

export function engineTable(rows: readonly EngineRow[]): string {
  const table = new Table({
    head: ['rules', 'keywords', 'by', 'decisions a second', 'p50 µs', 'p99 µs'],
    style: { head: [] },
  });
  for (const { kind, rules, variant, speed } of rows) {
    const figures = speed
      ? [speed.perSecond, speed.p50, speed.p99].map((each) => NUMBER.format(each))
      : ['left out', '', ''];
    table.push([NUMBER.format(rules), kind, variant, ...figures]);
  }
  return table.toString();
}

export function buildTable(rows: readonly BuildRow[]): string {
  const table = new Table({ head: ['rules', 'compiled in ms', 'kept in MB'], style: { head: [] } });
  for (const { rules, milliseconds, megabytes } of rows) {
    table.push([rules, milliseconds, megabytes].map((each) => NUMBER.format(each)));
  }
  return table.toString();
}

export function pairTable(
  head: readonly [string, string],
  rows: readonly { readonly name: string; readonly value: number }[],
): string {
  const table = new Table({ head: [...head], style: { head: [] } });
  for (const { name, value } of rows) table.push([name, NUMBER.format(value)]);
  return table.toString();
}

export function pipelineTable(rows: readonly Throughput[]): string {
  const head = ['rows in the journal', 'events', 'queued a second', 'first poll in ms'];
  const table = new Table({ head, style: { head: [] } });
  for (const { journalRows, events, queuedPerSecond, firstPoll } of rows) {
    table.push([journalRows, events, queuedPerSecond, firstPoll].map((each) => NUMBER.format(each)));
  }
  return table.toString();
}
