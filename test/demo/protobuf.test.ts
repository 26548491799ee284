import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesField, doubleField, numberField, readProtobuf } from '../../src/demo/api/protobuf.ts';
import { readProtobufObject } from '../../src/demo/api/protobuf-object.ts';
import { codeOf, createApi, read } from './api-without-sockets.ts';

const PROTOBUF = 'application/vnd.kubernetes.protobuf';
const REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';

/** What `kubectl auth can-i patch virtualservices` sends. */
const REVIEW = Buffer.from(
  '6b3873000a320a17617574686f72697a6174696f6e2e6b38732e696f2f7631121753656c665375626a65637441636365' +
    '7373526576696577125c0a100a0012001a0022002a003200380042' +
    '00123e0a3c0a0764656661756c741205706174636' +
    '81a136e6574776f726b696e672e697374696f2e696f22002a0f7669727475616c736572766963657332003a001a0808' +
    '0012001a0020001a002200',
  'hex',
);

/** A body in Kubernetes' envelope. */
function envelope(apiVersion: string, kind: string, ...fields: readonly Buffer[]): Buffer {
  const type = Buffer.concat([bytesField(1, apiVersion), bytesField(2, kind)]);
  return Buffer.concat([Buffer.from('k8s\0'), bytesField(1, type), bytesField(2, Buffer.concat(fields))]);
}

function message(...fields: readonly Buffer[]): Buffer {
  return Buffer.concat(fields);
}

function label(name: string, value: string): Buffer {
  return message(bytesField(1, name), bytesField(2, value));
}

describe('a body of protobuf', () => {
  it('from kubectl says what is to be reviewed', () => {
    expect(readProtobufObject(REVIEW)).toEqual({
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      metadata: {},
      spec: {
        resourceAttributes: {
          namespace: 'default',
          verb: 'patch',
          group: 'networking.istio.io',
          resource: 'virtualservices',
        },
      },
    });
  });

  it('is answered in JSON', () => {
    const { request, permissions } = createApi();
    const sent = {
      body: REVIEW.toString('latin1'),
      contentType: PROTOBUF,
      accept: `${PROTOBUF},application/json`,
    };
    expect(read(request('POST', REVIEWS, sent))).toMatchObject({
      code: 201,
      body: { status: { allowed: true } },
    });
    permissions.deny({ verb: 'patch', resource: 'virtualservices' });
    expect(read(request('POST', REVIEWS, sent)).body).toMatchObject({ status: { allowed: false } });
  });

  it('keeps a number that is nothing only where nothing says something', () => {
    const container = message(
      bytesField(1, 'web'),
      bytesField(2, 'nginx'),
      bytesField(6, message(bytesField(1, ''), numberField(2, 0), numberField(3, 80), bytesField(4, ''))),
    );
    const template = message(
      bytesField(1, message(bytesField(1, ''), bytesField(11, label('app', 'web')))),
      bytesField(2, message(bytesField(2, container), bytesField(3, ''))),
    );
    const spec = message(
      numberField(1, 0),
      bytesField(2, bytesField(1, label('app', 'web'))),
      bytesField(3, template),
      numberField(5, 0),
    );
    const body = envelope('apps/v1', 'Deployment', bytesField(1, bytesField(1, 'web')), bytesField(2, spec));
    expect(readProtobufObject(body)).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: {
        replicas: 0,
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'web', image: 'nginx', ports: [{ containerPort: 80 }] }] },
        },
      },
    });
  });

  it('tells a port from the name of one', () => {
    const port = (target: Buffer) => message(numberField(3, 80), bytesField(4, target));
    const named = message(numberField(1, 1), numberField(2, 0), bytesField(3, 'http'));
    const numbered = message(numberField(1, 0), numberField(2, 8080), bytesField(3, ''));
    const none = message(numberField(1, 0), numberField(2, 0), bytesField(3, ''));
    const spec = message(...[named, numbered, none].map(target => bytesField(1, port(target))));
    expect(readProtobufObject(envelope('v1', 'Service', bytesField(2, spec)))?.spec).toEqual({
      ports: [{ port: 80, targetPort: 'http' }, { port: 80, targetPort: 8080 }, { port: 80 }],
    });
  });

  it('of a kind or with a field that kubectl does not send so is an unsupported media type', () => {
    const { request } = createApi();
    const send = (path: string, body: Buffer) =>
      read(request('POST', path, { body: body.toString('latin1'), contentType: PROTOBUF }));
    const pods = '/api/v1/namespaces/default/pods';
    const volume = message(bytesField(1, bytesField(1, 'x')), bytesField(2, bytesField(9, 'y')));
    const refused = { code: 415, body: { reason: 'UnsupportedMediaType' } };
    expect(send(pods, envelope('v1', 'Pod', volume))).toMatchObject(refused);
    expect(send('/api/v1/namespaces', envelope('v1', 'Namespace', bytesField(99, 'x')))).toMatchObject(
      refused,
    );
    expect(send('/api/v1/namespaces', Buffer.from('not protobuf'))).toMatchObject(refused);
  });

  it('of any bytes is read or refused', () => {
    const { request } = createApi();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.boolean(), (bytes, isWrapped) => {
        const raw = Buffer.from(bytes);
        const body = (isWrapped ? envelope('v1', 'ConfigMap', raw) : raw).toString('latin1');
        const sent = { body, contentType: PROTOBUF };
        expect(codeOf(request('POST', '/api/v1/namespaces/default/configmaps', sent))).toBeLessThan(500);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a field of protobuf', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 28), fc.maxSafeNat(), fc.string(), (number, value, text) => {
        const fields = readProtobuf(
          message(numberField(number + 1, value), bytesField(number + 2, text), doubleField(number + 3, 0.5)),
        );
        expect(fields.get(number + 1)).toEqual([value]);
        expect(String(fields.get(number + 2)?.[0])).toBe(Buffer.from(text).toString());
        expect(fields.size).toBe(3);
      }),
    );
  });
});
