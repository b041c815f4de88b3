// What an edge has in its API server when `pods` run on `nodes`, as its controllers and kubelets would have left it: no process is behind it.

/** Containers of each five pods: 1.4 a pod. */
const containersOf = [1, 1, 1, 2, 2];

/** Paths and objects in the order in which they can be created; `status` is for the subresource. */
export function* objectsOf({ pods, nodes }) {
  for (let index = 0; index < nodes; index += 1) yield node(index);
  for (const name of ['longhorn', 'local-path']) yield storageClass(name);
  // Three pods an application, five applications a namespace; every third application has a volume a pod.
  const applications = Math.ceil(pods / 3);
  for (let index = 0; index < Math.ceil(applications / 5); index += 1) yield* namespaceOf(`shop-${index}`);
  for (let index = 0; index < applications; index += 1) {
    const replicas = Math.min(3, pods - 3 * index);
    yield* application({ namespace: `shop-${Math.floor(index / 5)}`, name: `orders-${index}`, index, replicas, nodes });
  }
}

function node(index) {
  const name = `edge-node-${index}`;
  const amounts = {
    cpu: '4',
    memory: '16384256Ki',
    pods: '110',
    'ephemeral-storage': '101430960Ki',
    'hugepages-1Gi': '0',
    'hugepages-2Mi': '0',
  };
  const condition = (type, status = 'False') => ({
    type,
    status,
    reason: `Kubelet${type}`,
    message: `kubelet says ${type}`,
    ...heartbeat(),
  });
  return {
    path: '/api/v1/nodes',
    object: {
      metadata: {
        name,
        labels: {
          'kubernetes.io/arch': 'amd64',
          'kubernetes.io/hostname': name,
          'kubernetes.io/os': 'linux',
          'node-role.kubernetes.io/control-plane': 'true',
        },
      },
      spec: { podCIDR: `10.42.${index}.0/24`, podCIDRs: [`10.42.${index}.0/24`], providerID: `k3s://${name}` },
    },
    status: {
      addresses: [
        { type: 'InternalIP', address: `192.0.2.${index + 1}` },
        { type: 'Hostname', address: name },
      ],
      capacity: amounts,
      allocatable: amounts,
      conditions: [
        ...['MemoryPressure', 'DiskPressure', 'PIDPressure', 'NetworkUnavailable'].map((type) => condition(type)),
        condition('Ready', 'True'),
      ],
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
      images: Array.from({ length: 30 }, (_, image) => ({
        names: [`registry.example/shop/image-${image}@sha256:${digest(image)}`, `registry.example/shop/image-${image}:1.${image}.0`],
        sizeBytes: 1e7 * (image + 1),
      })),
    },
  };
}

const storageClass = (name) => ({
  path: '/apis/storage.k8s.io/v1/storageclasses',
  object: { metadata: { name }, provisioner: `${name}.example`, reclaimPolicy: 'Delete' },
});

function* namespaceOf(name) {
  yield { path: '/api/v1/namespaces', object: { metadata: { name, labels: { team: 'shop' } } } };
  // No controller is there to make it, and a pod needs one.
  yield { path: `/api/v1/namespaces/${name}/serviceaccounts`, object: { metadata: { name: 'default' } } };
  yield {
    path: `/apis/networking.k8s.io/v1/namespaces/${name}/networkpolicies`,
    object: { metadata: { name: 'default-deny' }, spec: { podSelector: {}, policyTypes: ['Ingress'] } },
  };
}

