import type { Clock } from '../clock.ts';
import type { ClusterError, Outcome } from '../kube/cluster-error.ts';
import type { ConnectedCluster } from '../kube/connect.ts';
import type { ClusterFlags } from '../kube/kubeconfig.ts';
import { plainText } from '../plain-text.ts';
import { namesWanted } from '../session/command-line.ts';
import { onceSent } from '../session/leave.ts';
import { unverifiedWords, withNotice } from '../session/notices.ts';
import type { Nowhere, Place } from '../session/place.ts';
import { placeEntered, placeLeft, placeRefused, samplingElsewhere } from '../session/places.ts';
import { writeRefusal } from '../session/selectors.ts';
import type { Session } from '../session/session.ts';
import type { AppState, Connection, TrafficState } from '../session/state.ts';
import type { AppStore } from '../session/store.ts';
import type { HostedDemo } from './demo-host.ts';
import { kubeconfigProblem } from './file-error.ts';
import { EXIT } from './io.ts';
import type { OpenFlags, Problem } from './open-flags.ts';
import type { Recording } from './recording.ts';
import { loadRemembered, rememberedFile, saveChoice } from './remembered-file.ts';

/** What talks to clusters: loaded once the screen is drawn, because it takes longer to load than the screen. */
const loadClient = async () => {
  const [connect, kubeconfig, session] = await Promise.all([
    import('../kube/connect.ts'),
    import('../kube/kubeconfig.ts'),
    import('../session/session.ts'),
  ]);
  return { ...connect, ...kubeconfig, ...session };
};

type PlaceNames = Pick<Connection, 'isDemo' | 'contextName' | 'namespace'>;

type Refused = { readonly error: ClusterError; readonly code: number };

/**
 * Has one session at a time on the cluster that the screen shows, and moves to another one when the person chooses it: the
 * old session has ended, with all its connections, before the new one begins, and nothing of it writes any more.
 */
export class SessionHost {
  readonly #flags: OpenFlags;
  readonly #sampling: Partial<TrafficState>;
  readonly #env: NodeJS.ProcessEnv;
  readonly #store: AppStore;
  readonly #clock: Clock;
  readonly #recording: Recording | undefined;
  readonly #file: string;
  #client: ReturnType<typeof loadClient> | undefined;
  /** One move after the other. */
  #turn: Promise<unknown> = Promise.resolve();
  #saved: Promise<unknown> = Promise.resolve();
  #wanted: Place | undefined;
  #endSession: (() => Promise<void>) | undefined;
  #demo: Promise<HostedDemo> | undefined;
  /** The place of the command line, once it is known. */
  #first: PlaceNames | undefined;
  readonly #stops: (() => void)[] = [];

  constructor(
    flags: OpenFlags,
    sampling: Partial<TrafficState>,
    env: NodeJS.ProcessEnv,
    store: AppStore,
    clock: Clock,
    recording?: Recording,
  ) {
    this.#flags = flags;
    this.#sampling = sampling;
    this.#env = env;
    this.#store = store;
    this.#clock = clock;
    this.#recording = recording;
    this.#file = rememberedFile(env);
  }

