// What prometheus-operator makes of a ThanosRuler, as far as a run needs it; the operator itself does not run here.
// https://github.com/prometheus-operator/prometheus-operator/blob/v0.94.1/pkg/thanos/statefulset.go
import { stringify } from 'yaml';
import type { Resource } from '../../scripts/kubernetes/resource.ts';
import type { Container } from './pod.ts';
import { sooner } from './replacements.ts';

interface ThanosRuler {
  readonly spec: {
    readonly evaluationInterval: string;
    readonly retention: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly alertDropLabels: readonly string[];
    readonly queryEndpoints: readonly string[];
    readonly alertmanagersUrl: readonly string[];
    readonly objectStorageConfig: { readonly name: string; readonly key: string };
    readonly additionalArgs?: readonly { readonly name: string; readonly value?: string }[];
    readonly ruleSelector: { readonly matchLabels: Readonly<Record<string, string>> };
  };
}
interface PrometheusRule extends Resource {
  readonly spec: {
    readonly groups: readonly { readonly name: string; readonly rules: readonly { readonly alert?: string; readonly for?: string }[] }[];
  };
}

export function rulerContainer(objects: readonly Resource[], pod: string, soonerAlert: string, after: string): Container {
  const ruler = objects.find(({ kind }) => kind === 'ThanosRuler') as unknown as ThanosRuler | undefined;
  if (ruler === undefined) throw new Error('no ThanosRuler');
  const { spec } = ruler;
  const flags: readonly (readonly [string, string])[] = [
    ['data-dir', '/thanos/data'],
    ['eval-interval', spec.evaluationInterval],
    ['tsdb.retention', spec.retention],
    ['label', 'thanos_ruler_replica="$(POD_NAME)"'],
    ...Object.keys(spec.labels)
      .sort()
      .map((name) => ['label', `${name}="${spec.labels[name]}"`] as const),
    ['alert.label-drop', 'thanos_ruler_replica'],
    ...spec.alertDropLabels.map((label) => ['alert.label-drop', label] as const),
    ['rule-file', '/etc/thanos/rules/*/*.yaml'],
    ...spec.queryEndpoints.map((endpoint) => ['query', endpoint] as const),
    ...spec.alertmanagersUrl.map((url) => ['alertmanagers.url', url] as const),
    ['objstore.config-file', `/etc/thanos/config/objstorage-config/${spec.objectStorageConfig.key}`],
    // Thanos' own defaults, so that the table has something to replace.
    ['http-address', ':10902'],
    ['grpc-address', ':10901'],
  ];
  const selected = (objects.filter(({ kind }) => kind === 'PrometheusRule') as unknown as readonly PrometheusRule[]).filter(
    ({ metadata }) => Object.entries(spec.ruleSelector.matchLabels).every(([name, value]) => metadata.labels?.[name] === value),
  );
  const files = Object.fromEntries(
    selected.map(({ metadata, spec: { groups } }) => [
      `${metadata.namespace}-${metadata.name}.yaml`,
      stringify({ groups: sooner(groups, soonerAlert, after) }, { lineWidth: 0 }),
    ]),
  );
  return {
    args: [
      'rule',
      ...flags.map(([name, value]) => `--${name}=${value.replaceAll('$(POD_NAME)', pod)}`),
      ...(spec.additionalArgs ?? []).map(({ name, value }) => (value === undefined ? `--${name}` : `--${name}=${value}`)),
    ],
    env: { POD_NAME: pod },
    mounts: [
      { path: '/thanos/data', from: { kind: 'volume', name: 'data' } },
      { path: '/etc/thanos/rules/thanos-ruler-central-rulefiles-0', from: { kind: 'files', files } },
      {
        path: '/etc/thanos/config/objstorage-config',
        from: {
          kind: 'secret',
          name: spec.objectStorageConfig.name,
          items: [{ key: spec.objectStorageConfig.key, path: spec.objectStorageConfig.key }],
        },
      },
    ],
    ready: { path: '/-/ready', port: 10902, scheme: 'HTTP' },
  };
}
