import { homedir } from 'node:os';
import { basename } from 'node:path';
import type { Clock } from '../clock.ts';
import { plainText } from '../plain-text.ts';
import { withNotice } from '../session/notices.ts';
import { Recorder } from '../session/recorder.ts';
import type { AppStore } from '../session/store.ts';
import { kubeconfigSecrets } from './kubeconfig-secrets.ts';
import { RecordingFile, type RecordingProblem } from './recording-file.ts';

export type Recording = {
  readonly recorder: Recorder;
  /** A cluster of these kubeconfigs is entered: nothing that is theirs gets into a line. The first one begins the recording. */
  readonly enter: (kubeconfigs: readonly string[]) => void;
  /** Writes what is left and closes the file. */
  readonly end: () => Promise<void>;
};

/** Opens the file of `--record`. What goes wrong with it later is a notice. */
export async function openRecording(
  path: string,
  store: AppStore,
  clock: Clock,
): Promise<Recording | RecordingProblem> {
  const file = await RecordingFile.open(path, clock, problem => {
    store.setState(state => withNotice(state, 'error', problem, clock.now()), true);
  });
  if ('problem' in file) return file;
  const name = plainText(basename(path), 80);
  store.setState(state => withNotice(state, 'info', `recording this session to ${name}`, clock.now()), true);
  const recorder = new Recorder(store, file, clock);
  return {
    recorder,
    enter: kubeconfigs => {
      recorder.hide([...kubeconfigSecrets(kubeconfigs), homedir()]);
      recorder.start();
    },
    end: () => {
      recorder.end();
      return file.end();
    },
  };
}
