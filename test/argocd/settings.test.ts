import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { argocdDiagnostics, argocdFiles } from '../../scripts/argocd/files.ts';
import { exclusions } from '../../scripts/argocd/settings.ts';
import { agent, central, input, inventory, scraped } from './example.ts';

const centre = central();
const serviceMonitors = { central: { ...centre, prometheus: { ...centre.prometheus, mode: 'service-monitor' as const } } };
const path = 'generated/argocd/settings/argocd-cm.yaml';

test('G10: with ServiceMonitors the exclusion of EndpointSlices is lifted in a file of its own, and a warning names it', () => {
  const [diagnostic, ...rest] = argocdDiagnostics(inventory(serviceMonitors));
  assert.equal(rest, []);
  assert.is(diagnostic?.code, 'argocd/endpoint-slices-excluded');
  assert.is(diagnostic?.severity, 'warning');
  assert.match(diagnostic?.hint ?? '', path);
  assert.ok(argocdFiles(input(serviceMonitors)).has(path));
});

test('without ServiceMonitors, or without an edge that needs them, Argo CD keeps its defaults', () => {
  for (const change of [{}, { ...serviceMonitors, edges: [agent('a')] }]) {
    assert.equal([...argocdDiagnostics(inventory(change))], []);
    assert.not(argocdFiles(input(change)).has(path));
  }
  assert.ok(argocdFiles(input({ ...serviceMonitors, edges: [scraped('a')] })).has(path));
});

test("the exclusions are Argo CD's defaults without EndpointSlice", () => {
  const list = parse(exclusions(inventory()).data['resource.exclusions']) as { apiGroups: string[]; kinds: string[] }[];
  const excluded = list.flatMap(({ apiGroups, kinds }) => apiGroups.map((group) => `${group}: ${kinds.join(' ')}`));
  assert.equal(excluded.slice(0, 2), [': Endpoints', 'coordination.k8s.io: Lease']);
  assert.is(list.length, 7);
  assert.not(list.some(({ kinds }) => kinds.includes('EndpointSlice')));
});

test.run();
