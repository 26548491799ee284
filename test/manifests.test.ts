import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readDeployment } from '../src/kube/deployment.ts';
import { matchesSelector } from '../src/kube/metadata.ts';
import { readService } from '../src/kube/service.ts';
import { readDestinationRule, readGateway } from '../src/kube/traffic-objects.ts';
import { rawWeights, readVirtualService } from '../src/kube/virtual-service.ts';
import { objectsIn } from './support/objects.ts';

const folder = join(import.meta.dirname, '..', 'manifests');
const filesIn = (path: string) =>
  readdirSync(path, { withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => entry.name)
    .toSorted();
const objects = filesIn(folder).flatMap(file => objectsIn(readFileSync(join(folder, file), 'utf8')));
const one = (kind: string) => {
  const found = objects.find(object => object.kind === kind);
  if (!found) throw new Error(`no ${kind}`);
  return found;
};

describe("the tutorial's manifests", () => {
  it('are applied in the order that is safe: nothing is routed to before it is there', () => {
    expect(objects.map(({ kind }) => kind)).toEqual([
      'Deployment',
      'Deployment',
      'Service',
      'DestinationRule',
      'Gateway',
      'VirtualService',
    ]);
  });

  it('fit together: Service, subsets, Gateway and route name what is there', () => {
    const deployments = objects.filter(({ kind }) => kind === 'Deployment').map(readDeployment);
    const service = readService(one('Service'));
    const rule = readDestinationRule(one('DestinationRule'));
    const gateway = readGateway(one('Gateway'));
    const virtualService = readVirtualService(one('VirtualService'));
    expect(deployments.every(({ podLabels }) => matchesSelector(service.selector, podLabels))).toBe(true);
    expect(rule.host).toBe(service.name);
    for (const subset of rule.subsets) {
      expect(deployments.filter(({ podLabels }) => matchesSelector(subset.labels, podLabels))).toHaveLength(
        1,
      );
    }
    expect(virtualService.gateways).toEqual([gateway.name]);
    const [route] = virtualService.routes;
    expect(route?.destinations.map(({ subset }) => subset)).toEqual(rule.subsets.map(({ name }) => name));
    expect(route && rawWeights(route)).toEqual([50, 50]);
  });

  it('say no namespace, so that -n chooses it', () => {
    expect(objects.filter(({ metadata }) => 'namespace' in metadata)).toEqual([]);
  });

  it('have the same Deployments in any-arch, with pages of their own', () => {
    const path = join(folder, 'any-arch');
    const anyArch = filesIn(path).flatMap(file => objectsIn(readFileSync(join(path, file), 'utf8')));
    const names = (list: typeof objects) =>
      list
        .filter(({ kind }) => kind === 'Deployment')
        .map(readDeployment)
        .map(({ name, podLabels }) => ({ name, podLabels }));
    expect(names(anyArch)).toEqual(names(objects));
    const pages = anyArch.filter(({ kind }) => kind === 'ConfigMap').map(({ data }) => JSON.stringify(data));
    expect(pages).toHaveLength(2);
    expect(pages[0]).toContain('blue');
    expect(pages[1]).toContain('green');
  });
});
