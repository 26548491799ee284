import { describe, expect, it } from 'vitest';
import { itemText, objectText } from '../../src/demo/api/presented-object.ts';
import { CONFIG_MAPS } from '../../src/demo/kinds/core.ts';
import { VIRTUAL_SERVICES } from '../../src/demo/kinds/istio.ts';

describe('the text of an object', () => {
  it('is made once, however often the object is listed and watched', () => {
    let made = 0;
    const data = {
      toJSON: () => {
        made += 1;
        return { a: '1' };
      },
    };
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'page' }, data };
    const texts = [1, 2, 3].map(() => itemText(CONFIG_MAPS, 'v1', object));
    expect(texts.map(text => JSON.parse(text))).toEqual(
      Array(3).fill({ metadata: { name: 'page' }, data: { a: '1' } }),
    );
    expect(JSON.parse(objectText(CONFIG_MAPS, 'v1', object))).toEqual({ ...object, data: { a: '1' } });
    expect(made).toBe(1);
  });

  it('names the version that is asked for', () => {
    const metadata = { name: 'myapp' };
    const object = { apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', metadata };
    expect(JSON.parse(itemText(VIRTUAL_SERVICES, 'v1beta1', object))).toEqual({
      apiVersion: 'networking.istio.io/v1beta1',
      kind: 'VirtualService',
      metadata,
    });
  });
});
