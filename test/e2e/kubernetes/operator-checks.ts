import { isDeepStrictEqual } from 'node:util';
import { parse } from 'yaml';
import type { Resource } from '../../../scripts/kubernetes/resource.ts';
import { rulerContainer } from '../operator.ts';
import type { StageReport } from '../report.ts';
import { pointsNowhere, unanswered } from './addresses.ts';
import type { Api } from './api.ts';
import { type Made, operatedContainer } from './made.ts';
import { namespace } from './operated.ts';
import { type Rules, rulerWorkload, silence } from './operated-ruler.ts';
import { podOf, privileged, refusalOf } from './pods.ts';

/** What the operator made, against what else the centre is told of it. */
export async function checkOperated(api: Api, made: Made, objects: readonly Resource[], { check }: StageReport): Promise<void> {
  const conditions = ['prometheuses', 'alertmanagers', 'thanosrulers'];
  await check('the operator calls each of its objects reconciled', async () => {
    for (const resource of conditions) {
      const path = `/apis/monitoring.coreos.com/v1/namespaces/${namespace}/${resource}/central`;
      const { status } = await api.expect<Reconciled>('GET', path);
      const reconciled = status?.conditions?.find(({ type }) => type === 'Reconciled');
      if (reconciled?.status !== 'True') throw new Error(`${resource}: ${JSON.stringify(reconciled)}`);
    }
    return conditions.join(', ');
  });
  const operators = made.statefulSets.filter(({ metadata }) => metadata.labels?.['app.kubernetes.io/managed-by'] === 'prometheus-operator');
  await check("Pod Security lets the operator's pods in, and keeps privileged ones out", async () => {
    const pods = operators.flatMap((each) => podOf(each) ?? []);
    for (const pod of pods) {
      const refusal = await refusalOf(api, pod);
      if (refusal !== undefined) throw new Error(`${pod.metadata.name}: ${refusal}`);
      if ((await refusalOf(api, privileged(pod))) === undefined) throw new Error(`${pod.metadata.name} comes in with privileges`);
    }
    return pods.map(({ metadata }) => metadata.name).join(', ');
  });
  const { items: services } = await api.expect<{ readonly items: readonly Resource[] }>('GET', `/api/v1/namespaces/${namespace}/services`);
  const all = [...objects, ...operators, ...services.map((each) => ({ ...each, kind: 'Service' }))];
  await check('every selector of the centre means pods that there are, and ports that they have', () => {
    const { looked, wrong } = pointsNowhere(all);
    if (wrong.length > 0) throw new Error(wrong.join('\n'));
    return `${looked} selectors`;
  });
  await check('every name that DNS is asked for is a port of a Service', () => {
    const { looked, wrong } = unanswered([JSON.stringify(all)], all);
    if (wrong.length > 0 || looked.length === 0) throw new Error(wrong.join(', '));
    return looked.join(', ');
  });
  await check('the Ruler of the other stages is the one that the operator makes', () => {
    const pod = 'thanos-ruler-central-0';
    const real = operatedContainer(made, { workload: rulerWorkload, pod }, []);
    const ours = rulerContainer(objects, pod, silence, '10m');
    // Said aloud by the hand-written one; a configuration of nothing by the operator.
    const [more, less] = [/^--(http|grpc)-address=/, /^--http\.config=/];
    const [theirs, mine] = [real.args.filter((arg) => !less.test(arg)), ours.args.filter((arg) => !more.test(arg))];
    if (!isDeepStrictEqual([...theirs].sort(), [...mine].sort())) throw new Error(`${theirs.join(' ')}\nis not\n${mine.join(' ')}`);
    const groups = (container: typeof real) =>
      container.mounts
        .flatMap(({ from }) => (from.kind === 'files' ? Object.values(from.files) : []))
        .flatMap((text) => (parse(text) as Rules).groups)
        .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
    if (!isDeepStrictEqual(groups(real), groups(ours))) throw new Error('other rules');
    return `${theirs.length} arguments, ${groups(real).length} groups of rules`;
  });
}

interface Reconciled {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message: string }[] };
}
