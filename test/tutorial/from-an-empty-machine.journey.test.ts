import { describe, it } from 'vitest';
import { standInMachine } from '../support/stand-ins/machine.ts';

const LONG = { timeout: 90_000 };

const START = 'minikube start --driver=docker --memory=8192 --cpus=4 -o json';
const INSTALL =
  'istioctl install --context=minikube --set profile=demo --set values.gateways.istio-ingressgateway.type=NodePort -y';

describe('the tutorial on a machine with no cluster', LONG, () => {
  it.concurrent('makes one, installs Istio, and goes on to the route', async ({ expect, onTestFinished }) => {
    const machine = await standInMachine(onTestFinished);
    const { code, stderr } = await machine.tutorial('--through', 'routing', '--yes');
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stderr).toContain(
      "the kubeconfig's current context is now minikube; the tutorial goes on there\n",
    );
    expect(stderr).toContain('100 % every pod is ready\n');
    expect(await machine.calls()).toEqual([START, INSTALL]);
  });
});
