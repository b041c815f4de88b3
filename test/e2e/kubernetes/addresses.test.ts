import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Resource } from '../../../scripts/kubernetes/resource.ts';
import { pointsNowhere, unanswered } from './addresses.ts';

const object = (kind: string, name: string, spec: object): Resource =>
  ({ apiVersion: 'v1', kind, metadata: { name, namespace: 'here' }, spec }) as Resource;

const pods = object('Deployment', 'query', {
  template: {
    metadata: { labels: { app: 'query', part: 'fleet' } },
    spec: { containers: [{ name: 'query', ports: [{ name: 'http', containerPort: 10902 }] }] },
  },
});
const service = object('Service', 'query', { selector: { app: 'query' }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] });

test('selectors that mean pods, and ports that they have', () => {
  const right = [
    service,
    object('Service', 'by-number', { selector: { app: 'query' }, ports: [{ port: 10902 }] }),
    object('PodMonitor', 'query', { selector: { matchLabels: { app: 'query' } }, podMetricsEndpoints: [{ port: 'http' }] }),
    object('PodDisruptionBudget', 'query', { selector: { matchLabels: { part: 'fleet' } } }),
    object('NetworkPolicy', 'query', { podSelector: { matchLabels: { app: 'query' } } }),
  ];
  assert.equal(pointsNowhere([pods, ...right]), { looked: 5, wrong: [] });
});

test('a policy for all pods and a Service without a selector mean none in particular', () => {
  const all = [object('NetworkPolicy', 'deny', { podSelector: {} }), object('Service', 'edge', { ports: [{ port: 9100 }] })];
  assert.equal(pointsNowhere([pods, ...all]), { looked: 0, wrong: [] });
});

test('a selector of no pod and a port that its pods lack are found', () => {
  const wrong = [
    object('PodDisruptionBudget', 'a', { selector: { matchLabels: { app: 'qery' } } }),
    object('Service', 'b', { selector: { app: 'query' }, ports: [{ port: 80 }] }),
    object('PodMonitor', 'c', { selector: { matchLabels: { app: 'query' } }, podMetricsEndpoints: [{ port: 'grpc' }] }),
  ];
  assert.equal(pointsNowhere([pods, ...wrong]).wrong, [
    'PodDisruptionBudget a: no pod has {"app":"qery"}',
    'Service b: its pods have no port 80',
    'PodMonitor c: its pods have no port grpc',
  ]);
});

test('names for DNS: the port has to be one of the Service', () => {
  const texts = [
    '--query=dnssrv+_http._tcp.query.here.svc',
    'address: dnssrv+http://_web._tcp.query.here.svc',
    '- dnssrv+_http._tcp.query.there.svc:',
  ];
  assert.equal(unanswered(texts, [service]), {
    looked: ['dnssrv+_http._tcp.query.here.svc', 'dnssrv+_http._tcp.query.there.svc', 'dnssrv+http://_web._tcp.query.here.svc'],
    wrong: ['dnssrv+_http._tcp.query.there.svc', 'dnssrv+http://_web._tcp.query.here.svc'],
  });
});

test.run();
