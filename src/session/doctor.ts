import { type Check, checkStatus, clusterChecks, routeChecks } from '../kube/checks.ts';
import type { ClusterApi } from '../kube/cluster-api.ts';
import type { ClusterError } from '../kube/cluster-error.ts';
import { asReached } from '../kube/delegation.ts';
import type { Evidence } from '../kube/evidence.ts';
import { objectIn, textIn } from '../kube/json.ts';
import { preferredIstioVersion } from '../kube/served-version.ts';
import { ISTIO_GROUP, type Route, type VirtualService } from '../kube/virtual-service.ts';
import { plainText } from '../plain-text.ts';
import type { AccessAnswer } from './access.ts';
import { choiceCheck, chooseVirtualService, type DoctorChoice } from './doctor-choice.ts';
import { permissionChecks } from './doctor-permissions.ts';
import { lostConnection } from './lost-connection.ts';
import { isLoss, readEvidence } from './read-evidence.ts';

/** What to examine. */
export type Examination = {
  readonly context: string;
  readonly namespace: string;
  readonly istioNamespace: string;
  /** The name of a VirtualService; found where undefined. */
  readonly virtualService: string | undefined;
};

/** What is not read but asked or tried, and known to a screen that runs already. */
export type Witnesses = {
  /** What the person may do. */
  readonly answers: (virtualService: VirtualService | undefined) => Promise<readonly AccessAnswer[]>;
  /** Whether requests reach the gateway of a route; undefined where that is no question. */
  readonly reachGateway: (
    virtualService: VirtualService,
    route: Route,
    evidence: Evidence,
  ) => Promise<Check | undefined>;
};

export type Report = {
  /** Namespace and name of what was examined. */
  readonly virtualService: string | undefined;
  readonly checks: readonly Check[];
  /** Whether the cluster answered and the person may do what weighbridge is for; false where only a part could be judged. */
  readonly isComplete: boolean;
};

/** Reads everything once, asks what the person may do, and judges it. Never throws. */
export async function examine(
  api: ClusterApi,
  examination: Examination,
  witnesses: Witnesses,
  signal: AbortSignal,
): Promise<Report> {
  const { context, namespace, istioNamespace } = examination;
  const server = await api.raw('/version', signal);
  if (!server.ok && isLoss(server.error.kind)) return lost(server.error, context);
  const istio = await api.raw(`/apis/${ISTIO_GROUP}`, signal);
  const istioVersion = istio.ok ? preferredIstioVersion(istio.value) : undefined;
  const choice = istioVersion
    ? await chooseVirtualService(api, examination, istioVersion, signal)
    : NOTHING_CHOSEN;
  const { virtualService, routes } = choice;
  const [route] = routes;
  const entry = virtualService && entryOf(virtualService, route, choice.all);
  const subject = { namespace, istioNamespace, istioVersion, virtualService, entry };
  const { evidence, unread } = await readEvidence(api, subject, signal);
  const errors = choice.error ? [choice.error, ...unread] : unread;
  const loss = errors.find(({ kind }) => isLoss(kind));
  if (loss) return lost(loss, context);
  const permissions = permissionChecks(await witnesses.answers(virtualService), errors, namespace);
  const reach = entry && route && (await witnesses.reachGateway(entry, route, evidence));
  const checks = [
    answering(context, namespace, server.ok ? textIn(objectIn(server.value).gitVersion) : undefined),
    ...permissions,
    ...clusterChecks(evidence),
    ...(istio.ok ? [] : [notInstalled(istio.error)]),
    ...(istio.ok && !choice.error ? [choiceCheck(choice, namespace, examination.virtualService)] : []),
    ...(virtualService && entry ? routeChecks(virtualService, entry, routes, evidence) : []),
    ...(reach ? [reach] : []),
  ];
  return {
    virtualService: virtualService && `${virtualService.namespace}/${virtualService.name}`,
    checks: byGroup(checks),
    isComplete: !choice.error && permissions.every(check => checkStatus(check) !== 'error'),
  };
}

const NOTHING_CHOSEN: DoctorChoice = { virtualService: undefined, routes: [], all: [], error: undefined };

/** The VirtualService that decides at which gateways a route counts: the one that leads to it, for a delegate's. */
function entryOf(
  virtualService: VirtualService,
  route: Route | undefined,
  all: readonly VirtualService[],
): VirtualService {
  return (route && asReached(virtualService, route, all)?.virtualService) ?? virtualService;
}

function lost({ headline, nextStep }: ClusterError, context: string): Report {
  return {
    virtualService: undefined,
    checks: [lostConnection(headline, nextStep, context)],
    isComplete: false,
  };
}

function answering(context: string, namespace: string, version: string | undefined): Check {
  const release = version === undefined ? '' : `: Kubernetes ${plainText(version, 40)}`;
  return {
    group: 'connection',
    id: 'API server',
    sentence: `the API server of context ${context} answers for namespace ${namespace}${release}`,
    hint: 'kubectl version',
    isJudged: true,
    findings: [],
  };
}

function notInstalled({ kind, headline, nextStep }: ClusterError): Check {
  const isMissing = kind === 'not-found';
  return {
    group: 'istio',
    id: 'API',
    sentence: '',
    hint: 'kubectl get crd virtualservices.networking.istio.io',
    isJudged: true,
    findings: [
      {
        severity: 'error',
        code: 'WB0601',
        object: ISTIO_GROUP,
        sentence: isMissing
          ? 'Istio is not installed: the cluster does not serve networking.istio.io.'
          : headline,
        fix: isMissing ? 'istioctl install --set profile=demo -y' : nextStep,
      },
    ],
  };
}

/** Each group together, in the order in which the groups came. */
function byGroup(checks: readonly Check[]): readonly Check[] {
  const groups = [...new Set(checks.map(({ group }) => group))];
  return groups.flatMap(group => checks.filter(check => check.group === group));
}
