#!/usr/bin/env node
import module from 'node:module';

// Nothing else is imported statically, nor a name that an older Node's `module` lacks: the sentence below must be what
// the user of an old Node sees, not a link error.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 19)) {
  process.stderr.write(
    `weighbridge needs Node 22.19 or newer; this is Node ${process.versions.node}. Install a newer one from https://nodejs.org.\n`,
  );
  process.exitCode = 1;
} else {
  module.enableCompileCache?.();
  const { main } = await import('./index.tsx');
  await main(process.argv.slice(2));
}
