#!/usr/bin/env node
import { existsSync } from 'node:fs';

const built = new URL('../dist/client/cli/main.js', import.meta.url);
if (!existsSync(built)) {
  process.stderr.write('nextune: not set up in this folder yet. Run: npm run bootstrap\n');
  process.exit(1);
}
const { main } = await import(built.href);
await main(process.argv);
