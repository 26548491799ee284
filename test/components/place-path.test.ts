import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { placePath } from '../../src/components/place-path.ts';

const arn = 'arn:aws:eks:eu-central-1:123456789012:cluster/shop-prod';

describe('the path in the header', () => {
  it.each([
    ['minikube', 'shop', 60, 'minikube / shop / VirtualService myapp'],
    ['minikube', 'shop', 30, 'minikube / shop / myapp'],
    [arn, 'team-checkout', 44, 'arn:aws:ek…shop-prod / team-checkout / myapp'],
    [arn, 'team-checkout', 40, 'arn:aws:…op-prod / team-checkout / myapp'],
    [arn, 'team-checkout', 34, 'arn:aws:…op-prod / team-checkout …'],
  ])('of %s / %s in %i cells is %s', (context, namespace, columns, path) => {
    expect(placePath({ context, namespace, virtualService: 'myapp' }, columns)).toBe(path);
  });

  it('is never wider than its room', () => {
    const name = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(name, name, name, fc.integer({ min: 1, max: 100 }), (context, namespace, last, columns) => {
        const shown = placePath({ context, namespace, virtualService: last }, columns);
        expect(stringWidth(shown)).toBeLessThanOrEqual(columns);
      }),
    );
  });
});
