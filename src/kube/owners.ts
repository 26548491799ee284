import { plainText } from '../plain-text.ts';
import { labelsIn, listIn, objectIn, textIn, timeIn } from './json.ts';
import type { KubeObject } from './metadata.ts';

/** An entry of managedFields: who wrote fields of the object's spec, and when. */
export type Writer = {
  readonly manager: string;
  readonly atMs: number;
  /** The lists of routes, each of them atomic, that are as this manager wrote them: `http`, `tls`, `tcp`. */
  readonly ownedRoutes: readonly string[];
};

/** A program that manages the object. One that reverts puts weights back when somebody else changes them. */
export type Owner = {
  readonly name: string;
  readonly reverts: boolean;
  /** The object by which it is known to own it, such as `Rollout myapp`; absent where marks on the VirtualService tell. */
  readonly through?: string;
};

/** Field managers that wrote the spec, the newest first; status writers are left out. */
export function writersOf(object: KubeObject): readonly Writer[] {
  return listIn(object.metadata.managedFields)
    .map(objectIn)
    .filter(entry => entry.subresource === undefined && 'f:spec' in objectIn(entry.fieldsV1))
    .map(entry => ({
      manager: plainText(textIn(entry.manager) ?? 'unknown', 128),
      atMs: timeIn(entry.time) ?? 0,
      ownedRoutes: ['http', 'tls', 'tcp'].filter(
        protocol => `f:${protocol}` in objectIn(objectIn(entry.fieldsV1)['f:spec']),
      ),
    }))
    .sort((left, right) => right.atMs - left.atMs);
}

/** Who wrote the routes of a protocol last: the manager that owns them, else the newest writer of the spec. */
export function routesWriter(writers: readonly Writer[], protocol: string): Writer | undefined {
  return writers.find(({ ownedRoutes }) => ownedRoutes.includes(protocol)) ?? writers[0];
}

/** Marks that owners leave on what they manage, by owner. */
const MARKS: readonly {
  readonly owner: Owner;
  readonly managers: readonly string[];
  readonly keys: readonly string[];
  readonly ownerApi?: string;
}[] = [
  {
    owner: { name: 'Argo Rollouts', reverts: true },
    managers: ['rollouts-controller', 'argo-rollouts'],
    keys: ['argo-rollouts.argoproj.io/managed-by-rollouts'],
    ownerApi: 'argoproj.io',
  },
  {
    owner: { name: 'Flagger', reverts: true },
    managers: ['flagger'],
    keys: [],
    ownerApi: 'flagger.app',
  },
  {
    owner: { name: 'Argo CD', reverts: true },
    managers: ['argocd-controller', 'argocd-application-controller', 'argocd-server'],
    keys: ['argocd.argoproj.io/tracking-id', 'argocd.argoproj.io/instance'],
  },
  {
    owner: { name: 'Flux', reverts: true },
    managers: ['kustomize-controller', 'helm-controller'],
    keys: ['kustomize.toolkit.fluxcd.io/name', 'helm.toolkit.fluxcd.io/name'],
  },
  { owner: { name: 'Helm', reverts: false }, managers: ['helm'], keys: ['meta.helm.sh/release-name'] },
  { owner: { name: 'Kiali', reverts: false }, managers: ['kiali'], keys: ['kiali_wizard'] },
];

/** Owners found from field managers, labels, annotations and owner references, each once. */
export function ownersOf(object: KubeObject): readonly Owner[] {
  const managers = writersOf(object).map(({ manager }) => manager.toLowerCase());
  const marked = { ...labelsIn(object.metadata.labels), ...labelsIn(object.metadata.annotations) };
  const references = listIn(object.metadata.ownerReferences).map(
    item => textIn(objectIn(item).apiVersion) ?? '',
  );
  return MARKS.filter(
    mark =>
      mark.managers.some(manager => managers.includes(manager)) ||
      mark.keys.some(key => key in marked) ||
      (mark.ownerApi !== undefined && references.some(api => api.split('/')[0] === mark.ownerApi)),
  ).map(mark => mark.owner);
}

/** `Argo Rollouts (Rollout myapp)` */
export function ownerWords({ name, through }: Owner): string {
  return through === undefined ? name : `${name} (${through})`;
}

/** The first owner that puts weights back and is not among those that a person overrides by name. */
export function ownerInForce(owners: readonly Owner[], overridden: readonly string[]): Owner | undefined {
  return owners.find(owner => owner.reverts && !overridden.some(name => namesOwner(name, owner)));
}

/** What is wrong with the owners that a person overrides by name: each must be one that is really there. */
export function overrideProblem(owners: readonly Owner[], overridden: readonly string[]): string | undefined {
  const reverting = owners.filter(({ reverts }) => reverts);
  const stranger = overridden.find(name => !reverting.some(owner => namesOwner(name, owner)));
  if (stranger === undefined) return undefined;
  const really =
    reverting.length === 0
      ? 'no owner puts weights back'
      : `${reverting.map(ownerWords).join(' and ')} ${reverting.length === 1 ? 'owns' : 'own'} this VirtualService`;
  return `--override-owner ${plainText(stranger, 60)} overrides nobody: ${really}`;
}

/** Whether what a person typed means the owner: its name or that of one of its field managers, as `argocd` or `Argo CD`. */
function namesOwner(typed: string, owner: Owner): boolean {
  const managers = MARKS.find(mark => mark.owner.name === owner.name)?.managers ?? [];
  return [owner.name, ...managers].some(name => bareName(name) === bareName(typed));
}

function bareName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}
