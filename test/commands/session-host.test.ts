import { dump } from 'js-yaml';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { SessionHost } from '../../src/commands/session-host.ts';
import { placeChosen } from '../../src/session/places.ts';
import { createAppStore } from '../../src/session/store.ts';
import { until } from '../support/demo-session.ts';
import { testFolder } from '../support/kubeconfig-file.ts';

/** Nothing listens at either. */
const TWO_CONTEXTS = dump({
  clusters: [{ name: 'c', cluster: { server: 'http://127.0.0.1:9' } }],
  contexts: ['blue', 'green'].map(name => ({ name, context: { cluster: 'c' } })),
  'current-context': 'blue',
});

test.for([0, 1, 2, 4, 8, 16])(
  'what the command line says of one cluster reaches no other that is chosen %i turns after the start',
  async turns => {
    const folder = await testFolder();
    onTestFinished(() => folder.remove());
    const kubeconfig = await folder.write('kubeconfig', TWO_CONTEXTS);
    const store = createAppStore(systemClock.now(), { columns: 80, rows: 24, isUnicode: true });
    const flags = {
      kubeconfig,
      istioNamespace: 'istio-system',
      demo: false,
      virtualService: 'myapp',
      overrideOwner: ['argocd'],
    };
    const sampling = { headers: { authorization: 'for blue alone' }, gatewayUrl: 'http://127.0.0.1:9' };
    const host = new SessionHost(flags, sampling, { HOME: folder.path }, store, systemClock);
    onTestFinished(() => host.stop());
    const started = host.start();
    for (let turn = 0; turn < turns; turn += 1) await new Promise(resolve => setImmediate(resolve));
    const to = { kind: 'context', context: 'green', namespace: undefined } as const;
    store.setState(state => placeChosen(state, to, systemClock.now()), true);
    const shown: string[] = [];
    store.subscribe(({ connection, places }) => {
      if (places.move.kind === 'staying') shown.push(connection.contextName);
    });
    await started;
    const { connection, traffic } = await until(store, ({ places }) => places.move.kind === 'staying');
    expect(connection).toMatchObject({
      contextName: 'green',
      overriddenOwners: [],
      virtualService: undefined,
    });
    expect(traffic).toMatchObject({ headers: {}, gatewayUrl: undefined });
    expect(new Set(shown)).toEqual(new Set(['green']));
  },
);
