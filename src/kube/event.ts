import { plainText } from '../plain-text.ts';
import { objectIn, textIn, timeIn } from './json.ts';
import { type KubeObject, type Metadata, readMetadata } from './metadata.ts';

/** A warning event about an object. */
export type WarningEvent = Metadata & {
  readonly about: { readonly kind: string; readonly name: string };
  readonly reason: string;
  readonly message: string;
  readonly atMs: number;
};

export function readWarningEvent(object: KubeObject): WarningEvent {
  const about = objectIn(object.involvedObject);
  const metadata = readMetadata(object);
  return {
    ...metadata,
    about: { kind: textIn(about.kind) ?? '', name: textIn(about.name) ?? '' },
    reason: plainText(textIn(object.reason) ?? '', 60),
    message: plainText(textIn(object.message) ?? '', 300),
    atMs:
      timeIn(objectIn(object.series).lastObservedTime) ??
      timeIn(object.lastTimestamp) ??
      timeIn(object.eventTime) ??
      metadata.createdAtMs ??
      0,
  };
}
