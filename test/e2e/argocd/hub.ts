import { mkdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { ownServer } from '../../../scripts/argocd/application.ts';
import type { Cluster } from '../../../scripts/inventory/inventory.ts';
import type { Resource } from '../../../scripts/kubernetes/resource.ts';
import { parseYaml } from '../../../scripts/kustomize/yaml.ts';
import type { FileTree } from '../../../scripts/tree/tree.ts';
import type { CompiledFleet } from '../../support/fleet.ts';
import { bin } from '../processes.ts';
import { GitRepository } from './git-repository.ts';
import { type ClusterSecret, type Step, type StepResult, watched } from './harness.ts';

export interface Watch {
  readonly folder: string;
  readonly fleet: CompiledFleet;
  /** Whose clusters Argo CD knows, where it is not the fleet. */
  readonly knows?: CompiledFleet;
  /** Where the Argo CD of the fleet runs. */
  readonly argocdIn?: 'a cluster of its own' | 'the centre';
  readonly newGlobbing?: boolean;
  readonly settings?: Readonly<Record<string, string>>;
  /** Commits after the first: other trees, and what a person does by hand. */
  readonly later?: readonly { readonly tree: FileTree; readonly delete?: readonly string[] }[];
  /** What a person applies first; generated/argocd/root.yaml where nothing is said. */
  readonly apply?: readonly Resource[];
  /** Applications to render, all where nothing is said. */
  readonly render?: readonly string[];
}

/** What the real Argo CD makes of a fleet whose root Application a person has applied, commit by commit. */
export async function watch({ folder, fleet, knows = fleet, later = [], argocdIn, newGlobbing = false, settings, apply, render }: Watch) {
  mkdirSync(folder);
  const repository = new GitRepository(folder);
  const limited = render === undefined ? {} : { render };
  const first: Step = {
    commit: repository.commit(fleet.tree, 'first'),
    apply: apply ?? documents(fleet.tree, 'generated/argocd/root.yaml'),
    ...limited,
  };
  const commits = later.map(
    ({ tree, delete: deleted = [] }, index): Step => ({ commit: repository.commit(tree, `change ${index}`), delete: deleted, ...limited }),
  );
  const { argocd, repository: where } = fleet.inventory.fleet;
  return watched({
    folder,
    namespace: argocd.namespace,
    settings: settings ?? defaultSettings(),
    gitDir: repository.gitDir,
    branch: `refs/heads/${where.branch}`,
    newGlobbing,
    secrets: apply === undefined ? clusterSecrets(knows, argocdIn === 'the centre') : [],
    steps: [first, ...commits],
  });
}

export const documents = (tree: FileTree, path: string): readonly Resource[] => {
  const text = tree.get(path);
  if (text === undefined) throw new Error(`there is no ${path}`);
  return parseYaml(text) as readonly Resource[];
};

/** Argo CD's own ConfigMap, as it is installed. */
export const defaultSettings = (): Readonly<Record<string, string>> => {
  const { data } = parse(readFileSync(bin('argocd-cm.yaml'), 'utf8')) as { data?: Record<string, string> };
  return data ?? {};
};

/** The Secrets by which Argo CD knows the clusters: what External Secrets would make of ours, or what a person would write. */
function clusterSecrets({ tree, inventory }: CompiledFleet, inCentre: boolean): readonly ClusterSecret[] {
  const config = JSON.stringify({ bearerToken: 'token', tlsClientConfig: { insecure: false } });
  const { fleet, central, edges } = inventory;
  const emitted = [...tree.keys()]
    .filter((path) => path.startsWith('generated/argocd/clusters/'))
    .flatMap((path) => documents(tree, path) as unknown as readonly ExternalSecret[]);
  const made = emitted.map(({ metadata, spec: { target } }) => ({
    metadata: { name: target.name, namespace: metadata.namespace, labels: target.template.metadata.labels },
    stringData: { ...target.template.data, config: target.template.data.config.replace('{{ .config }}', config) },
  }));
  const known = new Set(made.map(({ stringData }) => stringData.name));
  const written = [central, ...edges.filter(({ delivery }) => delivery !== 'autonomous')]
    .filter(({ name }) => !known.has(name))
    .map((cluster: Cluster) => ({
      metadata: {
        name: `cluster-${cluster.name}`,
        namespace: fleet.argocd.namespace,
        labels: { 'argocd.argoproj.io/secret-type': 'cluster' },
      },
      stringData: {
        name: cluster.name,
        server: inCentre && cluster === central ? ownServer : (cluster.server ?? `https://${cluster.name}.example:6443`),
        config,
      },
    }));
  return [...made, ...written];
}

interface ExternalSecret {
  readonly metadata: { readonly namespace: string };
  readonly spec: {
    readonly target: {
      readonly name: string;
      readonly template: {
        readonly metadata: { readonly labels: Readonly<Record<string, string>> };
        readonly data: { readonly name: string; readonly server: string; readonly config: string };
      };
    };
  };
}

/** The programs that a watch takes. */
export const needs = ['argocd-harness', 'kustomize'];

/** What Argo CD has against any of it; nothing when all is well. */
export const complaints = ({ applicationSets, applications, projects }: StepResult): readonly string[] => [
  ...Object.entries(projects).flatMap(([name, invalid]) => (invalid === '' ? [] : [`AppProject ${name}: ${invalid}`])),
  ...applicationSets.flatMap(({ name, conditions, invalid }) => [
    ...(invalid === undefined ? [] : [invalid]),
    ...conditions.filter((text) => !healthy.test(text)).map((text) => `ApplicationSet ${name}: ${text}`),
    ...(conditions.some((text) => text.startsWith('ResourcesUpToDate=True')) ? [] : [`ApplicationSet ${name}: not up to date`]),
  ]),
  ...applications.flatMap(({ object, conditions, rendered }) =>
    [...conditions, ...(rendered?.refusals ?? [])].map((text) => `Application ${object.metadata.name}: ${text}`),
  ),
];

const healthy = /^(ErrorOccurred=False|ParametersGenerated=True|ResourcesUpToDate=True) /;
