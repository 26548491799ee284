import { plainText } from '../plain-text.ts';
import { boundGateways } from './bound-gateways.ts';
import { asReached, isDelegate, rootsOf } from './delegation.ts';
import { type Finding, gravestFirst, type Note } from './finding.ts';
import type { FindingCode } from './finding-codes.ts';
import { type JsonObject, listIn, numberIn, objectIn, textIn } from './json.ts';
import { rivalNotes } from './rival-notes.ts';
import { shadowOver } from './shadowed-routes.ts';
import { canBeShifted, type Route, routeWords, type VirtualService } from './virtual-service.ts';
import { weightNotes } from './weight-notes.ts';

/** The code of the note on a route that no gateway obeys. */
export const MESH_ONLY = 'WB0305';

/**
 * What there is to know about a route before its weights are shifted: whether they count, for what, and what else happens to
 * its requests. The gravest first; empty for a route as the tutorial has it.
 *
 * @param virtualServices all that are known, among them this one: others may lead here or share its hosts.
 */
export function routeNotes(
  virtualService: VirtualService,
  route: Route,
  virtualServices: readonly VirtualService[],
): readonly Finding[] {
  const object = `VirtualService ${virtualService.namespace}/${virtualService.name}`;
  const notes = [
    ...(canBeShifted(route) ? weightNotes(route) : []),
    ...shadowNotes(virtualService, route),
    ...reachNotes(virtualService, route, virtualServices),
    ...rivalNotes(virtualService, route, virtualServices),
    ...delegateNotes(route, virtualServices, virtualService.namespace),
    ...trafficNotes(route),
  ];
  return gravestFirst(notes.map(note => ({ ...note, object, sentence: plainText(note.sentence, 300) })));
}

function shadowNotes(virtualService: VirtualService, route: Route): readonly Note[] {
  const shadow = shadowOver(route, virtualService.routes.slice(0, virtualService.routes.indexOf(route)));
  switch (shadow.kind) {
    case 'none':
      return [];
    case 'whole':
      return [
        {
          severity: 'warning',
          code: 'IST0130',
          sentence: `no request gets here: ${routeWords(shadow.by, virtualService)} takes them all first`,
          fix: 'Put it before that route, or narrow the match of that route.',
        },
      ];
    case 'part':
      return [
        {
          severity: 'info',
          code: 'IST0131',
          sentence: `match ${shadow.match + 1} is never used: ${routeWords(shadow.by, virtualService)} takes its requests first`,
          fix: 'Take the match out, or put this route before that one.',
        },
      ];
  }
}

/** Who obeys the route: gateways, sidecars, or whatever leads to it. */
function reachNotes(
  virtualService: VirtualService,
  route: Route,
  virtualServices: readonly VirtualService[],
): readonly Note[] {
  if (isDelegate(virtualService)) return rootNotes(virtualService, route, virtualServices);
  if (boundGateways(virtualService).length > 0) return [];
  return [
    {
      severity: 'info',
      code: MESH_ONLY,
      sentence: 'only sidecars inside the mesh obey it: no gateway is bound',
      fix: 'To shift requests from outside, name a Gateway in spec.gateways.',
    },
  ];
}

function rootNotes(
  delegate: VirtualService,
  route: Route,
  virtualServices: readonly VirtualService[],
): readonly Note[] {
  const [root] = rootsOf(delegate, virtualServices);
  if (!root) {
    return [
      {
        severity: 'warning',
        code: 'WB0306',
        sentence: 'a delegate (it has no hosts), and no VirtualService here leads to it',
        fix: 'Name it in the delegate of an http route; one in another namespace may do so already.',
      },
    ];
  }
  if (!asReached(delegate, route, virtualServices)) {
    return [
      {
        severity: 'warning',
        code: 'WB0307',
        sentence: `Istio drops this route: no part of what VirtualService ${root.virtualService.name} sends here`,
        fix: 'Make each match of the delegate a part of a match of the root; regular expressions cannot be.',
      },
    ];
  }
  return [
    {
      severity: 'info',
      code: 'WB0308',
      sentence: `reached by way of VirtualService ${root.virtualService.name}, ${routeWords(root.route, root.virtualService)}`,
      fix: '',
    },
  ];
}

/** A route that leads to another VirtualService: whether that is there, and is one that may be led to. */
function delegateNotes(
  { delegate }: Route,
  virtualServices: readonly VirtualService[],
  namespace: string,
): readonly Note[] {
  // Of other namespaces nothing is read.
  if (!delegate || delegate.namespace !== namespace) return [];
  const found = virtualServices.find(({ name }) => name === delegate.name);
  if (found && isDelegate(found)) return [];
  const where = `${delegate.namespace}/${delegate.name}`;
  const sentence = found
    ? `leads to VirtualService ${where}, which has hosts and so is no delegate: Istio leaves the route out`
    : `leads to VirtualService ${where}, which does not exist: Istio leaves the route out`;
  const fix = found
    ? `Take spec.hosts and spec.gateways out of VirtualService ${where}.`
    : `Create VirtualService ${where}, without hosts and gateways.`;
  return [{ severity: 'error', code: found ? 'WB0309' : 'IST0101', sentence, fix }];
}

/** What happens to requests besides going where the weights say. */
function trafficNotes({ protocol, json, destinations }: Route): readonly Note[] {
  const info = (code: FindingCode, sentence: string): Note => ({ severity: 'info', code, sentence, fix: '' });
  if (protocol !== 'http') {
    const sentence = `weights count for new ${protocol} connections only: open ones stay where they are`;
    return [info('WB0310', sentence)];
  }
  const isAnswered = destinations.length > 0 && ('redirect' in json || 'directResponse' in json);
  const answered = info(
    'WB0311',
    'answers by itself (redirect or directResponse): no version gets a request',
  );
  return [
    ...(isAnswered ? [{ ...answered, severity: 'warning' as const }] : []),
    ...mirrorsOf(json).map(to => info('WB0312', `copies of requests go to ${to}; their answers are dropped`)),
    ...faultsOf(objectIn(json.fault)).map(what => info('WB0313', `injects a fault: ${what}`)),
  ];
}

function mirrorsOf(json: JsonObject): readonly string[] {
  const one = objectIn(json.mirror);
  const all = listIn(json.mirrors).map(objectIn);
  const single =
    textIn(one.host) === undefined ? [] : [{ destination: one, percentage: json.mirrorPercentage }];
  return [...single, ...all].map(({ destination, percentage }) => {
    const { host, subset } = objectIn(destination);
    const percent = numberIn(objectIn(percentage).value) ?? 100;
    const of = percent === 100 ? '' : `, ${percent} % of them`;
    return `${textIn(host) ?? ''}${typeof subset === 'string' ? ` ${subset}` : ''}${of}`;
  });
}

function faultsOf({ abort, delay }: JsonObject): readonly string[] {
  const percentOf = (fault: JsonObject) => numberIn(objectIn(fault.percentage).value) ?? 100;
  const aborts = abort === undefined ? [] : [objectIn(abort)];
  const delays = delay === undefined ? [] : [objectIn(delay)];
  return [
    ...aborts.map(
      fault =>
        `${percentOf(fault)} % of requests are answered ${numberIn(fault.httpStatus) ?? 'with an error'}`,
    ),
    ...delays.map(fault => `${percentOf(fault)} % of requests wait ${textIn(fault.fixedDelay) ?? ''}`),
  ];
}
