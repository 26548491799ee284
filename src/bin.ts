#!/usr/bin/env node
import module from 'node:module';
import v8 from 'node:v8';

// Nothing else is imported statically, nor a name that an older Node's modules lack: the sentence below must be what
// the user of an old Node sees, not a link error.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 19)) {
  process.stderr.write(
    `weighbridge needs Node 22.19 or newer; this is Node ${process.versions.node}. Install a newer one from https://nodejs.org.\n`,
  );
  process.exitCode = 1;
} else {
  // A later V8 may not know these, and would say so on the terminal.
  const setFlags =
    major <= 26 ? (flags: readonly string[]) => flags.forEach(v8.setFlagsFromString) : () => {};
  module.enableCompileCache?.();
  // Layout is a few dozen boxes: compiling Yoga a second time, for speed, costs 12 MB and gains nothing that can be measured.
  setFlags(['--no-wasm-tier-up', '--no-wasm-dynamic-tiering']);
  const { main } = await import('./index.tsx');
  // What lives is some 15 MB; for what each frame throws away V8 would take five times that, and keep it. The young
  // generation is large enough once the screen is loaded, and the old one is swept before it has doubled.
  setFlags(['--semi-space-growth-factor=1', '--heap-growing-percent=50']);
  await main(process.argv.slice(2));
}
