import { csvLine } from '../domain/csv.js';
import { formatInstant } from '../domain/time.js';
import type { Panel } from './panel.js';
import type { LeadsView } from './views.js';

/** Maximum number of leads on the page, and in the file. */
const SHOWN = 500;
const EXPORTED = 100_000;
const COLUMNS = ['name', 'contact', 'account', 'changed', 'tags'];

export async function leadsView({ reports }: Panel, limit = SHOWN): Promise<LeadsView> {
  const leads = await reports.leads(limit);
  return { leads, fields: [...new Set(leads.flatMap(({ fields }) => Object.keys(fields)))].sort() };
}

/** The leads as CSV for a spreadsheet, with a byte order mark, by which Excel detects UTF-8. */
export async function leadsFile(panel: Panel): Promise<string> {
  const { leads, fields } = await leadsView(panel, EXPORTED);
  const rows = leads.map((lead) => [
    lead.name ?? '',
    lead.contactId,
    lead.account,
    formatInstant(lead.at),
    lead.tags.join(' '),
    ...fields.map((name) => lead.fields[name] ?? ''),
  ]);
  return `\uFEFF${[[...COLUMNS, ...fields], ...rows].map(csvLine).join('\r\n')}\r\n`;
}
