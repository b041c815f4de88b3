import type { IStorageSpec } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/StorageSpec';
import type { Figure } from '../../advise/size/figure.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import { podsOf, ports } from '../../kubernetes/network.ts';
import { httpProbe } from '../../kubernetes/probes.ts';
import type { RequiredSecret } from '../part.ts';

/** The user of the Thanos image. https://github.com/thanos-io/thanos/blob/main/Dockerfile */
export const thanosUser = 1001;

export const thanosPorts = { grpc: 10901, http: 10902, remoteWrite: 19291 } as const;

/** Both address families, where Thanos' own default is IPv4. */
export const listenHttp = `--http-address=:${thanosPorts.http}`;
export const listenGrpc = `--grpc-address=:${thanosPorts.grpc}`;

export const httpPort = { name: 'http', containerPort: thanosPorts.http };
export const grpcPort = { name: 'grpc', containerPort: thanosPorts.grpc };

/** Every Thanos component answers both on its HTTP port. */
export const thanosProbes = {
  readinessProbe: httpProbe('/-/ready', 'http'),
  livenessProbe: { ...httpProbe('/-/healthy', 'http', 30), failureThreshold: 8 },
};

/** The central Prometheus reads the metrics of every component. */
export const metricsIngress = { from: [podsOf('prometheus')], ports: ports(thanosPorts.http) };

/** What a pod needs to read the bucket's configuration from its Secret. */
export const objectStorage = ({ fleet }: Inventory) => ({
  flag: `--objstore.config-file=/etc/thanos/objstore/${fleet.objectStorage.key}`,
  mount: { name: 'objstore', mountPath: '/etc/thanos/objstore', readOnly: true },
  volume: { name: 'objstore', secret: { secretName: fleet.objectStorage.secretName, defaultMode: 0o440 } },
});

export const objectStorageSecret = ({ fleet, central }: Inventory): RequiredSecret => ({
  namespace: central.namespace,
  name: fleet.objectStorage.secretName,
  keys: [fleet.objectStorage.key],
  purpose: 'Thanos object storage configuration with credentials that may read, write and delete objects of the bucket.',
});

/** A decided volume as a quantity. */
export const gibibytes = ({ value }: Figure): string => `${value.middle / 2 ** 30}Gi`;

/** The volume of each replica, of the centre's StorageClass where it names one. */
export const volumeClaim = ({ central }: Inventory, storage: string) => ({
  metadata: { name: 'data' },
  spec: {
    accessModes: ['ReadWriteOnce' as const],
    ...(central.storage.class === undefined ? {} : { storageClassName: central.storage.class }),
    resources: { requests: { storage } },
  },
});

/** Scratch space, made anew with each pod, so that its size can change: the claim of a StatefulSet could not. */
export const scratchVolume = (inventory: Inventory, storage: string) => ({
  name: 'data',
  ephemeral: { volumeClaimTemplate: { spec: volumeClaim(inventory, storage).spec } },
});

/** The same for a workload of the operator. A cast, since the models' type wants a kind of its own here, which the CRD does not know. */
export const operatedVolume = (inventory: Inventory, storage: string): IStorageSpec => ({
  volumeClaimTemplate: volumeClaim(inventory, storage) as unknown as NonNullable<IStorageSpec['volumeClaimTemplate']>,
});
