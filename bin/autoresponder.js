#!/usr/bin/env node
import { existsSync } from 'node:fs';

const built = new URL('../dist/cli/main.js', import.meta.url);
if (!existsSync(built)) {
  process.stderr.write(
    'autoresponder: not built yet. Run `npm run build` in the checkout, then try again.\n',
  );
  process.exit(1);
}
await import(built.href);
