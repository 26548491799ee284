import { expect, test } from 'vitest';
import { standInMachine } from '../support/stand-ins/machine.ts';
import { isRunning } from './processes.ts';
import { openScreen } from './test-bed.ts';

const TAB = '\t';
const ENTER = '\r';
const ESCAPE = '\x1b';

test('the tutorial makes a cluster and installs Istio on the screen, and follows minikube to its context', async () => {
  const machine = await standInMachine();
  const screen = openScreen(['tutorial'], { env: { ...machine.env, TERM: 'xterm-256color' } });
  const sees = (what: string, words: RegExp) => screen.waitFor(what, text => words.test(text));
  const runConfirmed = async (step: number) => {
    screen.press(ENTER);
    await sees('what it runs', new RegExp(`Run step ${step},[\\s\\S]*\\[ Cancel \\]`));
    screen.press(TAB);
    await sees('the other button', /\[ Run it \]/);
    screen.press(ENTER);
  };

  await sees('that there is no cluster', /There is no cluster yet/);
  await sees('the step after the tools', /▸t Tutorial: 2 A cluster, to do/);
  await runConfirmed(2);
  await sees('the cluster of minikube, where the screen has gone', /weighbridge {2}minikube \/ default/);
  await sees('that it is done, or what comes next', /Tutorial: (2 A cluster, done|3 Istio)/);
  await sees('the key that leads on', /enter goes on to 3/);
  screen.press(ENTER);
  await sees('the next step', /▸t Tutorial: 3 Istio, to do/);

  await runConfirmed(3);
  await sees('that Istio is there', /Tutorial: 3 Istio, done/);
  await sees('the key that leads on', /enter goes on to 4/);
  expect((await machine.calls()).map(call => call.split(' ').slice(0, 2).join(' '))).toEqual([
    'minikube start',
    'istioctl install',
  ]);

  // The cluster can go again, which is asked for by itself and never done by enter alone.
  screen.press('[[');
  await sees('the first step again', /Tutorial: 1 The tools/);
  screen.press(']]]]]]');
  await sees('the last step', /Tutorial: 7 Clean up/);
  screen.press('a');
  await sees('the question', /Delete minikube's cluster, with everything in it\?[\s\S]*\[ Cancel \]/);
  screen.press(ESCAPE);
  await sees('the panel', /Tutorial: 7 Clean up/);
  screen.press('a');
  await sees('the question again', /\[ Cancel \]/);
  screen.press(TAB);
  await sees('the other button', /\[ Run it \]/);
  screen.press(ENTER);
  await expect.poll(machine.calls).toContain('minikube delete -p minikube');
  screen.press('q');
  expect((await screen.ended).exitCode).toBe(0);
});

test('a step that hangs is stopped with all that it started', async () => {
  const machine = await standInMachine();
  await machine.minikube({ hangsAt: 'Creating Container' });
  const screen = openScreen(['tutorial'], { env: { ...machine.env, TERM: 'xterm-256color' } });
  const sees = (what: string, words: RegExp) => screen.waitFor(what, text => words.test(text));
  await sees('the step after the tools', /▸t Tutorial: 2 A cluster, to do/);
  screen.press(ENTER);
  await sees('what it runs', /\[ Cancel \]/);
  screen.press(TAB);
  await sees('the other button', /\[ Run it \]/);
  screen.press(ENTER);
  const ids = await machine.hanging();
  screen.press(ESCAPE);
  await sees('that it is stopped', /stopped; what was done by then stays/);
  await expect.poll(() => ids.filter(isRunning)).toEqual([]);
});
