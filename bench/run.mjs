// `npm run bench [-- --json]`: measures the built program beside what people would run in its place.
import { runBenchmarks } from './benchmarks.ts';

await runBenchmarks(process.argv.includes('--json'));
