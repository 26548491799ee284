import {
  type Application,
  brokenTroubles,
  differenceNotes,
  judgeParts,
  type Looked,
  lookAt,
  notReadable,
  type Part,
} from './application.ts';
import type { Facts } from './facts.ts';
import { objectWords, type TutorialObject } from './manifests.ts';
import { isPassed, type Judgement, type StepText } from './step.ts';
import { takenGateway } from './taken-gateway.ts';
import { judgeVersions } from './versions.ts';

export const ROUTING_TEXT: StepText = {
  id: 'routing',
  title: 'The route, half and half',
  why: [
    'The Gateway opens port 80 of the ingress gateway, the DestinationRule names the two versions, and the VirtualService says how much each of them gets.',
    'The DestinationRule comes first, and the VirtualService once the gateway has heard of it: a share for a version that is not named yet is answered 503.',
    'A VirtualService that is there already is never applied again, whatever its weights are: that would undo a shift.',
  ],
  seenBy:
    'Gateway app-gateway, DestinationRule myapp with subsets v1 and v2, and VirtualService myapp with both are there.',
  mayGoWrong: [
    {
      id: 'no-subset',
      sentence: '503 with no body: the DestinationRule is missing, or has no such subset.',
      fix: 'Run this step again: it applies what is missing.',
    },
    {
      id: 'not-bound',
      sentence: '404: the VirtualService is not bound to the Gateway, or is for another host.',
      fix: 'gateways and hosts of the VirtualService, as in manifests/06-virtual-service.yaml.',
    },
    {
      id: 'gateway-taken',
      sentence: 'Another namespace has a route for every request at the same gateway.',
      fix: 'Go on in that namespace with -n, or take that route away first.',
    },
    {
      id: 'wrong-host',
      sentence: '404 for some names only: the Host header is none that the route is for.',
      fix: "The tutorial's route is for every host; with one of your own: curl -H 'Host: NAME'.",
    },
  ],
};

const KINDS = new Set(['DestinationRule', 'Gateway', 'VirtualService']);

/** Judges whether the gateway is told to send requests to both versions. Weights play no part. */
export function judgeRouting(facts: Facts): Judgement {
  const { cluster, manifests } = facts;
  if (cluster.kind === 'none' || cluster.istioVersion === undefined) {
    return {
      progress: { kind: 'unknown', reason: 'there is no cluster with Istio' },
      troubles: [],
      notes: [],
    };
  }
  if (cluster.unreadKinds.length > 0) return notReadable(cluster);
  const application = lookAt(cluster, manifests);
  const own = ownObjects(application);
  return judgeParts(own.map(partOf), {
    strangers: [...application.strangers, ...takenGateway(cluster, manifests)],
    troubles: brokenTroubles(own, cluster.place),
    notes: [...differenceNotes(own), ...routeTooEarly(facts, own)],
  });
}

function ownObjects({ objects }: Application): readonly Looked[] {
  return objects.filter(({ wanted }) => KINDS.has(wanted.kind));
}

function partOf({ wanted, state }: Looked): Part {
  const words = objectWords(wanted);
  switch (state.kind) {
    case 'made':
      return { isDone: true, words: `${words} is there` };
    case 'absent':
      return { isDone: false, words: `there is no ${words}` };
    case 'broken':
    case 'foreign':
      return { isDone: false, words: `${words} ${state.reason}` };
  }
}

/** Half made: a route whose versions are gone answers 503. */
function routeTooEarly(facts: Facts, own: readonly Looked[]): readonly string[] {
  const hasRoute = own.some(({ wanted, state }) => wanted.kind === 'VirtualService' && state.kind === 'made');
  if (!hasRoute || isPassed(judgeVersions(facts))) return [];
  return ['The route is there, and not both of its versions are: their share is answered 503.'];
}

/**
 * What this step applies now: `first` before the gateway has to hear of it, `last` afterwards. A VirtualService only where there
 * is none. Nothing where anything is somebody else's.
 */
export function routingToApply(facts: Facts): {
  readonly first: readonly TutorialObject[];
  readonly last: readonly TutorialObject[];
} {
  const { cluster, manifests } = facts;
  const { progress } = judgeRouting(facts);
  if (cluster.kind === 'none' || progress.kind !== 'to-do') return { first: [], last: [] };
  const own = ownObjects(lookAt(cluster, manifests));
  const applied = (looked: Looked) => looked.state.kind === 'absent' || looked.state.kind === 'broken';
  return {
    first: own
      .filter(one => one.wanted.kind !== 'VirtualService' && applied(one))
      .map(({ wanted }) => wanted),
    last: own
      .filter(({ wanted, state }) => wanted.kind === 'VirtualService' && state.kind === 'absent')
      .map(({ wanted }) => wanted),
  };
}
