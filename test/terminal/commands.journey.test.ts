import { expect, test } from 'vitest';
import { isLive } from './read-screen.ts';
import { emptyPlace, openScreen } from './test-bed.ts';

test('a command is typed, completed and run; what is copied leaves by way of the terminal', async () => {
  const screen = openScreen(['demo'], emptyPlace());
  await screen.waitFor('the live screen', isLive);
  screen.press(':ra');
  await screen.waitFor('what is proposed', text => /^ :ra ?\[te\]/m.test(text));
  screen.press('\t5\r');
  await screen.waitFor('another rate', text => isLive(text) && / 5\/s/.test(text));
  screen.press(':nss\r');
  await screen.waitFor('the nearest name', text => text.includes('there is no command nss; nearest: ns'));
  screen.press('\u007f ku');
  await screen.waitFor('a name that the cluster has', text => /^ :ns ku ?\[be-/m.test(text));
  screen.press('\t\r');
  await screen.waitFor('another namespace', text => /demo cluster \/ kube-[a-z-]+ +✓ live/.test(text));
  screen.press(':ns default\r');
  await screen.waitFor('the live screen again', isLive);
  screen.press('y');
  await screen.waitFor('the menu', text => text.includes('What is to be copied?'));
  screen.press('\r');
  await screen.waitFor('what was copied', text =>
    text.includes('copied the kubectl command for the weights'),
  );
  const [, base64 = ''] = /\u001b\]52;c;([\w+/=]+)\u0007/.exec(screen.output) ?? [];
  expect(Buffer.from(base64, 'base64').toString()).toMatch(
    /^kubectl --kubeconfig \S+ -n default patch virtualservice myapp --type=json -p '\[.*\]'\n$/,
  );
  screen.press('m');
  await screen.waitFor('the messages', text => text.includes('Messages of this session'));
  screen.press('?/suspend');
  await screen.waitFor('a key that was searched', text => text.includes('give the terminal back'));
});
