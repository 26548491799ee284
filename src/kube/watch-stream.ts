import type { WatchEvent } from './cluster-api.ts';
import { type ClusterError, explainAnswer, failure, type Outcome } from './cluster-error.ts';
import { numberIn, objectIn, parseObject, textIn } from './json.ts';
import { isKubeObject } from './metadata.ts';

/** No single event of an object that we read comes near this; a line that long is not a watch. */
const MAX_EVENT_CHARACTERS = 8_000_000;

/**
 * Decodes a watch: one JSON object a line. Yields success when it ends behind a whole line. An ERROR event ends it with the
 * failure that it carries; what came before is reported first.
 */
export async function readEvents(
  doing: string,
  body: AsyncIterable<Uint8Array>,
  onEvents: (events: readonly WatchEvent[]) => void,
): Promise<Outcome<void>> {
  const decoder = new TextDecoder();
  /** The line that is still coming: in parts, because a long one comes in many. */
  let parts: string[] = [];
  let length = 0;
  for await (const chunk of body) {
    const text = decoder.decode(chunk, { stream: true });
    const end = text.lastIndexOf('\n');
    const rest = text.slice(end + 1);
    if (end === -1) {
      parts.push(text);
      length += text.length;
      if (length > MAX_EVENT_CHARACTERS) return failure(noWatch(doing));
      continue;
    }
    const { events, error } = decodeLines(doing, `${parts.join('')}${text.slice(0, end)}`.split('\n'));
    parts = [rest];
    length = rest.length;
    if (events.length > 0) onEvents(events);
    if (error) return failure(error);
  }
  // A watch ends behind a whole line; anything else was cut off, or was none.
  return parts.join('').trim() === '' ? { ok: true, value: undefined } : failure(noWatch(doing));
}

/** The events of whole lines, up to the first that is none. */
function decodeLines(
  doing: string,
  lines: readonly string[],
): { readonly events: readonly WatchEvent[]; readonly error: ClusterError | undefined } {
  const events: WatchEvent[] = [];
  for (const line of lines.filter(line => line.trim() !== '')) {
    const event = parseObject(line);
    if (event?.type === 'ERROR') return { events, error: carriedError(doing, event.object) };
    const object = event?.object ?? null;
    if (!isKubeObject(object)) return { events, error: noWatch(doing) };
    const type = textIn(event?.type);
    if (type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED' || type === 'BOOKMARK') {
      events.push({ type, object });
    }
  }
  return { events, error: undefined };
}

function carriedError(doing: string, object: Parameters<typeof objectIn>[0]): ClusterError {
  const status = objectIn(object);
  const code = numberIn(status.code) ?? 500;
  return explainAnswer(doing, { status: code, body: JSON.stringify(status), retryAfter: undefined });
}

function noWatch(doing: string): ClusterError {
  return explainAnswer(doing, { status: 200, body: '', retryAfter: undefined });
}
