import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import {
  all,
  at,
  type ConfigMap,
  each,
  edgesOn,
  expanded,
  fileOf,
  inCentre,
  isAgent,
  isRouter,
  listAt,
  matches,
  none,
  podNames,
  prometheus,
  type Service,
  seconds,
  targetOf,
  thanos,
  workloads,
} from '../support/manifests.ts';
import { fleets, secretStore, smallCentre } from './fleets.ts';

const receiving = fleets.filter((fleet) => edgesOn(fleet, 'prometheus-agent').length > 0);

const agents = (of: typeof fleets) => prometheus(of).filter(isAgent);
const routers = (of: typeof fleets) => thanos(of, 'receive').filter(isRouter);
const ingestors = (of: typeof fleets) => thanos(of, 'receive').filter((command) => !isRouter(command));

/** Each check below looks at an agent of every such edge, and at a router and an ingestor of every such fleet. */
test('G23 every edge on prometheus-agent has one agent, and no other edge has any', () => {
  assert.ok(receiving.length > 5);
  for (const fleet of fleets)
    assert.equal(
      agents([fleet])
        .map(({ cluster }) => cluster)
        .sort(),
      edgesOn(fleet, 'prometheus-agent').map(({ name }) => name),
      fleet.name,
    );
});

test('G23 an agent has the flags of an agent and a configuration that an agent takes (promtool reads it in the slow suite)', () => {
  each(
    agents(fleets),
    ({ flags }) => flags.get('agent')?.[0] !== '' && 'has no plain --agent',
    ({ flags }) =>
      (flags.get('enable-feature') ?? []).some((features) => features.split(',').includes('agent')) && 'has --enable-feature=agent',
    ({ flags }) => [...flags.keys()].some((name) => name.startsWith('storage.tsdb.')) && 'has the storage of a server',
    ({ flags }) => flags.get('storage.agent.path') === undefined && 'does not say where its WAL is',
    ({ config }) => {
      const refused = ['rule_files', 'alerting', 'remote_read'].filter((name) => at(config, name) !== undefined);
      return refused.length > 0 && `has ${refused.join(', ')}`;
    },
    ({ config }) =>
      listAt(config, 'remote_write').some(
        (one) => String(at(one, 'protobuf_message') ?? 'prometheus.WriteRequest') !== 'prometheus.WriteRequest',
      ) && 'sends remote write 2.0',
    ({ config }) => listAt(config, 'scrape_configs').length < 4 && 'scrapes too little',
  );
});

test('G24 an agent writes to Receive over mutual TLS, under the name of its cluster', () => {
  each(
    agents(fleets),
    ({ config }) => listAt(config, 'remote_write').length !== 1 && 'writes to more or less than one Receive',
    ({ config, fleet }) => {
      const url = String(at(config, 'remote_write', 0, 'url'));
      if (url !== fleet.inventory.central.receive?.url) return `writes to ${url}`;
      const { protocol, pathname, hostname } = new URL(url);
      if (protocol !== 'https:' || pathname !== '/api/v1/receive') return `writes to ${url}`;
      return /\.svc(\.|$)|\.cluster\.local$/.test(hostname) && `writes to ${hostname}, a name of another cluster`;
    },
    ({ config }) => typeof at(config, 'remote_write', 0, 'name') !== 'string' && 'gives remote write no name',
    ({ config }) =>
      ['cert_file', 'key_file', 'ca_file'].some((name) => typeof at(config, 'remote_write', 0, 'tls_config', name) !== 'string') &&
      'has not certificate, key and authority',
    ({ config }) => at(config, 'remote_write', 0, 'tls_config', 'insecure_skip_verify') !== undefined && 'does not verify Receive',
    ({ config }) => at(config, 'remote_write', 0, 'headers') !== undefined && 'claims a tenant by a header',
  );
});

test('G24 the files of the client certificate are those of a Secret', () => {
  each(agents(fleets), ({ config, container, pod }) => {
    const files = ['cert_file', 'key_file', 'ca_file'].map((name) => String(at(config, 'remote_write', 0, 'tls_config', name)));
    const missing = files.filter((file) => {
      const mount = container.volumeMounts?.find(({ mountPath }) => file.startsWith(`${mountPath}/`));
      return pod.volumes?.find(({ name }) => name === mount?.name)?.secret === undefined;
    });
    return missing.length > 0 && `reads ${missing.join(', ')} from no Secret`;
  });
});

