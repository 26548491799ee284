import type { Json, JsonObject } from '../json.ts';
import { type ProtobufFields, readProtobuf } from './protobuf.ts';

/** The media type of Kubernetes' own binary form, in which kubectl sends what it makes of its flags. */
export const PROTOBUF = 'application/vnd.kubernetes.protobuf';

/**
 * How a field reads. Fields that Go keeps by value are always sent, empty ones too, which then say nothing; `pointer`
 * marks those that are sent only when they say something.
 */
type FieldType =
  | 'text'
  | 'number'
  | 'truth'
  | 'texts'
  | 'labels'
  | 'numberOrText'
  | 'nothing'
  | { readonly one: Message }
  | { readonly each: Message };
type Field = readonly [name: string, type: FieldType, by?: 'pointer'];
type Message = { readonly [number: number]: Field };

const OBJECT_META: Message = {
  1: ['name', 'text'],
  2: ['generateName', 'text'],
  3: ['namespace', 'text'],
  4: ['selfLink', 'text'],
  5: ['uid', 'text'],
  6: ['resourceVersion', 'text'],
  7: ['generation', 'number'],
  8: ['creationTimestamp', 'nothing'],
  11: ['labels', 'labels'],
  12: ['annotations', 'labels'],
};

const PORT: Message = {
  1: ['name', 'text'],
  2: ['hostPort', 'number'],
  3: ['containerPort', 'number'],
  4: ['protocol', 'text'],
  5: ['hostIP', 'text'],
};

const CONTAINER: Message = {
  1: ['name', 'text'],
  2: ['image', 'text'],
  3: ['command', 'texts'],
  4: ['args', 'texts'],
  5: ['workingDir', 'text'],
  6: ['ports', { each: PORT }],
  7: ['env', { each: { 1: ['name', 'text'], 2: ['value', 'text'] } }],
  8: ['resources', { one: {} }],
  13: ['terminationMessagePath', 'text'],
  14: ['imagePullPolicy', 'text'],
  16: ['stdin', 'truth'],
  17: ['stdinOnce', 'truth'],
  18: ['tty', 'truth'],
  20: ['terminationMessagePolicy', 'text'],
};

const POD_SPEC: Message = {
  2: ['containers', { each: CONTAINER }],
  3: ['restartPolicy', 'text'],
  4: ['terminationGracePeriodSeconds', 'number', 'pointer'],
  6: ['dnsPolicy', 'text'],
  8: ['serviceAccountName', 'text'],
  9: ['serviceAccount', 'text'],
  10: ['nodeName', 'text'],
  11: ['hostNetwork', 'truth'],
  12: ['hostPID', 'truth'],
  13: ['hostIPC', 'truth'],
  16: ['hostname', 'text'],
  17: ['subdomain', 'text'],
  19: ['schedulerName', 'text'],
  24: ['priorityClassName', 'text'],
};

const LABEL_SELECTOR: Message = { 1: ['matchLabels', 'labels'] };

const DEPLOYMENT_SPEC: Message = {
  1: ['replicas', 'number', 'pointer'],
  2: ['selector', { one: LABEL_SELECTOR }],
  3: ['template', { one: { 1: ['metadata', { one: OBJECT_META }], 2: ['spec', { one: POD_SPEC }] } }],
  4: ['strategy', { one: { 1: ['type', 'text'] } }],
  5: ['minReadySeconds', 'number'],
  6: ['revisionHistoryLimit', 'number', 'pointer'],
  7: ['paused', 'truth'],
  9: ['progressDeadlineSeconds', 'number', 'pointer'],
};

const SERVICE_PORT: Message = {
  1: ['name', 'text'],
  2: ['protocol', 'text'],
  3: ['port', 'number'],
  4: ['targetPort', 'numberOrText'],
  5: ['nodePort', 'number'],
};

const SERVICE_SPEC: Message = {
  1: ['ports', { each: SERVICE_PORT }],
  2: ['selector', 'labels'],
  3: ['clusterIP', 'text'],
  4: ['type', 'text'],
  5: ['externalIPs', 'texts'],
  7: ['sessionAffinity', 'text'],
  8: ['loadBalancerIP', 'text'],
  10: ['externalName', 'text'],
  11: ['externalTrafficPolicy', 'text'],
  12: ['healthCheckNodePort', 'number'],
  13: ['publishNotReadyAddresses', 'truth'],
};

const RESOURCE_ATTRIBUTES: Message = {
  1: ['namespace', 'text'],
  2: ['verb', 'text'],
  3: ['group', 'text'],
  4: ['version', 'text'],
  5: ['resource', 'text'],
  6: ['subresource', 'text'],
  7: ['name', 'text'],
};

const REVIEWED: Message = {
  1: ['resourceAttributes', { one: RESOURCE_ATTRIBUTES }],
  2: ['nonResourceAttributes', { one: { 1: ['path', 'text'], 2: ['verb', 'text'] } }],
};

