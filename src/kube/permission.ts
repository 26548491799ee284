import { plainText } from '../plain-text.ts';
import type { AccessQuestion } from './cluster-api.ts';

/** What to ask an administrator for, as it completes a sentence: `` `patch` on virtualservices in namespace default ``. */
export function permissionWords({ verb, resource, subresource, namespace }: AccessQuestion): string {
  const what = subresource === undefined ? resource : `${resource}/${subresource}`;
  const where = namespace === undefined ? 'in the cluster' : `in namespace ${plainText(namespace, 63)}`;
  return `\`${verb}\` on ${what} ${where}`;
}

/** Whether two questions ask for the same right. */
export function isSamePermission(left: AccessQuestion, right: AccessQuestion): boolean {
  return permissionKey(left) === permissionKey(right);
}

/** Text that is the same for the same right, and for no other. */
export function permissionKey(question: AccessQuestion): string {
  const { verb, group, resource, subresource = '', namespace = '', name = '' } = question;
  return JSON.stringify([verb, group, resource, subresource, namespace, name]);
}