  /** Begins where the command line says. Yields what is wrong where there is no cluster to be found. */
  async start(): Promise<Problem | undefined> {
    this.#client = loadClient();
    this.#stops.push(
      // First: a choice of a place is saved under the place that it was made at, before the move begins.
      this.#store.subscribe((state, before) => {
        if (isChoiceMade(state, before)) this.#save(state);
        if (areContextsWanted(state) && !areContextsWanted(before)) void this.#readContexts();
      }),
      onceSent(
        this.#store,
        this.#clock,
        ({ places }) => places.move.kind === 'leaving',
        () => this.#move(),
      ),
    );
    const first = this.#firstPlace();
    const entered = this.#turn.then(async () => this.#enter(await first));
    this.#turn = entered.catch(() => undefined);
    const refused = await entered;
    if (!refused) return undefined;
    const { headline, nextStep } = refused.error;
    return { problem: `${headline} ${nextStep}`.trim(), code: refused.code };
  }

  /** Ends the session. Resolves when no request, timer or connection of it is left, and choices are saved. */
  readonly stop = async (): Promise<void> => {
    for (const stop of this.#stops.splice(0)) stop();
    await this.#turn;
    await this.#leave();
    await this.#saved;
  };

  /** Ends the embedded cluster, if it was ever started. */
  readonly stopDemo = async (): Promise<void> => {
    const demo = await this.#demo?.catch(() => undefined);
    await demo?.stop();
  };

  async #firstPlace(): Promise<Place | Nowhere> {
    const { kubeconfigFiles, isInCluster } = await this.#loaded();
    const { demo, context, namespace } = this.#flags;
    const hasCluster = kubeconfigFiles(this.#flags, this.#env).length > 0 || isInCluster(this.#env);
    // From an empty machine the tutorial begins with the tools; the demo is for whoever wants nothing installed.
    if (!demo && !hasCluster && context === undefined && this.#flags.tutorial) {
      return { kind: 'none', namespace };
    }
    if (demo || (!hasCluster && context === undefined)) return { kind: 'demo', namespace };
    return { kind: 'context', context: context ?? '', namespace };
  }

  #loaded(): ReturnType<typeof loadClient> {
    this.#client ??= loadClient();
    return this.#client;
  }

  #move(): void {
    const { move } = this.#store.getState().places;
    if (move.kind !== 'leaving') return;
    const { to } = move;
    this.#wanted = to;
    // From here on nothing of the old session reaches the store, which is emptied for the new one.
    const left = this.#leave();
    this.#store.setState(state => placeLeft(state, this.#clock.now()), true);
    this.#turn = this.#turn.then(async () => {
      await left;
      const refused = await this.#enter(to);
      if (refused && this.#wanted === to) {
        this.#store.setState(state => placeRefused(state, refused.error, this.#clock.now()), true);
      }
    });
    this.#turn.catch(error => {
      queueMicrotask(() => {
        throw error;
      });
    });
  }

  #leave(): Promise<void> {
    const end = this.#endSession;
    this.#endSession = undefined;
    return end?.() ?? Promise.resolve();
  }

  async #enter(place: Place | Nowhere): Promise<Refused | undefined> {
    await this.#leave();
    const { connect, startSession, kubeconfigFiles } = await this.#loaded();
    const demo = place.kind === 'demo' ? await this.#startDemo() : undefined;
    if (demo && 'error' in demo) return demo;
    const life = new AbortController();
    const refuseWrite = () =>
      life.signal.aborted ? 'the screen has left this cluster' : writeRefusal(this.#store.getState());
    const connected: Outcome<ConnectedCluster> =
      place.kind === 'none'
        ? { ok: true, value: await nowhere(place) }
        : connect(this.#clusterFlags(place, demo?.kubeconfig), this.#env, refuseWrite);
    if (!connected.ok) return { error: connected.error, code: EXIT.cluster };
    const { api } = connected.value;
    const here =
      place.kind === 'none'
        ? { isDemo: false, contextName: '', namespace: connected.value.namespace }
        : placeNames(connected.value, demo);
    // Also where it is left before it is reached: what the command line says was meant for it and for no other.
    if (place.kind !== 'none') this.#first ??= here;
    await this.#saved;
    const known = await loadRemembered(this.#file);
    // Another place was chosen while this one was looked for.
    if (this.#wanted !== undefined && this.#wanted !== place) {
      await api.close();
      return undefined;
    }
    this.#arrive(connected.value, here, known, demo);
    // A recording begins with where it was made.
    this.#recording?.enter(demo ? [demo.kubeconfig] : kubeconfigFiles(this.#kubeconfigFlag(), this.#env));
    const session: Session = startSession(
      api,
      this.#store,
      this.#clock,
      this.#recording?.recorder.noteSample,
      this.#env,
    );
    this.#endSession = () => {
      life.abort();
      return session.stop();
    };
    return undefined;
  }

  #clusterFlags(place: Place, demoKubeconfig: string | undefined) {
    const { namespace } = place;
    if (place.kind === 'demo') return { kubeconfig: demoKubeconfig, namespace };
    return { ...this.#kubeconfigFlag(), context: place.context || undefined, namespace };
  }

  /** For a demo, `--kubeconfig` is where to write one. */
  #kubeconfigFlag(): Pick<ClusterFlags, 'kubeconfig' | 'protectedContexts'> {
    const { demo, kubeconfig, protectedContexts } = this.#flags;
    return { kubeconfig: demo ? undefined : kubeconfig, protectedContexts };
  }

  #arrive(
    { context, server, isProtected, isUnverified }: ConnectedCluster,
    here: PlaceNames,
    { remembered, isSpoilt }: Awaited<ReturnType<typeof loadRemembered>>,
    demo: HostedDemo | undefined,
  ): void {
    const { istioNamespace, readOnly, virtualService, overrideOwner } = this.#flags;
    const first = this.#first ?? here;
    const isSameCluster = here.isDemo === first.isDemo && here.contextName === first.contextName;
    const isFirst = isSameCluster && here.namespace === first.namespace;
    const connection: Connection = {
      ...here,
      context: plainText(context, 120),
      server: plainText(server, 200),
      isProtected,
      isUnverified,
      isReadOnly: readOnly ?? false,
      overriddenOwners: isFirst ? (overrideOwner ?? []) : [],
      virtualService: isFirst ? virtualService : undefined,
      kubeconfig: demo?.kubeconfig ?? this.#flags.kubeconfig ?? '',
      istioNamespace,
    };
    const arrival = {
      connection,
      remembered: remembered.get(context) ?? [],
      sampling: isFirst ? this.#sampling : samplingElsewhere(this.#sampling, isSameCluster),
    };
    const now = this.#clock.now();
    this.#store.setState(state => placeEntered(state, arrival), true);
    if (isUnverified) {
      this.#store.setState(state => withNotice(state, 'warning', unverifiedWords(state), now), true);
    }
    if (!isSpoilt) return;
    const text = `what you chose before is not known: ${plainText(this.#file, 200)} cannot be read`;
    this.#store.setState(state => withNotice(state, 'warning', text, now), true);
  }

  async #startDemo(): Promise<HostedDemo | Refused> {
    const { hostDemo } = await import('./demo-host.ts');
    const { demo, kubeconfig, seed, scenario, pods } = this.#flags;
    this.#demo ??= hostDemo({ kubeconfig: demo ? kubeconfig : undefined, seed, scenario, pods });
    try {
      return await this.#demo;
    } catch (error) {
      this.#demo = undefined;
      const headline = kubeconfigProblem(error);
      return { error: { kind: 'configuration', headline, nextStep: '' }, code: EXIT.usage };
    }
  }

  async #readContexts(): Promise<void> {
    const { listContexts } = await this.#loaded();
    const contexts = listContexts(this.#kubeconfigFlag(), this.#env);
    this.#store.setState(state => {
      if (contexts.ok) return { ...state, places: { ...state.places, contexts: contexts.value } };
      const { headline, nextStep } = contexts.error;
      return withNotice(state, 'error', `${headline} ${nextStep}`, this.#clock.now());
    }, true);
  }

  #save({ places, connection }: AppState): void {
    const [choice] = places.remembered;
    if (!choice) return;
    const context = connection.contextName || connection.context;
    this.#saved = this.#saved
      .then(() => saveChoice(this.#file, context, choice))
      .catch(error => {
        const text = `Can't remember this choice: ${plainText(String(error.message ?? error), 200)}`;
        this.#store.setState(state => withNotice(state, 'warning', text, this.#clock.now()), true);
      });
  }
}

/** No cluster at all, as a connection that fails: the screen is the same, and the tutorial begins. */
async function nowhere({ namespace }: Nowhere): Promise<ConnectedCluster> {
  const { absentCluster } = await import('../kube/absent-cluster.ts');
  return {
    api: absentCluster(),
    context: 'no cluster',
    namespace: namespace ?? 'default',
    server: '',
    isProtected: false,
    isUnverified: false,
  };
}

function placeNames({ context, namespace }: ConnectedCluster, demo: HostedDemo | undefined): PlaceNames {
  const isDemo = demo !== undefined;
  return { isDemo, contextName: isDemo ? '' : context, namespace: plainText(namespace, 63) };
}

/** Whether their list is open, or one of them is typed into the command line. */
function areContextsWanted(state: AppState): boolean {
  const { overlay } = state.ui;
  return namesWanted(state) === 'contexts' || (overlay.kind === 'list' && overlay.list === 'contexts');
}

/** What is remembered changes on arrival as well, and with it the connection. */
function isChoiceMade(state: AppState, before: AppState): boolean {
  return state.places.remembered !== before.places.remembered && state.connection === before.connection;
}
