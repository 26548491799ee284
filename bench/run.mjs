// `npm run bench [-- PART...] [-- --json]`: measures the built program beside what people would run in its place.
import { runBenchmarks } from './benchmarks.ts';

process.exitCode = await runBenchmarks(process.argv.slice(2));
