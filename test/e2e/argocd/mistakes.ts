import type { FileTree } from '../../../scripts/tree/tree.ts';

/** A tree that is wrong in one place, and what Argo CD has to say of it. */
interface Mistake {
  readonly what: string;
  readonly path: RegExp;
  readonly edit: (text: string) => string;
  readonly says: RegExp;
}

const without = (part: RegExp | string) => (text: string) => text.replace(part, '');

/** For a fleet with the edges `agent`, `scraped` and `sidecar`. */
export const mistakes: readonly Mistake[] = [
  {
    what: 'an edge that its project does not name',
    path: /^generated\/argocd\/edge-kr-00\.yaml$/,
    edit: without(/ {4}- name: agent\n {6}namespace: edge-metrics\n/),
    says: /^Application edge-agent: application destination server 'agent' and namespace 'edge-metrics' do not match any of the allowed/,
  },
  {
    what: 'a second namespace that the project does not name',
    path: /^generated\/argocd\/edge-kr-00\.yaml$/,
    edit: without(/ {4}- name: agent\n {6}namespace: edge-metrics-host\n/),
    says: /^Application edge-agent: DaemonSet\.apps edge-metrics-host\/node-exporter is in a namespace that is not permitted/,
  },
  {
    what: 'a kind that the project does not list',
    path: /^generated\/argocd\/edge-kr-00\.yaml$/,
    edit: without(/ {4}- group: apps\n {6}kind: StatefulSet\n/),
    says: /^Application edge-agent: StatefulSet\.apps edge-metrics\/prometheus-agent is not permitted in project edge-kr-00/,
  },
  {
    what: 'a cluster-scoped object of another name',
    path: /^generated\/argocd\/edge-kr-00\.yaml$/,
    edit: without(/ {4}- group: rbac\.authorization\.k8s\.io\n {6}kind: ClusterRole\n {6}name: fleetc-prometheus-agent\n/),
    says: /^Application edge-agent: ClusterRole\.rbac\.authorization\.k8s\.io \/fleetc-prometheus-agent is not permitted/,
  },
  {
    what: 'another repository',
    path: /^generated\/argocd\/edge-kr-00\.yaml$/,
    edit: (text) => text.replace(/(source:\n +repoURL: ).*/, '$1https://git.example/other.git'),
    says: /^Application edge-agent: application repo https:\/\/git\.example\/other\.git is not permitted in project 'edge-kr-00'/,
  },
  {
    what: 'a project that is not there',
    path: /^generated\/argocd\/edge-kr-00\.yaml$/,
    edit: (text) => text.replace('project: edge-kr-00', 'project: edge-kr-01'),
    says: /^ApplicationSet edge-kr-00: ErrorOccurred=True .*edge-kr-01/,
  },
  {
    what: 'a cluster that nobody registered',
    path: /^generated\/argocd\/params\/edge-kr-00\/agent\.yaml$/,
    edit: (text) => text.replace('cluster: agent', 'cluster: stranger'),
    says: /^ApplicationSet edge-kr-00: ErrorOccurred=True .*there are no clusters with this name: stranger/,
  },
  {
    what: 'a parameter that is missing',
    path: /^generated\/argocd\/params\/edge-kr-00\/agent\.yaml$/,
    edit: without(/^ring: .*\n/m),
    says: /^ApplicationSet edge-kr-00: ErrorOccurred=True .*map has no entry for key "ring"/,
  },
  {
    what: 'two parameter files for one cluster',
    path: /^generated\/argocd\/params\/edge-kr-00\/scraped\.yaml$/,
    edit: (text) => text.replace('cluster: scraped', 'cluster: agent'),
    says: /^ApplicationSet edge-kr-00: ErrorOccurred=True .*duplicate name: edge-agent/,
  },
  {
    what: 'a folder that is not there',
    path: /^overlays\/kr\/agent\/kustomization\.yaml$/,
    edit: (text) => text.replace('/namespaces\n', '/nowhere\n'),
    says: /^Application edge-agent: .*kustomize build.* failed/s,
  },
  {
    what: 'an object that is there twice',
    path: /^generated\/argocd\/central\.yaml$/,
    edit: (text) => `${text}---\n${text.split('---\n')[0]}`,
    says: /^Application test-root: Resource .*AppProject.* appeared 2 times among application resources/,
  },
];

export function withMistake(tree: FileTree, { what, path, edit }: Mistake): FileTree {
  const [file, ...others] = [...tree.keys()].filter((each) => path.test(each));
  const text = tree.get(file ?? '');
  if (file === undefined || text === undefined || others.length > 0) throw new Error(`${what}: not one file is ${path}`);
  const edited = edit(text);
  if (edited === text) throw new Error(`${what}: ${file} stays as it is`);
  return new Map([...tree, [file, edited]]);
}
