import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import {
  all,
  at,
  type Command,
  each,
  edgesOn,
  type Found,
  fileOf,
  find,
  inCentre,
  isAgent,
  listAt,
  matches,
  type NamedFleet,
  none,
  type Operated,
  prometheus,
  type Service,
  targetOf,
  thanos,
  within,
  workloads,
} from '../support/manifests.ts';
import { fleets, manySidecars, repository } from './fleets.ts';

const isStringMap = (value: unknown): value is Readonly<Record<string, string>> =>
  typeof value === 'object' && value !== null && Object.values(value).every((one) => typeof one === 'string');

const selects = (found: Found, selector: string, labels: Readonly<Record<string, string>>): boolean => {
  const wanted = at(found.object, 'spec', selector, 'matchLabels');
  return isStringMap(wanted) && matches(wanted, labels);
};

const endpointsOf = (query: Command): readonly unknown[] =>
  listAt({ file: parse(fileOf(query, query.flags.get('endpoint.sd-config-file')?.[0] ?? '') ?? '') as unknown }, 'file', 'endpoints');

test('G35 a Query finds its stores by a file, and by no flag', () => {
  for (const fleet of fleets)
    each(
      thanos([fleet], 'query'),
      ({ flags }) => {
        const found = [...flags.keys()].filter((name) =>
          /^(store|endpoint|endpoint-strict|endpoint-group|endpoint-group-strict|store-strict|store\.sd-.*)$/.test(name),
        );
        return found.length > 0 && `has ${found.join(', ')}`;
      },
      ({ flags }) => (flags.get('endpoint.sd-config-file') ?? []).length !== 1 && 'has no endpoint file',
      (query) => endpointsOf(query).length === 0 && 'has an empty endpoint file',
      ({ flags }) => [...flags.keys()].some((name) => name.startsWith('grpc-client-')) && 'sets TLS for all endpoints at once',
    );
});

/** Ports that the operator opens on the Services that it makes. */
const operatorService: Readonly<Record<string, string>> = { 'prometheus-operated': 'Prometheus', 'thanos-ruler-operated': 'ThanosRuler' };

/** The StoreAPI servers of the centre, by the Service that stands for each. */
function storesOf(fleet: NamedFleet): readonly string[] {
  const { namespace } = fleet.inventory.central;
  const serving = [...thanos([fleet], 'store'), ...thanos([fleet], 'receive').filter(({ object }) => object.kind === 'StatefulSet')].filter(
    inCentre,
  );
  return [
    ...serving.map(({ object }) => object.spec.serviceName ?? ''),
    ...all<Operated>([fleet], 'Prometheus').flatMap(({ object }) => (object.spec.thanos === undefined ? [] : ['prometheus-operated'])),
    ...all([fleet], 'ThanosRuler').map(() => 'thanos-ruler-operated'),
  ]
    .map((service) => `${service}.${namespace}.svc`)
    .sort();
}

test('G35 the endpoint files hold every store of every option once', () => {
  for (const fleet of fleets) {
    const queries = thanos([fleet], 'query');
    const entries = [
      ...new Map(
        queries.map((query) => [fileOf(query, query.flags.get('endpoint.sd-config-file')?.[0] ?? ''), endpointsOf(query)]),
      ).values(),
    ].flat();
    const addresses = entries.map((one) => String(at(one, 'address')));
    assert.equal(
      addresses.filter((one, i) => addresses.indexOf(one) !== i),
      [],
      fleet.name,
    );

    const services = addresses.flatMap((address) => /^dnssrv\+_grpc\._tcp\.(.+)$/.exec(address)?.slice(1) ?? []);
    const leaves = services.filter((service) => service.startsWith('query-leaf.'));
    assert.is(leaves.length, queries.length > 1 ? 1 : 0, `${fleet.name}: a leaf is a store of the Query above it`);
    assert.equal(services.filter((service) => !leaves.includes(service)).sort(), storesOf(fleet), fleet.name);

    const edges = addresses.filter((address) => !address.includes('+'));
    const replicas = thanos([fleet], 'sidecar').reduce((sum, { object }) => sum + (object.spec.replicas ?? 1), 0);
    assert.is(edges.length, replicas, fleet.name);
    assert.is(addresses.length, services.length + edges.length, fleet.name);
  }
  assert.ok(thanos([manySidecars], 'query').length > 1, 'so many sidecars are asked by leaves');
});

