import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { Agent, request } from 'undici';

type Kubeconfig = {
  readonly clusters: readonly [
    { readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string } },
  ];
  readonly users: readonly [{ readonly user: { readonly token: string } }];
};

export type VirtualServiceObject = {
  readonly metadata: { readonly name: string; readonly generation: number };
  readonly spec: {
    readonly http: readonly { readonly route: readonly { readonly weight?: number }[] }[];
  };
};

const PATH = '/apis/networking.istio.io/v1/namespaces/default/virtualservices/myapp';

/** Another client of the demo cluster, which knows no more than the kubeconfig says. */
export class ClusterClient {
  readonly #server: string;
  readonly #token: string;
  readonly #agent: Agent;

  constructor(kubeconfigFile: string) {
    const { clusters, users } = load(readFileSync(kubeconfigFile, 'utf8')) as Kubeconfig;
    const [{ cluster }] = clusters;
    this.#server = cluster.server;
    this.#token = users[0].user.token;
    this.#agent = new Agent({
      connect: { ca: Buffer.from(cluster['certificate-authority-data'], 'base64').toString() },
    });
  }

  readVirtualService(): Promise<VirtualServiceObject> {
    return this.#call('GET', PATH, {});
  }

  /** The weights of the first route. */
  async readWeights(): Promise<readonly (number | undefined)[]> {
    const { spec } = await this.readVirtualService();
    return spec.http[0]?.route.map(({ weight }) => weight) ?? [];
  }

  /** Sets the weights of the first route as `manager`, by JSON patch. */
  setWeights(weights: readonly number[], manager: string): Promise<VirtualServiceObject> {
    const operations = weights.map((value, index) => ({
      op: 'add',
      path: `/spec/http/0/route/${index}/weight`,
      value,
    }));
    return this.#call('PATCH', `${PATH}?fieldManager=${encodeURIComponent(manager)}`, {
      headers: { 'content-type': 'application/json-patch+json' },
      body: JSON.stringify(operations),
    });
  }

  close(): Promise<void> {
    return this.#agent.close();
  }

  async #call(
    method: 'GET' | 'PATCH',
    path: string,
    { headers, body }: { headers?: Record<string, string>; body?: string },
  ): Promise<VirtualServiceObject> {
    const response = await request(this.#server + path, {
      method,
      headers: { authorization: `Bearer ${this.#token}`, ...headers },
      body: body ?? null,
      dispatcher: this.#agent,
    });
    const text = await response.body.text();
    if (response.statusCode !== 200) throw new Error(`${method} ${path}: ${response.statusCode} ${text}`);
    return JSON.parse(text) as VirtualServiceObject;
  }
}
