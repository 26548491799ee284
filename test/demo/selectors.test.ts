import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLabelSelector } from '../../src/demo/api/label-selector.ts';
import { matchesLabelSelector, readFieldSelector } from '../../src/demo/api/selectors.ts';

function matches(selector: string, labels: Record<string, string>): boolean | string {
  const read = readLabelSelector(selector);
  return typeof read === 'function' ? read(labels) : read.problem;
}

const LABELS = { app: 'myapp', version: 'v1', 'app.kubernetes.io/name': 'x' };

describe('a label selector', () => {
  it.each<[string, boolean]>([
    ['', true],
    ['app=myapp', true],
    ['app==myapp', true],
    ['app = myapp , version = v1', true],
    ['app!=myapp', false],
    ['other!=myapp', true],
    ['version in (v1, v2)', true],
    ['version in (v2)', false],
    ['version notin (v2,v3)', true],
    ['other notin (v2)', true],
    ['app', true],
    ['!app', false],
    ['!other', true],
    ['other=', false],
    ['app.kubernetes.io/name=x,version in (v1),!other', true],
    ['toString', false],
  ])('%j selects the first version: %s', (selector, expected) => {
    expect(matches(selector, LABELS)).toBe(expected);
  });

  it.each(['=', 'a b', 'app in v1', 'app in (', 'a=b=c', ',,', 'app>1a', '-a', 'app=ü'])(
    '%j cannot be read',
    selector => {
      expect(matches(selector, LABELS)).toMatch(/found|Invalid value/);
    },
  );

  const name = fc.stringMatching(/^[a-z]([-a-z0-9.]{0,8}[a-z0-9])?$/);
  const labels = fc.dictionary(name, name);

  it('made of all labels of an object selects it', () => {
    fc.assert(
      fc.property(labels, of => {
        const selector = Object.entries(of)
          .map(([key, value]) => `${key}=${value}`)
          .join(',');
        expect(matches(selector, of)).toBe(true);
      }),
    );
  });

  it('and its negation never agree', () => {
    fc.assert(
      fc.property(labels, name, fc.array(name, { minLength: 1 }), (of, key, values) => {
        const list = values.join(', ');
        expect(matches(`${key} in (${list})`, of)).toBe(!matches(`${key} notin (${list})`, of));
        expect(matches(key, of)).toBe(!matches(`!${key}`, of));
        expect(matches(`${key}=${values[0]}`, of)).toBe(!matches(`${key}!=${values[0]}`, of));
      }),
    );
  });

  it('in an object means the same as in a query', () => {
    fc.assert(
      fc.property(labels, name, fc.array(name, { minLength: 1 }), (of, key, values) => {
        const selector = { matchExpressions: [{ key, operator: 'In' as const, values }] };
        expect(matchesLabelSelector(selector, of)).toBe(matches(`${key} in (${values.join(',')})`, of));
      }),
    );
  });

  it('of any text is read or refused, quickly', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), text => {
        expect(['boolean', 'string']).toContain(typeof matches(text, LABELS));
      }),
    );
    expect(matches('a'.repeat(16_000), LABELS)).toMatch(/unable to parse/);
  });
});

describe('a field selector', () => {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'myapp-v1-x', namespace: 'default' },
    spec: { nodeName: 'minikube' },
    status: { phase: 'Running' },
  };
  const select = (text: string, resource = 'pods') => {
    const read = readFieldSelector(text, resource);
    return typeof read === 'function' ? read(pod) : read.problem;
  };

  it.each<[string, boolean | string]>([
    ['', true],
    ['metadata.name=myapp-v1-x', true],
    ['metadata.namespace!=default', false],
    ['status.phase==Running,spec.nodeName=minikube', true],
    ['status.phase=Pending', false],
    ['spec.containers=x', 'field label not supported: spec.containers'],
    ['metadata.name', "invalid selector: 'metadata.name'; can't understand 'metadata.name'"],
  ])('%j gives %s', (selector, expected) => {
    expect(select(selector)).toBe(expected);
  });

  it('of a custom kind knows names only', () => {
    expect(select('status.phase=Running', 'virtualservices')).toBe('field label not supported: status.phase');
  });
});
