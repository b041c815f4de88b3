import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { IAppProject } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/AppProject';
import type { Application } from '../../../scripts/argocd/expand.ts';
import type { Resource } from '../../../scripts/kubernetes/resource.ts';
import { start, tail } from '../processes.ts';

/** What test/e2e/argocd/ reads and writes; the meaning of each field is there. */
interface Hub {
  readonly folder: string;
  readonly namespace: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly gitDir: string;
  readonly branch: string;
  readonly newGlobbing: boolean;
  readonly secrets: readonly ClusterSecret[];
  readonly steps: readonly Step[];
}

export interface ClusterSecret {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly labels: Readonly<Record<string, string>> };
  readonly stringData: { readonly name: string; readonly server: string; readonly config: string };
}

export interface Step {
  readonly commit: string;
  readonly apply?: readonly Resource[];
  readonly delete?: readonly string[];
  readonly render?: readonly string[];
}

export interface StepResult {
  readonly applicationSets: readonly {
    readonly name: string;
    readonly conditions: readonly string[];
    readonly invalid?: string;
    readonly requeueAfter: number;
  }[];
  readonly applications: readonly ApplicationResult[];
  readonly projects: Readonly<Record<string, string>>;
  readonly generating: number;
  readonly rendering: number;
}

export interface ApplicationResult {
  readonly object: Application & { readonly metadata: { readonly ownerReferences?: readonly unknown[] } };
  readonly conditions: readonly string[];
  readonly refreshed: boolean;
  readonly rendered?: { readonly sourceType: string; readonly manifests: readonly string[]; readonly refusals: readonly string[] };
}

export interface Questions {
  readonly projects: readonly IAppProject[];
  readonly sources: readonly { readonly project: number; readonly repoURL: string }[];
  readonly destinations: readonly {
    readonly project: number;
    readonly name: string;
    readonly server: string;
    readonly namespace: string;
  }[];
  readonly kinds: readonly {
    readonly project: number;
    readonly group: string;
    readonly kind: string;
    readonly name: string;
    readonly namespaced: boolean;
  }[];
  readonly paths: readonly { readonly generatePaths: string; readonly source: string; readonly changed: string }[];
}

export interface Answers {
  readonly sources: readonly boolean[];
  readonly destinations: readonly boolean[];
  readonly kinds: readonly boolean[];
  readonly paths: readonly boolean[];
}

export const watched = async (hub: Hub): Promise<readonly StepResult[]> =>
  (await harness<{ readonly steps: readonly StepResult[] }>({ hub }, hub.folder)).steps;

export const answered = async (questions: Questions, folder: string): Promise<Answers> =>
  (await harness<{ readonly answers: Answers }>({ questions }, folder)).answers;

/** Argo CD finds `kustomize` in the PATH, and git without the settings of whoever runs this. */
export const environment = (folder: string): Readonly<Record<string, string>> => ({
  PATH: `${resolve('test/e2e/bin')}:${process.env.PATH}`,
  HOME: folder,
  TMPDIR: folder,
  GIT_CONFIG_NOSYSTEM: '1',
  ARGOCD_GPG_ENABLED: 'false',
});

async function harness<T>(request: unknown, folder: string): Promise<T> {
  const [asked, told] = [join(folder, 'request.json'), join(folder, 'answer.json')];
  writeFileSync(asked, JSON.stringify(request));
  const running = start('argocd-harness', 'argocd-harness', ['judge', asked, told], environment(folder), folder);
  const [code] = await once(running.child, 'exit');
  if (code !== 0) throw new Error(`argocd-harness: ${tail(running, 20)}`);
  return JSON.parse(readFileSync(told, 'utf8')) as T;
}
