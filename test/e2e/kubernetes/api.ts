import { Agent, request as httpsRequest } from 'node:https';
import type { Resource } from '../../../scripts/kubernetes/resource.ts';

export interface Answer {
  readonly status: number;
  readonly body: string;
  /** Headers `Warning`: what the server lets pass and does not like. */
  readonly warnings: readonly string[];
}

/** An object as the server keeps it. */
export interface Live extends Resource {
  readonly metadata: Resource['metadata'] & { readonly resourceVersion: string; readonly uid: string };
}

interface ResourceList {
  readonly resources: readonly { readonly name: string; readonly kind: string; readonly namespaced: boolean }[];
}

interface GroupList {
  readonly groups: readonly { readonly preferredVersion: { readonly groupVersion: string } }[];
}

/** One API server as one who may do everything sees it. */
export class Api {
  readonly url: string;
  /** Of whoever signs the server's certificate. */
  readonly ca: Buffer;
  readonly #token: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 8 });
  #groups: Promise<ReadonlyMap<string, string>> | undefined;
  readonly #lists = new Map<string, Promise<ResourceList>>();

  constructor(url: string, ca: Buffer, token: string) {
    this.url = url;
    this.ca = ca;
    this.#token = token;
  }

  /** A body that is no text is sent as JSON. */
  request(method: string, path: string, body?: unknown, type = 'application/json'): Promise<Answer> {
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const size = text === undefined ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(text) };
    const headers = { authorization: `Bearer ${this.#token}`, accept: 'application/json', ...size };
    return new Promise((resolve, reject) => {
      const options = { method, headers, agent: this.#agent, ca: this.ca, timeout: 60_000 };
      const request = httpsRequest(`${this.url}${path}`, options, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const warnings = response.headersDistinct.warning ?? [];
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8'), warnings });
        });
      });
      request.on('timeout', () => request.destroy(new Error(`${method} ${path}: no answer in 60 s`)));
      request.on('error', reject);
      request.end(text);
    });
  }

  /** The answer's object; whatever is no success throws with what the server says. */
  async expect<T = Live>(method: string, path: string, body?: unknown, type?: string): Promise<T> {
    const answer = await this.request(method, path, body, type);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${messageOf(answer)}`);
    return JSON.parse(answer.body) as T;
  }

  /** Where an object is, or where its kind is created when it has no name. */
  async pathOf({ apiVersion, kind, metadata }: Resource): Promise<string> {
    const { name, namespaced } = await this.#resourceOf(apiVersion, kind);
    if (namespaced && metadata.namespace === undefined)
      throw new Error(`${kind} ${metadata.name} has no namespace, and its kind needs one`);
    if (!namespaced && metadata.namespace !== undefined) throw new Error(`${kind} ${metadata.name} has a namespace, and its kind has none`);
    return `${groupPath(apiVersion)}${namespaced ? `/namespaces/${metadata.namespace}` : ''}/${name}/${metadata.name}`;
  }

  /** The group of every resource that the server has, in its preferred version. */
  groups(): Promise<ReadonlyMap<string, string>> {
    this.#groups ??= this.#askGroups();
    return this.#groups;
  }

  async #askGroups(): Promise<ReadonlyMap<string, string>> {
    const { groups } = await this.expect<GroupList>('GET', '/apis');
    const versions = ['v1', ...groups.map(({ preferredVersion }) => preferredVersion.groupVersion)];
    const lists = await Promise.all(versions.map((version) => this.expect<ResourceList>('GET', groupPath(version))));
    // First come first served: `pods` are also metrics of a group that nobody installs here.
    const found = new Map<string, string>();
    for (const [index, { resources }] of lists.entries())
      for (const { name } of resources) if (!found.has(name)) found.set(name, groupOf(versions[index] ?? ''));
    return found;
  }

  /** The kinds of a group are asked for once: call this after its custom resources are there. */
  async #resourceOf(apiVersion: string, kind: string): Promise<ResourceList['resources'][number]> {
    const list = this.#lists.get(apiVersion) ?? this.expect<ResourceList>('GET', groupPath(apiVersion));
    this.#lists.set(apiVersion, list);
    const found = (await list).resources.find((each) => each.kind === kind && !each.name.includes('/'));
    if (found === undefined) throw new Error(`the server knows no ${apiVersion} ${kind}`);
    return found;
  }
}

const groupOf = (apiVersion: string): string => (apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '');

const groupPath = (apiVersion: string): string => `/${apiVersion.includes('/') ? 'apis' : 'api'}/${apiVersion}`;

/** What a `Status` says; anything else as it is. */
export function messageOf({ body }: Pick<Answer, 'body'>): string {
  try {
    return (JSON.parse(body) as { readonly message?: string }).message ?? body;
  } catch {
    return body;
  }
}
