import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bin, until } from '../processes.ts';
import type { Api } from './api.ts';

interface Definition {
  readonly metadata: { readonly name: string };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** As their projects publish them: setup.sh takes them out of the modules. */
const folder = bin('custom-resources');

type Project = 'prometheus-operator' | 'argo-cd' | 'external-secrets';

/** Installs the definitions of some projects; gives how many there are. */
export async function installCustomResources(api: Api, projects: readonly Project[]): Promise<number> {
  const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  const files = projects.flatMap((project) => readdirSync(join(folder, project)).map((file) => join(project, file)));
  const texts = files
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .filter((text) => /^kind: CustomResourceDefinition$/m.test(text));
  const made = await Promise.all(texts.map((text) => api.expect<Definition>('POST', definitions, text, 'application/yaml')));
  await until('the custom resources', 90, async () => {
    const { items } = await api.expect<{ readonly items: readonly Definition[] }>('GET', definitions);
    const established = items.filter(({ status }) =>
      status?.conditions?.some((condition) => condition.type === 'Established' && condition.status === 'True'),
    );
    return established.length === made.length ? true : undefined;
  });
  return made.length;
}