const STATUS: Field = ['status', 'nothing'];

/** The kinds that kubectl sends in this form. */
const MESSAGES: Readonly<Record<string, Message>> = {
  Namespace: { 1: ['metadata', { one: OBJECT_META }], 2: ['spec', { one: {} }], 3: STATUS },
  ConfigMap: {
    1: ['metadata', { one: OBJECT_META }],
    2: ['data', 'labels'],
    4: ['immutable', 'truth', 'pointer'],
  },
  Deployment: { 1: ['metadata', { one: OBJECT_META }], 2: ['spec', { one: DEPLOYMENT_SPEC }], 3: STATUS },
  Service: { 1: ['metadata', { one: OBJECT_META }], 2: ['spec', { one: SERVICE_SPEC }], 3: STATUS },
  SelfSubjectAccessReview: {
    1: ['metadata', { one: OBJECT_META }],
    2: ['spec', { one: REVIEWED }],
    3: STATUS,
  },
  SelfSubjectRulesReview: {
    1: ['metadata', { one: OBJECT_META }],
    2: ['spec', { one: { 1: ['namespace', 'text'] } }],
    3: STATUS,
  },
  DeleteOptions: {
    1: ['gracePeriodSeconds', 'number', 'pointer'],
    2: [
      'preconditions',
      { one: { 1: ['uid', 'text', 'pointer'], 2: ['resourceVersion', 'text', 'pointer'] } },
    ],
    3: ['orphanDependents', 'truth', 'pointer'],
    4: ['propagationPolicy', 'text', 'pointer'],
    5: ['dryRun', 'texts'],
  },
};

/** Something in the bytes that is not in the tables above. */
class UnknownContent extends Error {}

function textOf(value: number | Buffer | undefined): string {
  return Buffer.isBuffer(value) ? value.toString() : '';
}

function messageIn(value: number | Buffer | undefined, message: Message): JsonObject {
  return Buffer.isBuffer(value) ? readMessage(readProtobuf(value), message) : {};
}

function readLabels(values: readonly (number | Buffer)[]): JsonObject {
  const entries = values.map(value => {
    const fields = readProtobuf(Buffer.isBuffer(value) ? value : Buffer.alloc(0));
    return [textOf(fields.get(1)?.[0]), textOf(fields.get(2)?.[0])];
  });
  return Object.fromEntries(entries);
}

/** Which of the two it is stands in the first field. */
function readNumberOrText(value: number | Buffer | undefined): Json | undefined {
  const fields = readProtobuf(Buffer.isBuffer(value) ? value : Buffer.alloc(0));
  const number = fields.get(2)?.[0];
  if (fields.get(1)?.[0] === 1) return textOf(fields.get(3)?.[0]);
  return typeof number === 'number' ? number : undefined;
}

function readField(type: FieldType, values: readonly (number | Buffer)[]): Json | undefined {
  const value = values.at(-1);
  switch (type) {
    case 'text':
      return textOf(value);
    case 'number':
      return typeof value === 'number' ? value : 0;
    case 'truth':
      return value === 1;
    case 'texts':
      return values.map(textOf);
    case 'labels':
      return readLabels(values);
    case 'numberOrText':
      return readNumberOrText(value);
    case 'nothing':
      return undefined;
    default:
      return 'each' in type ? values.map(one => messageIn(one, type.each)) : messageIn(value, type.one);
  }
}

function readMessage(fields: ProtobufFields, message: Message): JsonObject {
  const members: [string, Json][] = [];
  for (const [number, values] of fields) {
    const field = message[number];
    if (!field) throw new UnknownContent(`field ${number}`);
    const [name, type, by] = field;
    const value = readField(type, values);
    const saysNothing = value === undefined || value === '' || value === 0 || value === false;
    if (value !== undefined && (by === 'pointer' || !saysNothing)) members.push([name, value]);
  }
  return Object.fromEntries(members);
}

const MAGIC = Buffer.from('k8s\0');

/**
 * The object in a body of Kubernetes' binary form; `undefined` for bytes that are none, and for kinds and fields that
 * kubectl does not send in it.
 */
export function readProtobufObject(body: Buffer): JsonObject | undefined {
  if (!body.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  try {
    const envelope = readProtobuf(body.subarray(MAGIC.length));
    const typed = envelope.get(1)?.[0];
    const raw = envelope.get(2)?.[0];
    const type = readProtobuf(Buffer.isBuffer(typed) ? typed : Buffer.alloc(0));
    const kind = textOf(type.get(2)?.[0]);
    const message = Object.hasOwn(MESSAGES, kind) ? MESSAGES[kind] : undefined;
    if (!message) return undefined;
    return { apiVersion: textOf(type.get(1)?.[0]), kind, ...messageIn(raw, message) };
  } catch (error) {
    // Bytes that end too early, and what the tables do not know.
    if (error instanceof RangeError || error instanceof UnknownContent) return undefined;
    throw error;
  }
}