test("G24 the common name of the certificate, the external label cluster and the cluster's name are one", () => {
  each(
    agents(fleets),
    (agent) => {
      const [pod = ''] = podNames(agent.object);
      const cluster = expanded(String(at(agent.config, 'global', 'external_labels', 'cluster')), agent, pod);
      return cluster !== agent.cluster && `calls itself ${cluster}`;
    },
    ({ resources, pod, container, config }) => {
      const file = String(at(config, 'remote_write', 0, 'tls_config', 'cert_file'));
      const mount = container.volumeMounts?.find(({ mountPath }) => file.startsWith(`${mountPath}/`));
      const secret = pod.volumes?.find(({ name }) => name === mount?.name)?.secret?.secretName ?? '';
      // The bytes are nobody's here: what tells whoever makes the certificate is the list of Secrets, or the ExternalSecret.
      const purposes = [
        ...all<ConfigMap>(fleets, 'ConfigMap')
          .filter((one) => one.resources === resources && one.object.metadata.name.startsWith('required-secrets'))
          .map(({ object }) => object.data[`${object.metadata.namespace}.${secret}`]),
        ...all(fleets, 'ExternalSecret')
          .filter((one) => one.resources === resources && one.object.metadata.name === secret)
          .map(({ object }) => object.metadata.annotations?.['fleetc.dev/purpose']),
      ].filter((text) => text !== undefined);
      return (
        !purposes.some((text) => /common name is this cluster's name/.test(text)) &&
        'does not say that the common name is the name of the cluster'
      );
    },
  );
  // A store has one certificate for each cluster.
  each(
    all([secretStore], 'ExternalSecret').filter((found) => !inCentre(found)),
    ({ object, cluster }) =>
      listAt(object, 'spec', 'data').some(
        (one) =>
          !String(at(one, 'remoteRef', 'key'))
            .split('/')
            .includes(cluster),
      ) && 'reads what is not of its cluster',
  );
});

test('G25 a change of its configuration does not restart an agent', () => {
  each(
    agents(fleets),
    ({ flags, container, pod, resources, object }) => {
      const file = flags.get('config.file')?.[0] ?? '';
      const mount = container.volumeMounts?.find(({ mountPath }) => file.startsWith(`${mountPath}/`));
      const name = pod.volumes?.find((one) => one.name === mount?.name)?.configMap?.name ?? '';
      const exists = resources.some(
        ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === name && metadata.namespace === object.metadata.namespace,
      );
      return (!exists || /-[bcdfghkmt2456789]{10}$/.test(name)) && `mounts ConfigMap ${name}`;
    },
    ({ object }) =>
      Object.keys(at(object, 'spec', 'template', 'metadata', 'annotations') ?? {}).some((name) => /checksum|hash/.test(name)) &&
      'restarts by an annotation',
    // Prometheus knew it by another name before 3.12, and from 3.16 on only warns of that name.
    ({ flags, fleet }) => {
      const old = fleet.inventory.fleet.versions.prometheus === '3.5.0';
      const reloads = old ? flags.get('enable-feature')?.[0] === 'auto-reload-config' : flags.get('config.auto-reload')?.[0] === '';
      return !reloads && 'does not reload its configuration';
    },
    ({ container }) =>
      (container.volumeMounts ?? []).some((mount) => at(mount, 'subPath') !== undefined) && 'mounts a file that never changes',
  );
  for (const { name, tree } of receiving) {
    const generators = [...tree].flatMap(([path, text]) => {
      if (!path.endsWith('/kustomization.yaml')) return [];
      const content = parse(text) as unknown;
      return listAt(content, 'configMapGenerator').map((one) => ({
        path,
        one,
        all: at(content, 'generatorOptions', 'disableNameSuffixHash'),
      }));
    });
    assert.ok(generators.length > 0, name);
    none(
      generators.flatMap(({ path, one, all: every }) =>
        at(one, 'options', 'disableNameSuffixHash') === true || every === true ? [] : [path],
      ),
    );
  }
});

test('G25 an agent that is stopped has more time than it may flush for', () => {
  each(agents(fleets), ({ pod, flags }) => {
    const flush = seconds(flags.get('storage.remote.flush-deadline')?.[0] ?? '60s');
    return (
      !((pod.terminationGracePeriodSeconds ?? 30) > flush) &&
      `is killed after ${pod.terminationGracePeriodSeconds ?? 30} s and flushes for ${flush} s`
    );
  });
});

test('G26 a router has hashring, ketama, an odd replication of at least three, a label, TLS and the tenant of the certificate, and stores nothing', () => {
  for (const fleet of receiving)
    each(
      routers([fleet]),
      ({ flags }) => flags.get('receive.hashrings-file') === undefined && 'has no hashring file',
      ({ flags }) => flags.get('receive.hashrings-algorithm')?.join() !== 'ketama' && 'does not use ketama',
      ({ flags }) => {
        const factor = Number(flags.get('receive.replication-factor')?.[0]);
        return !(factor >= 3 && factor % 2 === 1) && `keeps ${factor} copies`;
      },
      ({ flags }) =>
        Number(flags.get('receive.replication-factor')?.[0]) !== fleet.inventory.central.receive?.replicationFactor &&
        'keeps other copies than the inventory says',
      ({ flags }) => (flags.get('label') ?? []).length === 0 && 'has no label',
      ({ flags }) =>
        !(flags.get('label') ?? []).every((label) => /^[a-z_]+="[^"]+"$/.test(label)) && 'has a label that Thanos does not read',
      ({ flags }) =>
        ['cert', 'key', 'client-ca'].some((name) => flags.get(`remote-write.server-tls-${name}`) === undefined) &&
        'takes writes without mutual TLS',
      ({ flags }) => flags.get('receive.tenant-certificate-field')?.[0] !== 'commonName' && 'takes the tenant from elsewhere',
      ({ flags }) => {
        const found = [...flags.keys()].filter((name) => /^(receive\.local-endpoint|objstore\.|tsdb\.path)/.test(name));
        return found.length > 0 && `has ${found.join(', ')}`;
      },
      ({ object }) => (object.kind !== 'Deployment' || object.spec.volumeClaimTemplates !== undefined) && 'has volumes',
    );
});

test('G27 an ingestor has no hashring, a label of its own, the cluster as tenant label, twelve hours and the bucket', () => {
  for (const fleet of receiving)
    each(
      ingestors([fleet]),
      ({ flags }) => {
        const found = [...flags.keys()].filter((name) => /^receive\.(hashrings|replication-factor|local-endpoint)/.test(name));
        return found.length > 0 && `has ${found.join(', ')}`;
      },
      ({ flags }) => {
        const labels = flags.get('label') ?? [];
        return (
          !(labels.length === 1 && labels.every((label) => /^[a-z_]+="\$\(POD_NAME\)"$/.test(label))) &&
          `has the labels ${labels.join(', ')}`
        );
      },
      ({ flags }) => flags.get('label')?.[0]?.split('=')[0] !== 'receive_replica' && 'has another replica label than receive_replica',
      ({ container }) =>
        container.env?.find(({ name }) => name === 'POD_NAME')?.valueFrom?.fieldRef?.fieldPath !== 'metadata.name' &&
        'does not know its pod',
      ({ flags }) => flags.get('receive.tenant-label-name')?.[0] !== 'cluster' && 'has another tenant label than cluster',
      ({ flags }) => !(seconds(flags.get('tsdb.retention')?.[0] ?? '0s') >= 12 * 3600) && 'keeps less than twelve hours',
      ({ flags }) => flags.get('objstore.config-file') === undefined && flags.get('objstore.config') === undefined && 'uploads nothing',
      ({ object }) =>
        (object.kind !== 'StatefulSet' || (object.spec.volumeClaimTemplates ?? []).length !== 1) && 'keeps its data in the pod',
    );
});

test('G28 the hashring names every ingestor by its own DNS name behind a headless Service', () => {
  for (const fleet of receiving) {
    const [ingestor, ...others] = ingestors([fleet]);
    assert.ok(ingestor !== undefined && others.length === 0);
    const { object, resources } = ingestor;
    each(routers([fleet]), (router) => {
      const text = fileOf(router, router.flags.get('receive.hashrings-file')?.[0] ?? '');
      if (text === undefined) return 'has no hashring';
      const rings = JSON.parse(text) as readonly unknown[];
      if (rings.length !== 1) return `has ${rings.length} hashrings`;
      const endpoints = listAt(rings, 0, 'endpoints').map((one) => String(typeof one === 'string' ? one : at(one, 'address')));
      const { serviceName = '', replicas = 1 } = object.spec;
      const wanted = podNames(object).map((pod) => `${pod}.${serviceName}.${object.metadata.namespace}.svc`);
      const hosts = endpoints.map((endpoint) => /^([^:]+\.svc)(\.[a-z.]+)?:10901$/.exec(endpoint)?.[1] ?? endpoint);
      if (JSON.stringify([...hosts].sort()) !== JSON.stringify([...wanted].sort())) return `has ${endpoints.join(', ')}`;
      const factor = Number(router.flags.get('receive.replication-factor')?.[0]);
      return !(endpoints.length === replicas && replicas >= factor) && `has ${endpoints.length} endpoints for ${factor} copies`;
    });
    const [service, ...more] = all<Service>([fleet], 'Service').filter(
      (one) => one.resources === resources && one.object.metadata.name === object.spec.serviceName,
    );
    assert.ok(service !== undefined && more.length === 0, `${fleet.name}: ${object.spec.serviceName}`);
    assert.is(service.object.spec.clusterIP, 'None');
    assert.is(service.object.metadata.namespace, object.metadata.namespace);
    assert.ok(matches(service.object.spec.selector ?? {}, object.spec.template.metadata.labels));
    const grpc = service.object.spec.ports.find(({ name }) => name === 'grpc');
    assert.ok(grpc !== undefined && grpc.port === 10901 && targetOf(grpc, ingestor) === 10901);
    assert.is(object.spec.replicas, fleet.inventory.central.receive?.replicas ?? 4);
  }
  assert.is(ingestors([smallCentre])[0]?.object.spec.replicas, 5);
});

test('G29 a LoadBalancer exposes remote write and nothing else', () => {
  for (const fleet of receiving)
    each(
      all<Service>([fleet], 'Service').filter(({ object }) => object.spec.type === 'LoadBalancer'),
      (found) => {
        const behind = workloads([fleet]).filter(
          (one) => one.resources === found.resources && matches(found.object.spec.selector ?? {}, one.object.spec.template.metadata.labels),
        );
        if (behind.length !== 1) return `leads to ${behind.length} workloads`;
        const [router] = routers([fleet]).filter(({ object }) => object === behind[0]?.object);
        if (router === undefined) return 'leads to something else than routers';
        const remoteWrite = Number(/:(\d+)$/.exec(router.flags.get('remote-write.address')?.[0] ?? ':19291')?.[1]);
        const ports = found.object.spec.ports.map((port) => targetOf(port, router));
        return (ports.length === 0 || ports.some((port) => port !== remoteWrite)) && `exposes ${ports.join(', ')}`;
      },
      ({ object }) => object.spec.ports.some(({ port }) => [10901, 10902, 9090].includes(port)) && 'exposes a store or a user interface',
    );
});

test('G29 nothing else in the centre is exposed but the alert gateway', () => {
  for (const fleet of fleets)
    none(
      all<Service>([fleet], 'Service').flatMap((found) => {
        const { type = 'ClusterIP', ports, selector = {} } = found.object.spec;
        if (!inCentre(found) || type === 'ClusterIP' || (type === 'LoadBalancer' && ports.every(({ name }) => name === 'remote-write')))
          return [];
        const [behind] = workloads([fleet]).filter(
          (one) => one.resources === found.resources && matches(selector, one.object.spec.template.metadata.labels),
        );
        return behind?.object.metadata.name === 'alert-gateway' && ports.every((port) => targetOf(port, behind) === 8443)
          ? []
          : [found.where];
      }),
    );
});

test('G30 a disruption leaves a majority of the copies, and an ingestor has time to upload', () => {
  for (const fleet of receiving) {
    const factor = Number(routers([fleet])[0]?.flags.get('receive.replication-factor')?.[0]);
    each(
      ingestors([fleet]),
      ({ object, resources }) => {
        const budgets = all([fleet], 'PodDisruptionBudget').filter(
          (one) =>
            one.resources === resources &&
            matches(
              (at(one.object, 'spec', 'selector', 'matchLabels') ?? { nothing: '' }) as Readonly<Record<string, string>>,
              object.spec.template.metadata.labels,
            ),
        );
        const [unavailable] = budgets.map((one) => at(one.object, 'spec', 'maxUnavailable'));
        return (
          !(budgets.length === 1 && typeof unavailable === 'number' && unavailable <= Math.floor((factor - 1) / 2)) &&
          `may lose ${String(unavailable)} of ${factor} copies`
        );
      },
      ({ pod }) => !((pod.terminationGracePeriodSeconds ?? 30) >= 300) && 'is killed before it has uploaded',
    );
  }
});

test.run();
