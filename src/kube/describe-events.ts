import { plainText } from '../plain-text.ts';
import type { DescribedEvent, DescribedSection } from './described.ts';
import { numberIn, objectIn, textIn, timeIn } from './json.ts';
import { type KubeObject, readMetadata } from './metadata.ts';

/** Of more, the newest are kept: a crash loop of days has hundreds. */
const MOST_EVENTS = 20;

/** What happened to an object of that kind and name, the newest last. */
export function eventsSection(events: readonly KubeObject[], kind: string, name: string): DescribedSection {
  const about = events.filter(({ involvedObject }) => {
    const object = objectIn(involvedObject);
    return object.kind === kind && object.name === name;
  });
  const rows = about.map(readEvent).toSorted((left, right) => left.lastAtMs - right.lastAtMs);
  return {
    heading: `Events of ${kind} ${plainText(name, 253)}`,
    rows: rows.slice(-MOST_EVENTS),
    empty: 'none',
  };
}

/** Both kinds of events: those that are counted, and the newer ones that make a series. */
function readEvent(event: KubeObject): DescribedEvent {
  const series = objectIn(event.series);
  const createdAtMs = readMetadata(event).createdAtMs ?? 0;
  const firstAtMs = timeIn(event.firstTimestamp) ?? timeIn(event.eventTime) ?? createdAtMs;
  return {
    kind: 'event',
    type: plainText(textIn(event.type) ?? '', 20),
    reason: plainText(textIn(event.reason) ?? '', 60),
    from: plainText(textIn(objectIn(event.source).component) || textIn(event.reportingComponent) || '', 60),
    message: plainText(textIn(event.message) ?? '', 400),
    count: numberIn(series.count) ?? numberIn(event.count) ?? 1,
    firstAtMs,
    lastAtMs: timeIn(series.lastObservedTime) ?? timeIn(event.lastTimestamp) ?? firstAtMs,
  };
}
