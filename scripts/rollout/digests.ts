import { createHash } from 'node:crypto';
import type { Provisioned } from '../advise/size/provision.ts';
import type { Resource } from '../kubernetes/resource.ts';
import { kustomization } from '../kustomize/kustomization.ts';
import { documents, header, toYaml } from '../kustomize/yaml.ts';
import type { Part, PartBuilder, RequiredSecret } from '../parts/part.ts';
import type { FileTree } from '../tree/tree.ts';
import { resolveVersions } from '../versions.ts';

/** A part as files: a Kustomize base in a folder that its content names, so that a change is always a new folder. */
export interface EmittedPart {
  readonly name: string;
  /** `base/parts/<name>/<digest>` */
  readonly dir: string;
  readonly files: FileTree;
  readonly resources: readonly Resource[];
  readonly secrets: readonly RequiredSecret[];
}

/** Emits each part when it is first asked for: a thousand edges share a handful. */
export function partEmitter(inventory: Provisioned): (build: PartBuilder) => EmittedPart {
  const versions = resolveVersions(inventory.fleet.versions);
  const emitted = new Map<PartBuilder, EmittedPart>();
  return (build) => {
    const part = emitted.get(build) ?? emitPart(build(inventory, versions));
    emitted.set(build, part);
    return part;
  };
}

/** One file an object, `<kind>-<name>.yaml`; two namespaces of one name get theirs in front. */
export function emitPart({ name, resources, secrets }: Part): EmittedPart {
  const texts = new Map<string, string>();
  for (const resource of resources) {
    const file = fileName(resource);
    const free = texts.has(file) ? `${resource.metadata.namespace}-${file}` : file;
    if (texts.has(free)) throw new Error(`bug: the part ${name} holds ${free} twice`);
    texts.set(free, documents([resource]));
  }
  texts.set('kustomization.yaml', toYaml(kustomization({ resources: [...texts.keys()].sort() }), { header }));
  const dir = `base/parts/${name}/${digest(texts)}`;
  return { name, dir, files: new Map([...texts].map(([file, text]) => [`${dir}/${file}`, text])), resources, secrets };
}

const fileName = ({ kind, metadata }: Resource): string => `${kind.toLowerCase()}-${metadata.name}.yaml`;

/** The first 48 bits of SHA-256 over names and texts: enough to tell a part's versions apart, short enough to read. */
function digest(texts: ReadonlyMap<string, string>): string {
  const hash = createHash('sha256');
  for (const [file, text] of [...texts].sort(([a], [b]) => (a < b ? -1 : 1))) hash.update(`${file}\0${text}\0`);
  return hash.digest('hex').slice(0, 12);
}