/** A Deployment with its present and two former ReplicaSets, or as every fifth a StatefulSet or a DaemonSet, with Service and EndpointSlice. */
function* application({ namespace, name, index, replicas, nodes }) {
  const labels = { 'app.kubernetes.io/name': name, 'app.kubernetes.io/part-of': 'shop' };
  const kind = ['Deployment', 'Deployment', 'Deployment', 'StatefulSet', 'DaemonSet'][index % 5];
  const template = { metadata: { labels }, spec: podSpec({ name, index, containers: 1 }) };
  const selector = { matchLabels: labels };
  const apps = (plural) => `/apis/apps/v1/namespaces/${namespace}/${plural}`;
  const counts = { replicas, readyReplicas: replicas, availableReplicas: replicas, updatedReplicas: replicas, observedGeneration: 1 };
  let owner;
  if (kind === 'Deployment') {
    const conditions = ['Available', 'Progressing'].map((type) => ({
      type,
      status: 'True',
      reason: 'NewReplicaSetAvailable',
      message: type,
    }));
    const deployment = yield {
      path: apps('deployments'),
      object: { metadata: { name, labels }, spec: { replicas, selector, template } },
      status: { ...counts, conditions },
    };
    for (const revision of [1, 2, 3])
      owner = yield {
        path: apps('replicasets'),
        object: {
          metadata: { name: `${name}-${hash(index, revision)}`, labels, ownerReferences: [ownedBy('Deployment', deployment)] },
          spec: { replicas: revision === 3 ? replicas : 0, selector, template },
        },
        status: revision === 3 ? { replicas, readyReplicas: replicas, availableReplicas: replicas } : { replicas: 0 },
      };
  } else if (kind === 'StatefulSet')
    owner = yield {
      path: apps('statefulsets'),
      object: { metadata: { name, labels }, spec: { replicas, selector, template, serviceName: name } },
      status: { ...counts, currentReplicas: replicas, currentRevision: `${name}-1`, updateRevision: `${name}-1` },
    };
  else
    owner = yield {
      path: apps('daemonsets'),
      object: { metadata: { name, labels }, spec: { selector, template } },
      status: {
        currentNumberScheduled: replicas,
        desiredNumberScheduled: replicas,
        numberMisscheduled: 0,
        numberReady: replicas,
        numberAvailable: replicas,
        updatedNumberScheduled: replicas,
      },
    };
  yield {
    path: `/api/v1/namespaces/${namespace}/services`,
    object: { metadata: { name, labels }, spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: 8080 }] } },
  };
  const addresses = Array.from({ length: replicas }, (_, replica) => podAddress(index, replica));
  yield {
    path: `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`,
    object: {
      metadata: { name: `${name}-abcde`, labels: { ...labels, 'kubernetes.io/service-name': name } },
      addressType: 'IPv4',
      ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
      endpoints: addresses.map((address, replica) => ({
        addresses: [address],
        conditions: { ready: true, serving: true, terminating: false },
        nodeName: `edge-node-${(index + replica) % nodes}`,
        targetRef: { kind: 'Pod', namespace, name: podName(name, index, replica) },
      })),
    },
  };
  if (index % 10 === 0) yield* autoscaled({ namespace, name, labels, replicas });
  for (const [replica, address] of addresses.entries()) {
    const containers = containersOf[(index * 3 + replica) % containersOf.length];
    const claim = index % 3 === 0 ? `data-${name}-${replica}` : undefined;
    if (claim !== undefined) yield* volume(namespace, claim);
    yield {
      path: `/api/v1/namespaces/${namespace}/pods`,
      object: {
        metadata: {
          name: podName(name, index, replica),
          labels,
          ownerReferences: [ownedBy(kind === 'Deployment' ? 'ReplicaSet' : kind, owner)],
        },
        spec: { ...podSpec({ name, index, containers, claim }), nodeName: `edge-node-${(index + replica) % nodes}` },
      },
      status: podStatus({ name, index, containers, address }),
      containers,
    };
  }
}

function* autoscaled({ namespace, name, labels, replicas }) {
  yield {
    path: `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`,
    object: {
      metadata: { name, labels },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
        minReplicas: 1,
        maxReplicas: 5,
        metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }],
      },
    },
    status: { currentReplicas: replicas, desiredReplicas: replicas, conditions: [{ type: 'AbleToScale', status: 'True' }] },
  };
  yield {
    path: `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`,
    object: { metadata: { name, labels }, spec: { maxUnavailable: 1, selector: { matchLabels: labels } } },
  };
  yield {
    path: `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`,
    object: {
      metadata: { name, labels },
      spec: {
        ingressClassName: 'traefik',
        tls: [{ hosts: [`${name}.example`], secretName: `${name}-tls` }],
        rules: [
          {
            host: `${name}.example`,
            http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name, port: { name: 'http' } } } }] },
          },
        ],
      },
    },
  };
  const job = { backoffLimit: 3, template: { spec: { ...podSpec({ name, index: 0, containers: 1 }), restartPolicy: 'Never' } } };
  const cronJob = yield {
    path: `/apis/batch/v1/namespaces/${namespace}/cronjobs`,
    object: { metadata: { name, labels }, spec: { schedule: '0 3 * * *', jobTemplate: { spec: job } } },
    status: { lastScheduleTime: time },
  };
  for (const run of [1, 2, 3])
    yield {
      path: `/apis/batch/v1/namespaces/${namespace}/jobs`,
      object: { metadata: { name: `${name}-${run}`, labels, ownerReferences: [ownedBy('CronJob', cronJob, 'batch/v1')] }, spec: job },
      status: {
        startTime: time,
        completionTime: time,
        succeeded: 1,
        conditions: ['SuccessCriteriaMet', 'Complete'].map((type) => ({ type, status: 'True', lastTransitionTime: time })),
        uncountedTerminatedPods: {},
      },
    };
}

