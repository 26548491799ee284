import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import { readObject } from './read-body.ts';
import type { ApiRequest } from './request.ts';
import { invalid, isRefusal, type Refusal } from './status-error.ts';
import { unsupported } from './write-options.ts';

/** How an object is to be deleted. */
export type DeleteOptions = {
  /** Seconds that a pod gets to end; absent: as its spec says. */
  readonly gracePeriodSeconds?: number;
  /** What depends on the object stays, and belongs to nobody. */
  readonly orphansDependents: boolean;
  /** The object stays until what depends on it is gone. */
  readonly waitsForDependents?: boolean;
  /** Nothing is deleted: the answer says what would be. */
  readonly isDryRun?: boolean;
  readonly uid?: string;
  readonly resourceVersion?: string;
};

const POLICIES = ['Foreground', 'Background', 'Orphan'];

function textIn(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The options in the body, else those of the query; or what is wrong with them. */
export function readDeleteOptions({ query, ...request }: ApiRequest): DeleteOptions | Refusal {
  const body: JsonObject | Refusal =
    request.body === '' ? {} : readObject({ query, ...request }, 'DeleteOptions');
  if (isRefusal(body)) return body;
  const preconditions = isJsonObject(body.preconditions) ? body.preconditions : {};
  const grace = Number(body.gracePeriodSeconds ?? query.get('gracePeriodSeconds') ?? Number.NaN);
  const policy = String(body.propagationPolicy ?? query.get('propagationPolicy') ?? 'Background');
  const dryRun = Array.isArray(body.dryRun) ? body.dryRun : query.getAll('dryRun').filter(Boolean);
  const problems = [
    ...(POLICIES.includes(policy)
      ? []
      : [unsupported('propagationPolicy', JSON.stringify(policy), [...POLICIES, 'nil'])]),
    ...(dryRun.every(value => value === 'All')
      ? []
      : [unsupported('dryRun', JSON.stringify(dryRun), ['All'])]),
  ];
  if (problems.length > 0)
    return invalid({ group: 'meta.k8s.io', resource: '', kind: 'DeleteOptions' }, '', problems);
  const uid = textIn(preconditions.uid);
  const resourceVersion = textIn(preconditions.resourceVersion);
  return {
    orphansDependents: policy === 'Orphan' || body.orphanDependents === true,
    waitsForDependents: policy === 'Foreground',
    isDryRun: dryRun.length > 0,
    ...(Number.isFinite(grace) && grace >= 0 ? { gracePeriodSeconds: grace } : {}),
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  };
}
