import type { Resource } from '../../../scripts/kubernetes/resource.ts';

export interface Mistake {
  readonly what: string;
  readonly object: Resource;
  /** What the server says of it. */
  readonly says: RegExp;
}

const at = (namespace: string) => ({ name: 'mistake', namespace });

/** Objects that the server has to refuse: where it takes one, its judgement of ours is worth nothing. */
export const mistakes = (namespace: string): readonly Mistake[] => [
  {
    what: 'an unknown field',
    object: resource('v1', 'ConfigMap', { metadata: at(namespace), dataa: {} }),
    says: /dataa/,
  },
  {
    what: 'an unknown field of a custom resource',
    object: resource('monitoring.coreos.com/v1', 'PodMonitor', {
      metadata: at(namespace),
      spec: { selector: {}, podMetricsEndpoints: [{ prot: 'http' }] },
    }),
    says: /prot/,
  },
  {
    what: 'a value outside its enumeration',
    object: resource('monitoring.coreos.com/v1alpha1', 'ScrapeConfig', { metadata: at(namespace), spec: { scheme: 'ftp' } }),
    says: /Unsupported value: "ftp"/,
  },
  {
    what: 'a rule in CEL that does not hold',
    object: resource('monitoring.coreos.com/v1', 'Alertmanager', {
      metadata: at(namespace),
      spec: { updateStrategy: { type: 'OnDelete', rollingUpdate: {} } },
    }),
    says: /rollingUpdate requires type to be RollingUpdate/,
  },
  {
    what: 'an Application without a project',
    object: resource('argoproj.io/v1alpha1', 'Application', { metadata: at(namespace), spec: { destination: {} } }),
    says: /spec.project: Required value/,
  },
];

const resource = (apiVersion: string, kind: string, rest: Readonly<Record<string, unknown>> & Pick<Resource, 'metadata'>): Resource => ({
  apiVersion,
  kind,
  ...rest,
});
