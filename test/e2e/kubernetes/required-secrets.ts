import type { Resource } from '../../../scripts/kubernetes/resource.ts';
import type { Secrets } from '../launch.ts';
import type { Api } from './api.ts';

interface List extends Resource {
  readonly data: Readonly<Record<string, string>>;
}
interface Required {
  readonly namespace: string;
  readonly name: string;
  readonly keys: readonly string[];
}

/** What a cluster says it needs, in the ConfigMaps that people read it from. */
export const requiredSecrets = (objects: readonly Resource[]): readonly Required[] =>
  (
    objects.filter(
      ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name.startsWith('required-secrets'),
    ) as unknown as readonly List[]
  )
    .flatMap(({ data }) => Object.entries(data))
    .map(([place, text]) => {
      const [, namespace = '', name = ''] = /^([^.]+)\.(.+)$/.exec(place) ?? [];
      return { namespace, name, keys: /^keys: (.*)$/m.exec(text)?.[1]?.split(', ') ?? [] };
    });

/** Creates the Secrets with the keys that are asked for, and with no others. */
export async function createSecrets(api: Api, required: readonly Required[], bytes: Secrets): Promise<void> {
  for (const { namespace, name, keys } of required) {
    const known = bytes[name] ?? {};
    const stringData = Object.fromEntries(keys.map((key) => [key, known[key] ?? '']));
    await api.expect('POST', `/api/v1/namespaces/${namespace}/secrets`, { metadata: { name }, stringData });
  }
}
