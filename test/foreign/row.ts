/** One thing that a foreign client does. It fails by throwing. */
export type Row = { readonly what: string; readonly run: () => Promise<void> };

/** One client and what it does, in order. */
export type Client = {
  readonly name: string;
  readonly rows: readonly Row[];
  /** Ends what the client keeps running between its rows. */
  readonly stop?: () => Promise<void>;
};

export type Result = {
  readonly client: string;
  readonly what: string;
  readonly ms: number;
  /** Why it failed; `undefined` when it passed. */
  readonly failure: unknown;
};

/** No row may take longer: kubectl waits for ever for some things. */
const ROW_LIMIT_MS = 60_000;

async function withinLimit(run: () => Promise<void>): Promise<void> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`not done after ${ROW_LIMIT_MS / 1000} s`)),
    ROW_LIMIT_MS,
  );
  try {
    await Promise.race([run(), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

export async function runRow(client: string, { what, run }: Row): Promise<Result> {
  const startedMs = performance.now();
  let failure: unknown;
  try {
    await withinLimit(run);
  } catch (error) {
    failure = error ?? new Error('failed without a reason');
  }
  return { client, what, failure, ms: Math.round(performance.now() - startedMs) };
}

const CLIENT_COLUMNS = 12;
const WHAT_COLUMNS = 72;

export const TABLE_HEAD = lineOf('client', 'what', 'result', 'ms');

export function tableLine({ client, what, failure, ms }: Result): string {
  return lineOf(client, what, failure === undefined ? 'passed' : 'FAILED', String(ms));
}

function lineOf(client: string, what: string, result: string, ms: string): string {
  return `${client.padEnd(CLIENT_COLUMNS)} ${what.padEnd(WHAT_COLUMNS)} ${result.padEnd(6)} ${ms.padStart(6)}`;
}