test('G35 a store that is found by DNS is neither strict nor behind TLS, and the Service has the port', () => {
  for (const fleet of fleets)
    each(
      thanos([fleet], 'query').flatMap((query) =>
        endpointsOf(query)
          .filter((one) => String(at(one, 'address')).includes('+'))
          .map((endpoint) => ({ ...query, where: `${query.where} ${String(at(endpoint, 'address'))}`, endpoint })),
      ),
      ({ endpoint }) => at(endpoint, 'strict') !== undefined && 'is strict',
      ({ endpoint }) => at(endpoint, 'client_config') !== undefined && 'has a client configuration, which Thanos ignores',
      ({ endpoint, resources, cluster }) => {
        const [, name = '', namespace = ''] = /^dnssrv\+_grpc\._tcp\.([^.]+)\.([^.]+)\.svc$/.exec(String(at(endpoint, 'address'))) ?? [];
        const operator = operatorService[name];
        if (operator !== undefined)
          return (
            !resources.some(({ kind, metadata }) => kind === operator && metadata.namespace === namespace) && 'is of no custom resource'
          );
        const service = find<Service>(resources, 'Service', namespace, name);
        if (service?.spec.clusterIP !== 'None') return 'is no headless Service';
        const grpc = service.spec.ports.find((port) => port.name === 'grpc');
        const behind = workloads([fleet]).filter(
          (one) => one.cluster === cluster && matches(service.spec.selector ?? {}, one.object.spec.template.metadata.labels),
        );
        if (grpc === undefined || behind.length === 0) return 'leads nowhere';
        return behind.some((one) => targetOf(grpc, one) !== 10901) && 'leads to another port than gRPC';
      },
    );
});

test('G35 an edge is asked over mutual TLS, by the name in its certificate', () => {
  const asked = thanos(fleets, 'query').flatMap((query) =>
    endpointsOf(query)
      .filter((one) => !String(at(one, 'address')).includes('+'))
      .map((endpoint) => ({ ...query, where: `${query.where} ${String(at(endpoint, 'address'))}`, endpoint })),
  );
  each(
    asked,
    // Thanos reads `server_name` beside `tls_config`, and no error when it is elsewhere.
    ({ endpoint }) => typeof at(endpoint, 'client_config', 'server_name') !== 'string' && 'has no server_name',
    ({ endpoint }) => at(endpoint, 'client_config', 'tls_config', 'enabled') !== true && 'is asked in the clear',
    ({ endpoint }) => at(endpoint, 'client_config', 'tls_config', 'insecure_skip_verify') !== undefined && 'is not verified',
    ({ endpoint, container, pod }) => {
      const files = ['ca_file', 'cert_file', 'key_file'].map((name) => String(at(endpoint, 'client_config', 'tls_config', name)));
      const missing = files.filter((file) => {
        const mount = container.volumeMounts?.find(({ mountPath }) => file.startsWith(`${mountPath}/`));
        return pod.volumes?.find(({ name }) => name === mount?.name)?.secret === undefined;
      });
      return missing.length > 0 && `reads ${missing.join(', ')} from no Secret`;
    },
    ({ endpoint }) =>
      Object.keys(endpoint as object).some((name) => !['address', 'client_config', 'group', 'strict', 'service_config'].includes(name)) &&
      'has a key that Thanos does not know',
    ({ endpoint }) =>
      Object.keys(at(endpoint, 'client_config') ?? {}).some((name) => !['tls_config', 'server_name', 'compression'].includes(name)) &&
      'has a key that Thanos does not know',
  );
});

test('G36 one Compactor works on the bucket, and merges copies of Receive only', () => {
  for (const fleet of fleets) {
    const compactors = thanos([fleet], 'compact');
    assert.is(compactors.length, 1, fleet.name);
    const receives = thanos([fleet], 'receive');
    each(
      compactors,
      (found) => !inCentre(found) && 'is not in the centre',
      ({ object }) => (object.kind !== 'StatefulSet' || object.spec.replicas !== 1) && `has ${object.spec.replicas} replicas`,
      ({ flags }) => !flags.has('wait') && 'runs once',
      ({ flags }) => {
        const labels = flags.get('deduplication.replica-label') ?? [];
        return (
          (labels.some((label) => label !== 'receive_replica') || (receives.length > 0 && labels.length !== 1)) &&
          `merges by ${labels.join(', ')}`
        );
      },
      ({ flags }) => (flags.get('deduplication.func')?.[0] ?? '') !== '' && 'merges by penalty, which is not for Receive',
      ({ flags }) => {
        const outOfOrder = receives.some((receive) => !/^(0s?)?$/.test(receive.flags.get('tsdb.out-of-order.time-window')?.[0] ?? ''));
        return outOfOrder && !flags.has('compact.enable-vertical-compaction') && 'does not merge overlapping blocks';
      },
      ({ flags }) =>
        ['raw', '5m', '1h'].some((resolution) => !/^[1-9]\d*d$/.test(flags.get(`retention.resolution-${resolution}`)?.[0] ?? '')) &&
        'keeps blocks for ever',
    );
  }
});

