import type { Check, Fault } from './check.ts';
import type { DisruptionBudget, WorkloadManifest } from './manifests.ts';
import { type Command, commandsWith, field, list, seconds, type View } from './view.ts';

const isRouter = ({ flags }: Command): boolean => flags.has('receive.hashrings-file') || flags.has('receive.hashrings');

const routers = (view: View): readonly Command[] => commandsWith(view, 'receive').filter(isRouter);
const ingestors = (view: View): readonly Command[] => commandsWith(view, 'receive').filter((command) => !isRouter(command));

const factorOf = ({ flags }: Command): number => Number(flags.get('receive.replication-factor')?.[0] ?? 1);

/** Alone, a Receive cannot write to a second: it answers 500 to everything. */
function* factorWithoutHashring(view: View): Iterable<Fault> {
  for (const command of ingestors(view))
    if (factorOf(command) > 1)
      yield { object: command.pods.object, message: `wants ${factorOf(command)} copies, but knows no other Receive: every write fails` };
}

const needed = (flags: Command['flags'], names: readonly string[]): readonly string[] =>
  names.filter((name) => !flags.has(name)).map((name) => `lacks --${name}`);
const refused = (flags: Command['flags'], names: readonly string[]): readonly string[] =>
  names.filter((name) => flags.has(name)).map((name) => `must not have --${name}`);

function* routerFlags(view: View): Iterable<Fault> {
  for (const command of routers(view)) {
    const { flags, pods } = command;
    const factor = factorOf(command);
    const problems = [
      ...needed(flags, [
        'label',
        'remote-write.server-tls-cert',
        'remote-write.server-tls-key',
        'remote-write.server-tls-client-ca',
        'receive.tenant-certificate-field',
      ]),
      ...refused(flags, ['receive.local-endpoint', 'objstore.config-file', 'objstore.config', 'tsdb.path']),
      ...(flags.get('receive.hashrings-algorithm')?.[0] === 'ketama' ? [] : ['lacks --receive.hashrings-algorithm=ketama']),
      ...(factor >= 3 && factor % 2 === 1 ? [] : [`keeps ${factor} copies, not three or five`]),
      ...(flags.get('label') ?? [])
        .filter((text) => !/^[a-z_]+="[^"]*"$/.test(text))
        .map((text) => `has the label ${text}, which is no Go string`),
    ];
    for (const message of problems) yield { object: pods.object, message };
  }
}

function* ingestorFlags(view: View): Iterable<Fault> {
  for (const { flags, pods, container } of ingestors(view)) {
    const factor = flags.get('receive.replication-factor');
    const problems = [
      ...needed(flags, ['objstore.config-file', 'tsdb.path']),
      ...refused(flags, ['receive.local-endpoint', 'receive.hashrings-algorithm']),
      // More than one is telemetry/receive-without-hashring.
      ...(factor === undefined || Number(factor[0]) > 1 ? [] : ['must not have --receive.replication-factor']),
      ...(flags.get('receive.tenant-label-name')?.[0] === 'cluster' ? [] : ['does not take the cluster from the tenant']),
      ...(seconds(flags.get('tsdb.retention')?.[0] ?? '15d') >= 12 * 3600 ? [] : ['forgets what is not uploaded within 12 hours']),
      ...((flags.get('label') ?? []).some((text) => /^receive_replica="\$\(POD_NAME\)"$/.test(text))
        ? []
        : ['lacks --label=receive_replica="$(POD_NAME)"']),
      ...((container.env ?? []).some(({ name }) => name === 'POD_NAME') ? [] : ['has no variable POD_NAME']),
    ];
    for (const message of problems) yield { object: pods.object, message };
  }
}

/** The hashring that a router reads, and the ingestors that there are. */
function* hashrings(view: View): Iterable<Fault> {
  for (const command of routers(view)) {
    const { pods, container, flags } = command;
    const object = pods.object;
    const file = view.file(pods, container, flags.get('receive.hashrings-file')?.[0] ?? '');
    const rings = list(file === undefined ? undefined : view.parsed(file.text));
    if (rings.length === 0) yield { object, message: 'has no hashring' };
    const addresses = rings
      .flatMap((ring) => list(field(ring, 'endpoints')))
      .map((endpoint) => String(field(endpoint, 'address') ?? endpoint));
    for (const ingestor of ingestors(view)) yield* ringOf(view, object, addresses, ingestor, factorOf(command));
  }
}

function* ringOf(view: View, object: Fault['object'], addresses: readonly string[], { pods }: Command, factor: number): Iterable<Fault> {
  const { metadata, spec } = pods.object as WorkloadManifest;
  const service = view.services.find(({ name, namespace }) => name === spec.serviceName && namespace === pods.namespace);
  const wanted = Array.from({ length: pods.replicas }, (_, i) => `${metadata.name}-${i}.${spec.serviceName}.${pods.namespace}.svc`);
  const found = addresses.map((address) => address.replace(/(\.cluster\.local)?:10901$/, ''));
  const owner = object === undefined ? {} : { object };
  if ([...found].sort().join() !== wanted.sort().join())
    yield { ...owner, message: `its hashring names ${found.join(', ')}; there are ${wanted.join(', ')}` };
  if (pods.replicas < factor) yield { ...owner, message: `${pods.replicas} ingestors cannot keep ${factor} copies` };
  if (service !== undefined && !service.ports.some(({ name, port }) => name === 'grpc' && port === 10901))
    yield { object: service.object, message: 'has no port "grpc" 10901 for the routers' };
}

/** Without an address for each pod there is no hashring, and Query asks one of them at random. */
function* headless({ ofKind, services }: View): Iterable<Fault> {
  for (const object of ofKind<WorkloadManifest>('StatefulSet')) {
    const service = services.find(({ name, namespace }) => name === object.spec.serviceName && namespace === object.metadata.namespace);
    if (service !== undefined && !service.headless)
      yield { object, message: `its governing Service ${service.name} is not headless: pods have no names` };
  }
}

/** While one is away the others must still be a quorum; one that stops cuts and uploads a block of every tenant. */
function* disruption(view: View): Iterable<Fault> {
  const factor = Math.max(3, ...routers(view).map(factorOf));
  for (const { pods } of ingestors(view)) {
    const object = pods.object;
    const budgets = view
      .ofKind<DisruptionBudget>('PodDisruptionBudget')
      .filter(({ metadata, spec }) => view.podsMatching(metadata.namespace ?? '', spec.selector ?? {}).includes(pods));
    if (!budgets.some(({ spec }) => typeof spec.maxUnavailable === 'number' && spec.maxUnavailable <= Math.floor((factor - 1) / 2)))
      yield { object, message: 'has no disruption budget that leaves a quorum' };
    if ((pods.spec?.terminationGracePeriodSeconds ?? 30) < 300) yield { object, message: 'is killed before it has uploaded its blocks' };
  }
}

export const receiveChecks: readonly Check[] = [
  { code: 'telemetry/receive-without-hashring', find: factorWithoutHashring },
  { code: 'telemetry/receive-router', find: routerFlags },
  { code: 'telemetry/receive-ingestor', find: ingestorFlags },
  { code: 'telemetry/hashring', find: hashrings },
  { code: 'telemetry/governing-service-not-headless', find: headless },
  { code: 'telemetry/ingestor-disruption', find: disruption },
];
