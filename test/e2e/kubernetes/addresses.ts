import type { Resource } from '../../../scripts/kubernetes/resource.ts';
import type { Labels } from '../query-api.ts';
import type { ContainerSpec } from './made.ts';

interface Selector {
  readonly matchLabels?: Labels;
}
interface PodTemplate {
  readonly metadata?: { readonly labels?: Labels };
  readonly spec: { readonly containers: readonly ContainerSpec[] };
}
/** The fields of any kind that says which pods it means. */
interface Selecting extends Resource {
  readonly spec: {
    readonly selector?: Selector & Labels;
    readonly podSelector?: Selector;
    readonly podMetricsEndpoints?: readonly { readonly port: string }[];
    readonly ports?: readonly { readonly name?: string; readonly port: number; readonly targetPort?: string | number }[];
    readonly template?: PodTemplate;
  };
}

/** The labels of the pods that an object means; nothing where it means all or none. */
function selectorOf({ kind, spec }: Selecting): Labels | undefined {
  const selector =
    kind === 'Service'
      ? spec.selector
      : kind === 'NetworkPolicy'
        ? spec.podSelector?.matchLabels
        : /^(PodDisruptionBudget|PodMonitor)$/.test(kind)
          ? spec.selector?.matchLabels
          : undefined;
  return selector === undefined || Object.keys(selector).length === 0 ? undefined : selector;
}

/** Objects that mean pods which no workload makes, or ports which those have not; one line each. With how many were looked at. */
export function pointsNowhere(objects: readonly Resource[]): { readonly looked: number; readonly wrong: readonly string[] } {
  const all = objects as readonly Selecting[];
  const templates = all
    .filter(({ kind }) => /^(Deployment|StatefulSet|DaemonSet)$/.test(kind))
    .flatMap(({ spec: { template } }) => template ?? []);
  const selecting = all.flatMap((object) => {
    const selector = selectorOf(object);
    return selector === undefined ? [] : [{ object, selector }];
  });
  const wrong = selecting.flatMap(({ object, selector }) => {
    const title = `${object.kind} ${object.metadata.name}`;
    const meant = templates.filter(({ metadata }) => Object.entries(selector).every(([name, value]) => metadata?.labels?.[name] === value));
    if (meant.length === 0) return [`${title}: no pod has ${JSON.stringify(selector)}`];
    const has = new Set(
      meant.flatMap(({ spec }) =>
        spec.containers.flatMap(({ ports = [] }) => ports.flatMap(({ name, containerPort }) => [name, containerPort])),
      ),
    );
    const wanted = [
      ...(object.spec.podMetricsEndpoints ?? []).map(({ port }) => port),
      ...(object.kind === 'Service' ? (object.spec.ports ?? []).map(({ port, targetPort = port }) => targetPort) : []),
    ];
    return wanted.filter((port) => !has.has(port)).map((port) => `${title}: its pods have no port ${port}`);
  });
  return { looked: selecting.length, wrong };
}

/** Names that DNS has to answer with the ports of a Service, such as `dnssrv+_grpc._tcp.query.metrics-central.svc`, and that it would not. */
export function unanswered(
  texts: readonly string[],
  objects: readonly Resource[],
): { readonly looked: readonly string[]; readonly wrong: readonly string[] } {
  const services = (objects as readonly Selecting[]).filter(({ kind }) => kind === 'Service');
  const names = [...new Set(texts.flatMap((text) => text.match(/dnssrv\+(?:\w+:\/\/)?_\w+\._tcp\.[\w.-]+\.svc/g) ?? []))].sort();
  const wrong = names.filter((name) => {
    const [, port, service, namespace] = /_(\w+)\._tcp\.([\w-]+)\.([\w-]+)\.svc$/.exec(name) ?? [];
    const found = services.find(({ metadata }) => metadata.name === service && metadata.namespace === namespace);
    return found?.spec.ports?.some((each) => each.name === port) !== true;
  });
  return { looked: names, wrong };
}
