import { readFile } from 'node:fs/promises';
import { type Json, type JsonObject, objectIn } from '../../src/kube/json.ts';
import type { RecordingSink } from '../../src/session/recorder.ts';

/** The lines of a recording, parsed. Throws on a line that is no JSON object with a time and a kind. */
export function parseRecording(text: string): readonly JsonObject[] {
  return text
    .split('\n')
    .filter(line => line !== '')
    .map(line => {
      const entry = objectIn(JSON.parse(line) as Json);
      if (typeof entry.t !== 'number' || typeof entry.kind !== 'string') throw new Error(`no entry: ${line}`);
      return entry;
    });
}

export async function readRecording(path: string): Promise<readonly JsonObject[]> {
  return parseRecording(await readFile(path, 'utf8'));
}

/** What the entries of one kind say in the end, each member as it was said last. */
export function replayed(entries: readonly JsonObject[], kind: string): JsonObject {
  return Object.assign({}, ...entries.filter(entry => entry.kind === kind));
}

/** A recording that is kept in memory: one list of lines for each file. */
export class MemorySink implements RecordingSink {
  readonly bytes = 0;
  readonly files: string[][] = [[]];
  answer: 'taken' | 'full' | 'closed' = 'taken';

  write(line: string): 'taken' | 'full' | 'closed' {
    if (this.answer === 'taken') this.files.at(-1)?.push(line);
    return this.answer;
  }

  rotate(): void {
    this.files.push([]);
  }

  entries(file = this.files.length - 1): readonly JsonObject[] {
    return parseRecording(this.files[file]?.join('\n') ?? '');
  }
}
