import type { IDaemonSet } from 'kubernetes-models/apps/v1/DaemonSet';
import type { IConfigMap } from 'kubernetes-models/v1/ConfigMap';
import type { Provisioned } from '../../advise/size/provision.ts';
import type { Resources } from '../../advise/size/resources.ts';
import { hostNamespace } from '../../inventory/inventory.ts';
import { labels, selector } from '../../kubernetes/labels.ts';
import { containerSecurity } from '../../kubernetes/security.ts';
import { serviceAccount } from '../../kubernetes/service-account.ts';
import { wave } from '../../kubernetes/waves.ts';
import { toYaml } from '../../kustomize/yaml.ts';
import { exporterNames, exporterPorts } from '../../telemetry/jobs.ts';
import { image, type Versions } from '../../versions.ts';
import type { Part } from '../part.ts';

const name = 'node-exporter';
const tls = '/etc/node-exporter/tls';

/**
 * node-exporter on every node, on the host's network. No network policy binds such a pod, so it answers on every address
 * of the node, and only to a client certificate of the fleet's own authority: https://github.com/prometheus/exporter-toolkit/blob/master/docs/web-configuration.md
 */
export const nodeExporter = ({ fleet, provision }: Provisioned, versions: Versions): Part => {
  const namespace = hostNamespace(fleet);
  return {
    name,
    resources: [serviceAccount(name, namespace), webConfig(namespace), daemonSet(namespace, versions, provision.shared(name))],
    secrets: [
      {
        namespace,
        name: 'node-exporter-tls',
        keys: ['ca.crt', 'tls.crt', 'tls.key'],
        purpose: `Serving certificate of node-exporter with the DNS name ${exporterNames(fleet).nodeExporter}; ca.crt signs the clients that may scrape it.`,
      },
    ],
  };
};

const webConfig = (namespace: string) =>
  ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace, labels: labels(name), annotations: wave.config },
    data: { 'web-config.yml': toYaml(mutualTls(tls)) },
  }) satisfies IConfigMap;

/** Exporter toolkit's web configuration: whoever connects shows a certificate, or is refused. Certificates are read anew for each connection. */
export const mutualTls = (folder: string) => ({
  tls_server_config: {
    cert_file: `${folder}/tls.crt`,
    key_file: `${folder}/tls.key`,
    client_ca_file: `${folder}/ca.crt`,
    client_auth_type: 'RequireAndVerifyClientCert',
    min_version: 'TLS13',
  },
});

const daemonSet = (namespace: string, versions: Versions, resources: Resources) =>
  ({
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name, namespace, labels: labels(name) },
    spec: {
      selector: { matchLabels: selector(name) },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '10%' } },
      template: {
        metadata: {
          labels: labels(name),
          annotations: { 'kubectl.kubernetes.io/default-container': name },
        },
        spec: {
          serviceAccountName: name,
          automountServiceAccountToken: false,
          priorityClassName: 'system-node-critical',
          hostNetwork: true,
          hostPID: true,
          // Every node, a control plane's too: a node without its exporter is a node that nobody watches.
          tolerations: [{ operator: 'Exists' }],
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 65534,
            runAsGroup: 65534,
            seccompProfile: { type: 'RuntimeDefault' },
          },
          containers: [
            {
              name,
              image: image(versions, 'nodeExporter'),
              args: [
                `--web.listen-address=:${exporterPorts.nodeExporter}`,
                '--web.config.file=/etc/node-exporter/config/web-config.yml',
                '--path.procfs=/host/proc',
                '--path.sysfs=/host/sys',
                '--path.rootfs=/host/root',
                '--path.udev.data=/host/root/run/udev/data',
                '--no-collector.wifi',
                '--no-collector.btrfs',
                '--collector.filesystem.mount-points-exclude=^/(dev|proc|sys|run/containerd/.+|run/k3s/containerd/.+|var/lib/docker/.+|var/lib/kubelet/pods/.+)($|/)',
                '--collector.netclass.ignored-devices=^(veth.*|cali.*|lxc.*|[a-f0-9]{15})$',
                '--collector.netdev.device-exclude=^(veth.*|cali.*|lxc.*|[a-f0-9]{15})$',
              ],
              ports: [{ name: 'metrics', containerPort: exporterPorts.nodeExporter, hostPort: exporterPorts.nodeExporter }],
              // The kubelet has no client certificate to show, so it can only ask whether the port is open.
              readinessProbe: { tcpSocket: { port: 'metrics' }, periodSeconds: 10 },
              livenessProbe: { tcpSocket: { port: 'metrics' }, periodSeconds: 30, failureThreshold: 5 },
              resources,
              securityContext: containerSecurity,
              volumeMounts: [
                { name: 'proc', mountPath: '/host/proc', mountPropagation: 'HostToContainer', readOnly: true },
                { name: 'sys', mountPath: '/host/sys', mountPropagation: 'HostToContainer', readOnly: true },
                { name: 'root', mountPath: '/host/root', mountPropagation: 'HostToContainer', readOnly: true },
                { name: 'config', mountPath: '/etc/node-exporter/config', readOnly: true },
                { name: 'tls', mountPath: tls, readOnly: true },
              ],
            },
          ],
          volumes: [
            { name: 'proc', hostPath: { path: '/proc' } },
            { name: 'sys', hostPath: { path: '/sys' } },
            { name: 'root', hostPath: { path: '/' } },
            { name: 'config', configMap: { name } },
            { name: 'tls', secret: { secretName: 'node-exporter-tls', defaultMode: 0o444 } },
          ],
        },
      },
    },
  }) satisfies IDaemonSet;
