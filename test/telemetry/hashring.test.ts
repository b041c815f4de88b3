import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { hashrings } from '../../scripts/telemetry/hashring.ts';

test('G28 an endpoint is pod, governing Service, namespace and the gRPC port', () => {
  assert.equal(hashrings({ name: 'ingestor', namespace: 'centre', replicas: 3 }), [
    {
      hashring: 'default',
      endpoints: [
        'ingestor-0.ingestor.centre.svc.cluster.local:10901',
        'ingestor-1.ingestor.centre.svc.cluster.local:10901',
        'ingestor-2.ingestor.centre.svc.cluster.local:10901',
      ],
    },
  ]);
});

test.run();