test('G37 who uploads to the bucket has a Store Gateway that reads it', () => {
  for (const fleet of fleets) {
    const uploading = all([fleet]).filter(({ object }) =>
      [...within(object)].some(({ path, value }) => path.at(-1) === 'objectStorageConfig' || /^--objstore\.config/.test(String(value))),
    );
    assert.ok(uploading.length > 0, fleet.name);
    const gateways = thanos([fleet], 'store').filter(inCentre);
    assert.is(gateways.length, 1, fleet.name);
    each(gateways, ({ flags }) => !flags.has('objstore.config-file') && 'reads no bucket');
  }
});

test('G37 the Ruler is a store of Query, and alerts find an Alertmanager', () => {
  for (const fleet of fleets) {
    const { namespace, name } = fleet.inventory.central;
    const resources = fleet.rendered.get(name) ?? [];
    assert.ok(
      thanos([fleet], 'query').some((query) =>
        endpointsOf(query).some((one) => at(one, 'address') === `dnssrv+_grpc._tcp.thanos-ruler-operated.${namespace}.svc`),
      ),
      fleet.name,
    );
    assert.is(resources.filter(({ kind, metadata }) => kind === 'Alertmanager' && metadata.namespace === namespace).length, 1);
    each(
      all<Operated>([fleet], 'ThanosRuler'),
      ({ object }) =>
        !listAt(object, 'spec', 'alertmanagersUrl').some((url) => String(url).includes(`alertmanager-operated.${namespace}.svc`)) &&
        'knows no Alertmanager',
      ({ object }) => {
        const [, service = ''] = /^dnssrv\+_http\._tcp\.([^.]+)\./.exec(String(listAt(object, 'spec', 'queryEndpoints')[0])) ?? [];
        const found = find<Service>(resources, 'Service', namespace, service);
        const behind = thanos([fleet], 'query').filter(
          (query) => inCentre(query) && matches(found?.spec.selector ?? { nothing: '' }, query.object.spec.template.metadata.labels),
        );
        return (behind.length === 0 || !found?.spec.ports.some((port) => port.name === 'http')) && 'asks no Query';
      },
    );
    each(
      all<Operated>([fleet], 'Prometheus'),
      ({ object }) =>
        !listAt(object, 'spec', 'alerting', 'alertmanagers').some(
          (one) => at(one, 'name') === 'alertmanager-operated' && at(one, 'namespace') === namespace,
        ) && 'knows no Alertmanager',
    );
    for (const server of prometheus([fleet]).filter((one) => !isAgent(one))) {
      const targets = listAt(server.config, 'alerting', 'alertmanagers')
        .flatMap((one) => listAt(one, 'static_configs'))
        .flatMap((one) => listAt(one, 'targets'));
      const url = new URL(fleet.inventory.central.alertmanager.url ?? '');
      assert.equal(targets, [url.host], server.where);
    }
  }
});

interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** All rules of a fleet, and who evaluates each. */
function rulesOf(fleet: NamedFleet): readonly { readonly where: string; readonly owners: readonly string[]; readonly rule: Rule }[] {
  return [
    ...all([fleet], 'PrometheusRule').flatMap((found) => {
      const owners = all([fleet], 'Prometheus', 'ThanosRuler')
        .filter(
          (one) =>
            one.cluster === found.cluster &&
            one.object.metadata.namespace === found.object.metadata.namespace &&
            selects(one, 'ruleSelector', found.object.metadata.labels ?? {}),
        )
        .map(({ where }) => where);
      return listAt(found.object, 'spec', 'groups')
        .flatMap((group) => listAt(group, 'rules') as readonly Rule[])
        .map((rule) => ({ where: `${found.where} ${rule.alert ?? rule.record}`, owners, rule }));
    }),
    ...prometheus([fleet]).flatMap((server) =>
      listAt(server.config, 'rule_files').flatMap((pattern) => {
        const folder = String(pattern).replace(/\/[^/]*$/, '');
        const mount = server.container.volumeMounts?.find(({ mountPath }) => mountPath === folder);
        const name = server.pod.volumes?.find((volume) => volume.name === mount?.name)?.configMap?.name ?? '';
        const files = Object.values(
          find<Found['object'] & { data: Record<string, string> }>(server.resources, 'ConfigMap', server.object.metadata.namespace, name)
            ?.data ?? {},
        );
        return files
          .flatMap((text) => listAt(parse(text) as unknown, 'groups'))
          .flatMap((group) => listAt(group, 'rules') as readonly Rule[])
          .map((rule) => ({ where: `${server.where} ${rule.alert ?? rule.record}`, owners: [server.where], rule }));
      }),
    ),
  ];
}

test('G38 every edge has a series that says it is expected (promtool reads the rules in the slow suite)', () => {
  for (const fleet of fleets) {
    const ruler = all([fleet], 'ThanosRuler').map(({ where }) => where);
    const recorded = (record: string) =>
      rulesOf(fleet).filter(({ rule, owners }) => rule.record === record && owners.join() === ruler.join());
    for (const [record, value] of [
      ['edge_cluster:expected', () => 1],
      ['edge_cluster:expected_nodes', (nodes: number) => nodes],
    ] as const) {
      const found = recorded(record);
      assert.equal(
        found.map(({ rule }) => `${rule.labels?.cluster} ${rule.labels?.region} ${rule.labels?.collection} ${rule.expr}`).sort(),
        fleet.inventory.edges.map(({ name, region, option, nodes }) => `${name} ${region} ${option} vector(${value(nodes.length)})`).sort(),
        `${fleet.name}: ${record}`,
      );
    }
  }
});

test('G38 an alert tells of a cluster that is silent', () => {
  for (const fleet of fleets) {
    const silent = rulesOf(fleet).filter(
      ({ rule }) => rule.alert !== undefined && /^edge_cluster:expected unless on ?\(cluster\)/.test(rule.expr),
    );
    assert.is(silent.length, 1, fleet.name);
    assert.ok(
      silent.every(({ owners }) => owners.length === 1 && owners[0]?.includes('ThanosRuler')),
      fleet.name,
    );
  }
});

test('G38 every rule is evaluated by one, and every record has one owner', () => {
  for (const fleet of fleets) {
    const rules = rulesOf(fleet);
    each(rules, ({ owners }) => owners.length !== 1 && `is evaluated by ${owners.join(' and ') || 'nobody'}`);
    const records = rules.filter(({ rule }) => rule.record !== undefined);
    assert.ok(records.length > 0, fleet.name);
    const owners = new Map<string, Set<string>>();
    for (const {
      rule,
      owners: [owner = ''],
    } of records)
      owners.set(rule.record ?? '', (owners.get(rule.record ?? '') ?? new Set()).add(owner));
    none([...owners].flatMap(([record, by]) => (by.size > 1 ? [`${fleet.name}: ${record} of ${[...by].join(' and ')}`] : [])));
    const series = records.map(({ rule }) => JSON.stringify([rule.record, Object.entries(rule.labels ?? {}).sort()]));
    assert.equal(
      series.filter((one, i) => series.indexOf(one) !== i),
      [],
      `${fleet.name}: a series is recorded twice`,
    );
  }
});

test('G38 every evaluator has a Watchdog, which always fires', () => {
  for (const fleet of fleets) {
    const rules = rulesOf(fleet);
    const evaluators = [
      ...all([fleet], 'Prometheus', 'ThanosRuler').map(({ where }) => where),
      ...prometheus([fleet])
        .filter((one) => !isAgent(one))
        .map(({ where }) => where),
    ];
    assert.is(evaluators.length, 2 + edgesOn(fleet, 'thanos-sidecar').length);
    for (const evaluator of evaluators) {
      const dogs = rules.filter(({ owners, rule }) => owners.includes(evaluator) && rule.alert === 'Watchdog');
      assert.equal(
        dogs.map(({ rule }) => rule.expr),
        ['vector(1)'],
        evaluator,
      );
    }
  }
  assert.ok(rulesOf(repository).length > 20);
});

test.run();
