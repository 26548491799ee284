// Foreign clients against the built program: what they did, whether it worked, and how long it took.
import { clientsOfThisMachine } from './clients.ts';
import { type Result, runRow, TABLE_HEAD, tableLine } from './row.ts';

const results: Result[] = [];
console.log(TABLE_HEAD);
for await (const client of clientsOfThisMachine(process.env, console.log)) {
  for (const row of client.rows) {
    const result = await runRow(client.name, row);
    results.push(result);
    console.log(tableLine(result));
  }
  await client.stop?.();
}

const failed = results.filter(({ failure }) => failure !== undefined);
for (const { client, what, failure } of failed) {
  console.error(`\n${client}: ${what}`);
  console.error(failure instanceof Error ? failure.message : failure);
}
console.log(`\n${results.length - failed.length} passed, ${failed.length} failed`);
// A client whose row has failed may have left something open.
process.exit(failed.length === 0 && results.length > 0 ? 0 : 1);
