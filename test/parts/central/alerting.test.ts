import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseYaml } from '../../../scripts/kustomize/yaml.ts';
import { agent, argsOf, everyOption, find, inventoryOf, partsOf, remote, resourcesOf, sidecar, type Yaml } from './example.ts';

const resources = resourcesOf(everyOption);
const ruler = find(resources, 'ThanosRuler', 'central').spec;

test('the Ruler asks Query and tells every Alertmanager', () => {
  assert.equal(ruler.queryEndpoints, ['dnssrv+_http._tcp.query.metrics-central.svc']);
  assert.is(find(resources, 'Service', 'query').spec.ports[0].name, 'http');
  assert.equal(ruler.alertmanagersUrl, ['dnssrv+http://_web._tcp.alertmanager-operated.metrics-central.svc']);
});

test('the replicas of the Ruler differ in a label that no alert bears', () => {
  assert.equal(ruler.labels, { rule_replica: '$(POD_NAME)' });
  assert.equal(ruler.alertDropLabels, ['rule_replica']);
  assert.ok(ruler.image.includes(`:v${ruler.version}`));
  assert.equal(ruler.objectStorageConfig, { name: 'thanos-objstore', key: 'objstore.yml' });
});

test('G38 each PrometheusRule has one owner', () => {
  const rules = resources.filter(({ kind }) => kind === 'PrometheusRule');
  assert.equal(
    rules.map(({ metadata }) => [metadata.name, metadata.labels?.['fleetc.dev/rules']]),
    [
      ['central', 'central'],
      ['fleet', 'fleet'],
    ],
  );
  assert.equal(ruler.ruleSelector, { matchLabels: { 'fleetc.dev/rules': 'fleet' } });
});

test('G37 Alertmanager reads its configuration from a Secret that is on the list', () => {
  assert.is(find(resources, 'Alertmanager', 'central').spec.configSecret, 'alertmanager-config');
  const [part] = partsOf(everyOption).filter(({ name }) => name === 'alertmanager');
  assert.equal(
    part?.secrets.map(({ name, keys }) => [name, keys]),
    [['alertmanager-config', ['alertmanager.yaml']]],
  );
});

test('the alert gateway stands only where an edge hands in alerts', () => {
  const names = (edges: Parameters<typeof inventoryOf>[0]) => partsOf(inventoryOf(edges)).map(({ name }) => name);
  assert.not.ok(names([remote(), agent()]).includes('alert-gateway'));
  assert.ok(names([sidecar()]).includes('alert-gateway'));
});

test('the alert gateway lets a certificate of the fleet POST alerts, and nothing else', () => {
  const args = argsOf(resources, 'Deployment', 'alert-gateway');
  for (const wanted of [
    '--allow-paths=/api/v2/alerts',
    '--client-ca-file=/etc/alert-gateway/tls/ca.crt',
    '--tls-cert-file=/etc/alert-gateway/tls/tls.crt',
    '--tls-private-key-file=/etc/alert-gateway/tls/tls.key',
    '--config-file=/etc/alert-gateway/config/authorization.yaml',
    '--upstream=http://alertmanager.metrics-central.svc:9093/',
  ])
    assert.ok(args.includes(wanted), wanted);
  for (const arg of args) assert.not.match(arg, /^--(insecure-listen-address|ignore-paths)/);
  const { data } = find(resources, 'ConfigMap', 'alert-gateway');
  assert.equal(parseYaml(data['authorization.yaml']), [
    { authorization: { static: [{ verb: 'create', path: '/api/v2/alerts', resourceRequest: false }] } },
  ]);
});

test('the alert gateway has neither a token nor a Kubernetes API to ask', () => {
  const { template } = find(resources, 'Deployment', 'alert-gateway').spec;
  assert.is(template.spec.automountServiceAccountToken, false);
  const [kubeconfig] = parseYaml(find(resources, 'ConfigMap', 'alert-gateway').data['kubeconfig.yaml']) as Yaml[];
  assert.equal(kubeconfig.users, [{ name: 'none', user: {} }]);
  assert.equal(kubeconfig.clusters, [{ name: 'none', cluster: { server: 'https://127.0.0.1:1' } }]);
  assert.ok(argsOf(resources, 'Deployment', 'alert-gateway').includes('--kubeconfig=/etc/alert-gateway/config/kubeconfig.yaml'));
  assert.equal(find(resources, 'NetworkPolicy', 'alert-gateway').spec.egress, [
    {
      to: [{ podSelector: { matchLabels: { 'app.kubernetes.io/name': 'alertmanager', 'app.kubernetes.io/part-of': 'fleetc' } } }],
      ports: [{ protocol: 'TCP', port: 9093 }],
    },
  ]);
});

test('an edge stays with one gateway and one Alertmanager, on the node port that edges are told', () => {
  const gateway = find(resources, 'Service', 'alert-gateway').spec;
  assert.is(gateway.sessionAffinity, 'ClientIP');
  assert.is(gateway.ports[0].nodePort, 30943);
  assert.is(find(resources, 'Service', 'alertmanager').spec.sessionAffinity, 'ClientIP');
});

test.run();
