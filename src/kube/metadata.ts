import { plainText } from '../plain-text.ts';
import { type Json, type JsonObject, labelsIn, listIn, objectIn, textIn, timeIn } from './json.ts';

/** A Kubernetes object as it was decoded, before anything is known of its shape. */
export type KubeObject = { readonly metadata: JsonObject } & JsonObject;

/** Whether a value is an object of the API. A bookmark's carries a resourceVersion and no name. */
export function isKubeObject(value: Json): value is KubeObject {
  const metadata = objectIn(objectIn(value).metadata);
  return textIn(metadata.name) !== undefined || textIn(metadata.resourceVersion) !== undefined;
}

/** What we keep of every object. `name` is the object's own and safe to draw: the API allows no control characters in it. */
export type Metadata = {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** Epoch milliseconds; absent where the server sent none. */
  readonly createdAtMs: number | undefined;
  readonly labels: Readonly<Record<string, string>>;
};

export function readMetadata(object: KubeObject): Metadata {
  const metadata = objectIn(object.metadata);
  return {
    name: plainText(textIn(metadata.name) ?? '', 253),
    namespace: plainText(textIn(metadata.namespace) ?? '', 63),
    uid: textIn(metadata.uid) ?? '',
    resourceVersion: textIn(metadata.resourceVersion) ?? '',
    createdAtMs: timeIn(metadata.creationTimestamp),
    labels: labelsIn(metadata.labels),
  };
}

/** Whether `labels` carry every label of `selector`. An empty selector matches nothing, as for a Service. */
export function matchesSelector(
  selector: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>>,
): boolean {
  const wanted = Object.entries(selector);
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
}

/** A label selector as the API takes it, always in the same order. */
export function selectorText(selector: Readonly<Record<string, string>>): string {
  return Object.entries(selector)
    .map(([key, value]) => `${key}=${value}`)
    .toSorted()
    .join(',');
}

/** One condition of a status, its words cleaned. */
export type Condition = {
  readonly type: string;
  readonly isTrue: boolean;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
};

export function readConditions(status: Json | undefined): readonly Condition[] {
  return listIn(objectIn(status).conditions).map(item => {
    const condition = objectIn(item);
    return {
      type: textIn(condition.type) ?? '',
      isTrue: condition.status === 'True',
      status: textIn(condition.status) ?? 'Unknown',
      reason: plainText(textIn(condition.reason) ?? '', 80),
      message: plainText(textIn(condition.message) ?? '', 300),
    };
  });
}
