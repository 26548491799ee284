import { plainText } from '../plain-text.ts';

/** What is wrong with the file that a demo's kubeconfig was to be written to. Throws again what is no such failure. */
export function kubeconfigProblem(error: unknown): string {
  return `Can't write the kubeconfig: ${fileMessage(error)}. Name another file with --kubeconfig.`;
}

/** What the file system says against a file that is named beside it: `permission denied`. Throws again what is no such failure. */
export function fileReason(error: unknown): string {
  const [reason = ''] = fileMessage(error).split(', ');
  return reason.replace(/^E[A-Z]+: /, '');
}

/** Whether there is no such file or folder. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function fileMessage(error: unknown): string {
  const isFileError = error instanceof Error && 'path' in error && 'syscall' in error;
  if (!isFileError) throw error;
  return plainText(error.message);
}
