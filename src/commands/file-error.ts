import { plainText } from '../plain-text.ts';

/** What is wrong with the file that a demo's kubeconfig was to be written to. Throws again what is no such failure. */
export function kubeconfigProblem(error: unknown): string {
  const isFileError = error instanceof Error && 'path' in error && 'syscall' in error;
  if (!isFileError) throw error;
  return `Can't write the kubeconfig: ${plainText(error.message)}. Name another file with --kubeconfig.`;
}
