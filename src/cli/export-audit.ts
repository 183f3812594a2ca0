import { formatInstant } from '../domain/time.js';
import { printJson } from './output.js';
import { type CommonOptions, withReader } from './project.js';

/** `export audit`: prints what people did as JSON, one action per line, oldest first. */
export async function exportAudit(options: CommonOptions): Promise<void> {
  await withReader(options, async (store) => {
    for (const { at, ...entry } of await store.audit()) printJson({ at: formatInstant(at), ...entry });
  });
}
