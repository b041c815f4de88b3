import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Resource } from '../../scripts/kubernetes/resource.ts';
import { distinct, fleets } from '../support/emitted.ts';
import { asModelled, modelOf, models } from '../support/models.ts';

interface Model {
  validate(): void;
}

/** The packages' classes by module; each validates its kind by the schema that Kubernetes or the operator publishes. */
const classes = new Map<string, new (object: Resource) => Model>();
for (const module of Object.values(models)) {
  // The class has the name of the kind, which is the last part of the module's path.
  const exports = (await import(module)) as Record<string, new (object: Resource) => Model>;
  const Class = exports[module.slice(module.lastIndexOf('/') + 1)];
  if (Class === undefined) throw new Error(`${module} exports no class of its name`);
  classes.set(module, Class);
}

const objects = distinct(fleets());

test('every object passes the validator of its kind: patterns, quantities, enumerations, what has to be there', () => {
  assert.equal(
    objects.flatMap(({ where, object }) => refusals(object).map((reason) => `${where}: ${reason}`)),
    [],
  );
});

const mistakes: readonly [kind: string, text: string, wrong: string][] = [
  ['Deployment', '"memory":"', '"memory":"1 '],
  ['StatefulSet', '"RuntimeDefault"', '"Default"'],
  ['StatefulSet', '"serviceName":"', '"serviceName":1,"x":"'],
  ['ApplicationSet', '"template":{', '"templates":{'],
  ['ScrapeConfig', '"scrapeInterval":"', '"scrapeInterval":"about '],
  ['PrometheusRule', '"for":"', '"for":"some '],
];

for (const [kind, text, wrong] of mistakes)
  test(`the validator of ${kind} refuses ${wrong} in the place of ${text}`, () => {
    const found = objects.find(({ object }) => object.kind === kind && JSON.stringify(object).includes(text));
    assert.ok(found, `no ${kind} has ${text}`);
    assert.is(refusals(JSON.parse(JSON.stringify(found?.object).replace(text, wrong)) as Resource).length, 1);
  });

function refusals(object: Resource): readonly string[] {
  const Class = classes.get(modelOf(object));
  if (Class === undefined) throw new Error(`${modelOf(object)} was not imported`);
  try {
    new Class(asModelled(object)).validate();
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}

/** Rules in CEL, which an API server evaluates and no schema here does: those of the kinds that fleetc emits, from the markers
 *  `+kubebuilder:validation:XValidation` of prometheus-operator 0.93. Argo CD's kinds have none. */
const rules: readonly [source: string, kinds: readonly string[], holds: (spec: Spec) => boolean][] = [
  [
    'v1/types.go, StatefulSetUpdateStrategy: rollingUpdate requires type to be RollingUpdate',
    ['Prometheus', 'Alertmanager', 'ThanosRuler'],
    ({ updateStrategy }) => !(updateStrategy?.type !== 'RollingUpdate' && updateStrategy?.rollingUpdate !== undefined),
  ],
  [
    'v1/prometheus_types.go, CommonPrometheusFields: shards must be greater than or equal to the number of topology values',
    ['Prometheus'],
    ({ shardingStrategy, shards = 1 }) =>
      shardingStrategy?.mode !== 'Topology' || shards >= (shardingStrategy.topology?.values?.length ?? 0),
  ],
  [
    'v1/prometheus_types.go, ShardingStrategy: topology can only be defined when mode is Topology',
    ['Prometheus'],
    ({ shardingStrategy }) => shardingStrategy?.topology === undefined || shardingStrategy.mode === 'Topology',
  ],
  [
    'v1/prometheus_types.go, Sigv4: externalId can only be used when roleArn is specified',
    ['Prometheus'],
    ({ remoteWrite = [] }) => remoteWrite.every(({ sigv4 }) => sigv4?.externalId === undefined || sigv4.roleArn !== undefined),
  ],
  [
    'v1alpha1/scrapeconfig_types.go, ScrapeConfigSpec: at most one of basicAuth, authorization, or oauth2',
    ['ScrapeConfig'],
    (spec) => [spec.basicAuth, spec.authorization, spec.oauth2].filter((one) => one !== undefined).length <= 1,
  ],
];

interface Spec {
  readonly updateStrategy?: { readonly type?: string; readonly rollingUpdate?: object };
  readonly shards?: number;
  readonly shardingStrategy?: { readonly mode?: string; readonly topology?: { readonly values?: readonly string[] } };
  readonly remoteWrite?: readonly { readonly sigv4?: { readonly externalId?: string; readonly roleArn?: string } }[];
  readonly basicAuth?: object;
  readonly authorization?: object;
  readonly oauth2?: object;
}

for (const [source, kinds, holds] of rules)
  test(`the operator's ${source}`, () => {
    const specs = objects.flatMap(({ where, object }) =>
      kinds.includes(object.kind) ? [{ where, spec: (object as Resource & { readonly spec: Spec }).spec }] : [],
    );
    assert.ok(specs.length > 0);
    assert.equal(
      specs.filter(({ spec }) => !holds(spec)).map(({ where }) => where),
      [],
    );
  });

test("the operator's rules tell right from wrong", () => {
  const wrong: readonly Spec[] = [
    { updateStrategy: { type: 'OnDelete', rollingUpdate: {} } },
    { shards: 1, shardingStrategy: { mode: 'Topology', topology: { values: ['a', 'b'] } } },
    { shardingStrategy: { mode: 'Classic', topology: {} } },
    { remoteWrite: [{ sigv4: { externalId: 'x' } }] },
    { basicAuth: {}, authorization: {} },
  ];
  assert.equal(
    rules.map(([, , holds]) => wrong.map((spec) => holds(spec))),
    rules.map((_, rule) => wrong.map((_, index) => index !== rule)),
  );
});

test('no Secret comes with bytes', () => {
  assert.equal(
    objects.filter(({ object }) => object.kind === 'Secret' && ('data' in object || 'stringData' in object)).map(({ where }) => where),
    [],
  );
});

test.run();
