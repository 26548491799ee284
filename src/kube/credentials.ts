import { readFile } from 'node:fs/promises';
import { OpenIDConnectAuth } from '@kubernetes/client-node/dist/oidc_auth.js';
import { plainText } from '../plain-text.ts';
import { ConnectionFailure } from './connection-failure.ts';
import { type PluginCredential, readCredentialPlugin } from './exec-credential.ts';
import { type JsonObject, objectIn } from './json.ts';
import type { KubeconfigCluster, KubeconfigUser } from './kubeconfig-users.ts';
import { runCredentialPlugin } from './run-credential-plugin.ts';

/** What a request is sent with. None of it may be shown. */
export type Credential = {
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** PEM. */
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
};

/** A plugin that failed is not run again sooner, the longer the oftener: each run may open a browser, and a dozen watches ask. */
const FIRST_PAUSE_MS = 10_000;
const LAST_PAUSE_MS = 120_000;
/** A server that refuses even renewed credentials is not offered other ones sooner. */
const RENEWAL_PAUSE_MS = 60_000;

type PluginRun = { readonly credential: PluginCredential; readonly renewedAtMs: number | undefined };

/**
 * The credentials of one user for one cluster, as they are now: files are read again for each request, since they rotate, and
 * a plugin runs again once what it gave has expired or the server refuses it.
 */
export class Credentials {
  readonly #user: KubeconfigUser;
  readonly #cluster: KubeconfigCluster;
  readonly #env: NodeJS.ProcessEnv;
  readonly #now: () => number;
  readonly #ended = new AbortController();
  readonly #lastRead = new Map<string, string>();
  readonly #openId = new OpenIDConnectAuth();
  #plugin: PluginRun | undefined;
  #running: Promise<PluginRun> | undefined;
  #failed: { readonly failure: unknown; readonly pauseMs: number; readonly untilMs: number } | undefined;

  /** @param now epoch milliseconds of the wall clock, which expirations are told by. */
  constructor(
    user: KubeconfigUser,
    cluster: KubeconfigCluster,
    env: NodeJS.ProcessEnv,
    now: () => number = Date.now,
  ) {
    this.#user = user;
    this.#cluster = cluster;
    this.#env = env;
    this.#now = now;
  }

  /** @throws ConnectionFailure where they cannot be obtained. */
  async current(): Promise<Credential> {
    const { certData, certFile, keyData, keyFile, impersonation = {} } = this.#user;
    const plugin = this.#user.exec ? (await this.#fromPlugin()).credential : undefined;
    const [ca, cert, key, authorization] = await Promise.all([
      this.#pem(this.#cluster.caData, this.#cluster.caFile, 'certificate-authority'),
      this.#pem(certData, certFile, 'client-certificate'),
      this.#pem(keyData, keyFile, 'client-key'),
      this.#authorization(plugin?.token),
    ]);
    return {
      headers: { ...impersonation, ...(authorization ? { Authorization: authorization } : {}) },
      ca,
      cert: plugin?.certificate?.cert ?? cert,
      key: plugin?.certificate?.key ?? key,
    };
  }

  /**
   * Whether there are other credentials than the ones that a server has just refused; a plugin is run again for them, once.
   *
   * @throws ConnectionFailure where they cannot be obtained.
   */
  async renew(refused: Credential): Promise<boolean> {
    if (this.#user.exec && JSON.stringify(await this.current()) === JSON.stringify(refused)) {
      const { renewedAtMs } = await this.#fromPlugin();
      if (renewedAtMs !== undefined && this.#now() - renewedAtMs < RENEWAL_PAUSE_MS) return false;
      await this.#run(true);
      return true;
    }
    return JSON.stringify(await this.current()) !== JSON.stringify(refused);
  }

  /** The credential plugin, as it may be shown; empty where there is none. */
  get pluginName(): string {
    return this.#user.exec ? plainText(String(objectIn(this.#user.exec).command ?? ''), 120) : '';
  }

  /** Kills a plugin that is running. */
  end(): void {
    this.#ended.abort();
  }

  async #authorization(pluginToken: string | undefined): Promise<string | undefined> {
    const { username, password, token, tokenFile } = this.#user;
    if (this.#openId.isAuthProvider(this.#user)) return this.#fromOpenId();
    const bearer = pluginToken ?? (tokenFile ? await this.#read(tokenFile, 'tokenFile') : token);
    if (bearer) return `Bearer ${bearer.trim()}`;
    return username ? `Basic ${Buffer.from(`${username}:${password ?? ''}`).toString('base64')}` : undefined;
  }

  /** The provider's token, refreshed where it has expired and the kubeconfig says how. */
  async #fromOpenId(): Promise<string | undefined> {
    const options = { headers: {} as Record<string, string> };
    try {
      await this.#openId.applyAuthentication(this.#user, options);
    } catch {
      // The reason may quote what the provider was sent.
      throw new ConnectionFailure(
        'unauthorized',
        'the OpenID Connect provider of the kubeconfig renews no token',
        'Log in with kubectl get pods in another terminal; it is tried again here.',
      );
    }
    return options.headers.Authorization;
  }

  async #pem(data: string | undefined, file: string | undefined, what: string): Promise<string | undefined> {
    if (data) return Buffer.from(data, 'base64').toString('utf8');
    return file ? this.#read(file, what) : undefined;
  }

