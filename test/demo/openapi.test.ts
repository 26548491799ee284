import { describe, expect, it } from 'vitest';
import { readProtobuf } from '../../src/demo/api/protobuf.ts';
import type { ApiResponse } from '../../src/demo/api/request.ts';
import { createApi, read } from './api-without-sockets.ts';

type Schema = {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly [fact: string]: unknown;
};

type Document = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
};

type Operation = {
  readonly parameters: readonly { readonly name: string }[];
  readonly requestBody: { readonly content: Readonly<Record<string, unknown>> };
  readonly 'x-kubernetes-group-version-kind': unknown;
};

function textOf(response: ApiResponse): string {
  return response.type === 'text' ? response.text : '';
}

function document(path: string): Document {
  return read(createApi().request('GET', path)).body as Document;
}

describe('OpenAPI 3', () => {
  const { request } = createApi();
  const index: { paths: Record<string, { serverRelativeURL: string }> } = JSON.parse(
    textOf(request('GET', '/openapi/v3')),
  );

  it('has a document for each group and version, at an address that its content decides', () => {
    expect(Object.keys(index.paths)).toEqual([
      'api/v1',
      'apis/apps/v1',
      'apis/discovery.k8s.io/v1',
      'apis/apiextensions.k8s.io/v1',
      'apis/networking.istio.io/v1',
      'apis/networking.istio.io/v1beta1',
      'apis/networking.istio.io/v1alpha3',
      'apis/authorization.k8s.io/v1',
    ]);
    for (const [path, { serverRelativeURL }] of Object.entries(index.paths)) {
      expect(serverRelativeURL).toMatch(new RegExp(`^/openapi/v3/${path}\\?hash=[0-9A-F]{128}$`));
      expect(read(request('GET', `/openapi/v3/${path}`)).body).toMatchObject({ openapi: '3.0.0' });
    }
  });

  it('says that the server checks fields, and by which patches a kind is changed', () => {
    const patch = (path: string, at: string) => {
      const operation = document(path).paths[at]?.patch;
      return {
        parameters: operation?.parameters.map(({ name }) => name),
        types: Object.keys(operation?.requestBody.content ?? {}),
        kind: operation?.['x-kubernetes-group-version-kind'],
      };
    };
    const parameters = ['dryRun', 'fieldManager', 'fieldValidation', 'force'];
    const types = [
      'application/json-patch+json',
      'application/merge-patch+json',
      'application/strategic-merge-patch+json',
      'application/apply-patch+yaml',
    ];
    expect(
      patch('/openapi/v3/apis/apps/v1', '/apis/apps/v1/namespaces/{namespace}/deployments/{name}'),
    ).toEqual({ parameters, types, kind: { group: 'apps', version: 'v1', kind: 'Deployment' } });
    const istio = '/apis/networking.istio.io/v1/namespaces/{namespace}/virtualservices/{name}';
    expect(patch('/openapi/v3/apis/networking.istio.io/v1', istio)).toEqual({
      parameters,
      types: types.filter(type => !type.includes('strategic')),
      kind: { group: 'networking.istio.io', version: 'v1', kind: 'VirtualService' },
    });
  });

  it('publishes by which members lists are merged', () => {
    const { schemas } = document('/openapi/v3/apis/apps/v1').components;
    const pod =
      schemas['io.k8s.api.apps.v1.Deployment']?.properties?.spec?.properties?.template?.properties?.spec;
    expect(pod?.properties?.containers).toMatchObject({
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      'x-kubernetes-patch-merge-key': 'name',
      'x-kubernetes-patch-strategy': 'merge',
    });
    expect(pod?.properties?.volumes?.['x-kubernetes-patch-strategy']).toBe('merge,retainKeys');
    expect(pod?.properties?.tolerations?.['x-kubernetes-list-type']).toBe('atomic');
    expect(pod?.properties?.nodeSelector?.['x-kubernetes-map-type']).toBe('atomic');
    const container = pod?.properties?.containers?.items;
    expect(container?.properties?.ports?.['x-kubernetes-list-map-keys']).toEqual([
      'containerPort',
      'protocol',
    ]);
  });

  it('has no document where nothing is served', () => {
    expect(request('GET', '/openapi/v3/apis/example.com/v1')).toMatchObject({ code: 404 });
  });
});

describe('OpenAPI 2', () => {
  const BINARY = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';

  /** The texts in the first field of each message in field `number`. */
  function namesIn(message: unknown, number: number): readonly string[] {
    const fields = readProtobuf(Buffer.isBuffer(message) ? message : Buffer.alloc(0));
    return (fields.get(number) ?? []).map(one => {
      const [name] = readProtobuf(Buffer.isBuffer(one) ? one : Buffer.alloc(0)).get(1) ?? [];
      return String(name);
    });
  }

  it('says in binary what it says in JSON', () => {
    const { request } = createApi();
    const json = read(request('GET', '/openapi/v2')).body as {
      readonly paths: object;
      readonly definitions: object;
    };
    const binary = request('GET', '/openapi/v2', { accept: BINARY });
    if (binary.type !== 'content') throw new Error('no content');
    expect(binary.contentType).toBe('application/com.github.proto-openapi.spec.v2.v1.0+protobuf');
    const document = readProtobuf(Buffer.from(binary.content as Buffer));
    expect(String(document.get(1)?.[0])).toBe('2.0');
    expect(namesIn(document.get(8)?.[0], 2)).toEqual(Object.keys(json.paths));
    expect(namesIn(document.get(9)?.[0], 1)).toEqual(Object.keys(json.definitions));
    expect(Object.keys(json.definitions)).toContain('io.k8s.api.core.v1.Pod');
    expect(Object.keys(json.definitions)).toContain('io.istio.networking.v1beta1.VirtualService');
  });
});
