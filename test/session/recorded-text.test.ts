import { describe, expect, it } from 'vitest';
import type { Intent } from '../../src/session/intents.ts';
import { intentForRecording, privateTexts, textForRecording } from '../../src/session/recorded-text.ts';
import type { Overlay } from '../../src/session/ui-state.ts';
import { stateOf } from '../support/states.ts';

const KUBECONFIG = '/home/ada/.kube/config';

describe('text in a recording', () => {
  it.each([
    ["Can't read /home/ada/.kube/config: EACCES", "Can't read (hidden): EACCES"],
    ['Post "https://k8s.example.com:6443/apis?token=abcd1234": refused', 'Post "(address)": refused'],
    ['connect ECONNREFUSED 192.168.49.2:8443', 'connect ECONNREFUSED (address)'],
    ['connect ECONNREFUSED [fd00::2]:8443', 'connect ECONNREFUSED (address)'],
    ['Authorization: Bearer abcdefgh.12345678', 'Authorization: Bearer (hidden)'],
    ['password=hunter2hunter2 was refused', 'password=(hidden) was refused'],
    ['eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln came back', '(hidden) came back'],
    ['\x1b]0;owned\x07a\u202eb\nc', 'ab c'],
    ['istiod 1.30.3 is ready; set 20/80 at 06:00:00', 'istiod 1.30.3 is ready; set 20/80 at 06:00:00'],
    ['v1.2.3.4-rc1 is an image', 'v1.2.3.4-rc1 is an image'],
  ])('%j is kept as %j', (text, kept) => {
    expect(textForRecording(text, ['', KUBECONFIG])).toBe(kept);
  });
});

it('never says where the cluster and its gateway are, nor what headers and the query of a sample say', () => {
  const state = stateOf('healthy', [50, 50]);
  const texts = privateTexts({
    ...state,
    connection: { ...state.connection, server: 'https://k8s.example.com:6443', kubeconfig: KUBECONFIG },
    traffic: {
      ...state.traffic,
      gatewayUrl: 'https://shop.example.com',
      path: '/cart?key=opensesame',
      headers: { 'x-key': 'let-me-in', 'x-canary': '1' },
    },
  });
  const said = `getaddrinfo ENOTFOUND k8s.example.com; shop.example.com refused key=opensesame and let-me-in; see ${KUBECONFIG}`;
  expect(textForRecording(said, texts)).toBe(
    'getaddrinfo ENOTFOUND (hidden); (hidden) refused (hidden) and (hidden); see (hidden)',
  );
});

describe('intents in a recording', () => {
  const prompt = (asks: 'weight' | 'header'): Overlay => ({ kind: 'prompt', asks, draft: '', problem: '' });
  const list: Overlay = { kind: 'list', list: 'routes', filter: '', isFiltering: true, chosen: undefined };

  it.each<[Intent, Overlay, object]>([
    [{ kind: 'shift', points: 10 }, { kind: 'none' }, { intent: 'shift', points: 10 }],
    [{ kind: 'focus', pane: 'health' }, { kind: 'none' }, { intent: 'focus', pane: 'health' }],
    [{ kind: 'type', text: '33' }, prompt('weight'), { intent: 'type', text: '33' }],
    [{ kind: 'type', text: 'hunter2' }, prompt('weight'), { intent: 'type', textCharacters: 7 }],
    [{ kind: 'type', text: 'secrets' }, list, { intent: 'type', textCharacters: 7 }],
    [{ kind: 'type', text: 'x-key: 12' }, prompt('header'), { intent: 'type', textCharacters: 9 }],
    [{ kind: 'type', text: '12' }, list, { intent: 'type', textCharacters: 2 }],
    [{ kind: 'type', text: '12' }, prompt('weight'), { intent: 'type', text: '12' }],
    [{ kind: 'paste', text: 'secret' }, prompt('weight'), { intent: 'paste', textCharacters: 6 }],
  ])('%j is kept without what was typed, unless that is a weight', (intent, overlay, kept) => {
    expect(intentForRecording(intent, overlay)).toEqual(kept);
  });
});