  /** The file as it is or, while it is being replaced, as it was last. */
  async #read(file: string, what: string): Promise<string> {
    try {
      const text = await readFile(file, 'utf8');
      if (text.trim() !== '') this.#lastRead.set(file, text);
    } catch (error) {
      if (!this.#lastRead.has(file)) {
        const { code } = error as NodeJS.ErrnoException;
        throw new ConnectionFailure(
          'unauthorized',
          `${what} ${plainText(file, 200)} of the kubeconfig cannot be read (${code})`,
          'Check its path; a relative one starts at the folder of the kubeconfig.',
        );
      }
    }
    return this.#lastRead.get(file) ?? '';
  }

  #fromPlugin(): Promise<PluginRun> {
    const known = this.#plugin;
    const expiresAtMs = known?.credential.expiresAtMs;
    if (known && (expiresAtMs === undefined || this.#now() < expiresAtMs)) return Promise.resolve(known);
    return this.#run(false);
  }

  /** One run at a time; whoever asks meanwhile gets what it gives. */
  #run(isRenewal: boolean): Promise<PluginRun> {
    if (this.#running) return this.#running;
    const failed = this.#failed;
    if (failed && this.#now() < failed.untilMs) return Promise.reject(failed.failure);
    const pauseMs = failed ? Math.min(LAST_PAUSE_MS, failed.pauseMs * 2) : FIRST_PAUSE_MS;
    this.#running = this.#runPlugin()
      .then(credential => {
        this.#failed = undefined;
        this.#plugin = { credential, renewedAtMs: isRenewal ? this.#now() : undefined };
        return this.#plugin;
      })
      .catch((failure: unknown) => {
        this.#failed = { failure, pauseMs, untilMs: this.#now() + pauseMs };
        throw failure;
      })
      .finally(() => {
        this.#running = undefined;
      });
    return this.#running;
  }

  async #runPlugin(): Promise<PluginCredential> {
    const plugin = readCredentialPlugin(objectIn(this.#user.exec));
    if (typeof plugin !== 'string') {
      return runCredentialPlugin(plugin, await this.#clusterInfo(), this.#env, this.#ended.signal);
    }
    throw new ConnectionFailure(
      'unauthorized',
      `credential plugin ${this.pluginName} cannot be run: ${plainText(plugin, 200)}`,
      'Correct exec of the user in the kubeconfig.',
    );
  }

  /** What a plugin may be told of the cluster. */
  async #clusterInfo(): Promise<JsonObject> {
    const { server, tlsServerName, skipTLSVerify, caData, caFile, proxyUrl, pluginConfig } = this.#cluster;
    const ca = await this.#pem(caData, caFile, 'certificate-authority');
    return {
      server,
      ...(tlsServerName ? { 'tls-server-name': tlsServerName } : {}),
      ...(skipTLSVerify ? { 'insecure-skip-tls-verify': true } : {}),
      ...(ca ? { 'certificate-authority-data': Buffer.from(ca).toString('base64') } : {}),
      ...(proxyUrl ? { 'proxy-url': proxyUrl } : {}),
      ...(pluginConfig === undefined ? {} : { config: pluginConfig }),
    };
  }
}