function* volume(namespace, name) {
  const uid = digest(name.length).slice(0, 12);
  yield {
    path: `/api/v1/namespaces/${namespace}/persistentvolumeclaims`,
    object: {
      metadata: { name },
      spec: {
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'longhorn',
        volumeName: `pvc-${namespace}-${name}`,
        resources: { requests: { storage: '5Gi' } },
      },
    },
    status: { phase: 'Bound', accessModes: ['ReadWriteOnce'], capacity: { storage: '5Gi' } },
  };
  yield {
    path: '/api/v1/persistentvolumes',
    object: {
      metadata: { name: `pvc-${namespace}-${name}` },
      spec: {
        capacity: { storage: '5Gi' },
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'longhorn',
        claimRef: { kind: 'PersistentVolumeClaim', namespace, name },
        csi: { driver: 'driver.longhorn.io', volumeHandle: `pvc-${uid}-${name}`, fsType: 'ext4' },
      },
    },
    status: { phase: 'Bound' },
  };
}

function podSpec({ name, index, containers, claim }) {
  return {
    securityContext: { runAsNonRoot: true, runAsUser: 65534 },
    containers: Array.from({ length: containers }, (_, which) => ({
      name: which === 0 ? name : `sidecar-${which}`,
      image: image(index),
      args: ['--listen=:8080', '--config=/etc/shop/config.yml'],
      ports: [{ name: 'http', containerPort: 8080 }],
      env: Array.from({ length: 8 }, (__, variable) => ({ name: `SETTING_${variable}`, value: `a value of some length ${variable}` })),
      resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '256Mi' } },
      readinessProbe: { httpGet: { path: '/ready', port: 'http' } },
      livenessProbe: { httpGet: { path: '/live', port: 'http' } },
      volumeMounts: [{ name: 'config', mountPath: '/etc/shop' }],
    })),
    ...(hasInit(index) ? { initContainers: [{ name: 'migrate', image: image(index), args: ['migrate'] }] } : {}),
    volumes: [
      { name: 'config', configMap: { name } },
      { name: 'tmp', emptyDir: {} },
      ...(claim === undefined ? [] : [{ name: 'data', persistentVolumeClaim: { claimName: claim } }]),
    ],
  };
}

function podStatus({ name, index, containers, address }) {
  const condition = (type) => ({ type, status: 'True', lastTransitionTime: time });
  const container = (which, id) => ({
    name: which,
    image: image(index),
    imageID: `registry.example/shop@sha256:${digest(index)}`,
    containerID: `containerd://${digest(id)}`,
    ready: true,
    started: true,
    restartCount: 1,
    state: { running: { startedAt: time } },
    // Every container has been restarted once: most edges lose their power some time.
    lastState: {
      terminated: { exitCode: 255, reason: 'Unknown', startedAt: time, finishedAt: time, containerID: `containerd://${digest(id + 1)}` },
    },
  });
  return {
    phase: 'Running',
    qosClass: 'Burstable',
    startTime: time,
    hostIP: '192.0.2.1',
    hostIPs: [{ ip: '192.0.2.1' }],
    podIP: address,
    podIPs: [{ ip: address }],
    conditions: ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map(condition),
    containerStatuses: Array.from({ length: containers }, (_, which) => container(which === 0 ? name : `sidecar-${which}`, index + which)),
    ...(hasInit(index)
      ? {
          initContainerStatuses: [
            {
              ...container('migrate', index),
              started: false,
              state: { terminated: { exitCode: 0, reason: 'Completed', startedAt: time, finishedAt: time } },
            },
          ],
        }
      : {}),
  };
}

const time = '2026-01-02T03:04:05Z';
const heartbeat = () => ({ lastHeartbeatTime: time, lastTransitionTime: time });
const hasInit = (index) => index % 5 === 1;
const image = (index) => `registry.example/shop/image-${index % 30}:1.${index % 30}.0`;
const digest = (of) => (BigInt(of + 1) * 0x9e3779b97f4a7c15f39cc0605cedc835n).toString(16).padStart(64, '5').slice(0, 64);
const hash = (index, revision) => digest(index * 7 + revision).slice(-10);
const podName = (name, index, replica) => `${name}-${hash(index, 3)}-${digest(index * 3 + replica).slice(-5)}`;
const podAddress = (index, replica) => `10.42.${(index >> 6) & 255}.${((index & 63) << 2) + replica + 1}`;
const ownedBy = (kind, { metadata: { name, uid } }, apiVersion = 'apps/v1') => ({ apiVersion, kind, name, uid, controller: true });

/** A status of a pod as it looks a little later: what a kubelet sends when something of it changes. */
export const laterStatus = (status) => ({
  ...status,
  containerStatuses: status.containerStatuses.map((each) => ({ ...each, restartCount: each.restartCount + 1 })),
});
