import type { Resource } from '../kubernetes/resource.ts';

/** The shapes of rendered manifests, as far as a check looks: a manifest is plain data, and any field may be missing. */
type Labels = Readonly<Record<string, string>>;

export interface Selector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly { readonly key: string; readonly operator: string; readonly values?: readonly string[] }[];
}

export interface Port {
  readonly name?: string;
  readonly containerPort: number;
  readonly hostPort?: number;
  readonly protocol?: string;
}

export interface Probe {
  readonly httpGet?: { readonly port: number | string };
  readonly tcpSocket?: { readonly port: number | string };
  readonly grpc?: { readonly port: number };
}

export interface KeyReference {
  readonly name?: string;
  readonly key: string;
  readonly optional?: boolean;
}

export interface SecurityContext {
  readonly runAsNonRoot?: boolean;
  readonly allowPrivilegeEscalation?: boolean;
  readonly readOnlyRootFilesystem?: boolean;
  readonly privileged?: boolean;
  readonly capabilities?: { readonly drop?: readonly string[]; readonly add?: readonly string[] };
  readonly seccompProfile?: { readonly type?: string };
  readonly fsGroup?: number;
}

export interface Resources {
  readonly requests?: Readonly<Record<string, string | number>>;
  readonly limits?: Readonly<Record<string, string | number>>;
}

export interface Container {
  readonly name: string;
  readonly image?: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly {
    readonly name: string;
    readonly value?: string;
    readonly valueFrom?: { readonly secretKeyRef?: KeyReference; readonly configMapKeyRef?: KeyReference };
  }[];
  readonly envFrom?: readonly {
    readonly secretRef?: { readonly name: string; readonly optional?: boolean };
    readonly configMapRef?: { readonly name: string; readonly optional?: boolean };
  }[];
  readonly ports?: readonly Port[];
  readonly readinessProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly startupProbe?: Probe;
  readonly resources?: Resources;
  readonly securityContext?: SecurityContext;
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string; readonly subPath?: string }[];
}

interface Items {
  readonly items?: readonly { readonly key: string; readonly path: string }[];
  readonly optional?: boolean;
}

export interface Volume {
  readonly name: string;
  readonly configMap?: Items & { readonly name: string };
  readonly secret?: Items & { readonly secretName: string };
  readonly hostPath?: { readonly path: string };
  readonly persistentVolumeClaim?: { readonly claimName: string };
  readonly projected?: {
    readonly sources?: readonly {
      readonly configMap?: Items & { readonly name: string };
      readonly secret?: Items & { readonly name: string };
    }[];
  };
}

export interface PodSpec {
  readonly serviceAccountName?: string;
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostIPC?: boolean;
  readonly securityContext?: SecurityContext;
  readonly terminationGracePeriodSeconds?: number;
  readonly imagePullSecrets?: readonly { readonly name: string }[];
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes?: readonly Volume[];
}

export interface WorkloadManifest extends Resource {
  readonly spec: {
    readonly replicas?: number;
    readonly serviceName?: string;
    readonly selector: Selector;
    readonly template: { readonly metadata?: { readonly labels?: Labels; readonly annotations?: Labels }; readonly spec: PodSpec };
    readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[];
  };
}

export interface ServicePort {
  readonly name?: string;
  readonly port: number;
  readonly targetPort?: number | string;
  readonly nodePort?: number;
}

export interface Service extends Resource {
  readonly spec: {
    readonly type?: string;
    readonly clusterIP?: string;
    readonly selector?: Labels;
    readonly ports?: readonly ServicePort[];
  };
}

export interface ConfigMap extends Resource {
  readonly data?: Labels;
  readonly binaryData?: Labels;
}

export interface Secret extends Resource {
  readonly type?: string;
  readonly data?: unknown;
  readonly stringData?: unknown;
}

export interface ExternalSecret extends Resource {
  readonly spec?: {
    readonly target?: { readonly name?: string; readonly template?: { readonly data?: Labels } };
    readonly data?: readonly { readonly secretKey: string }[];
    readonly dataFrom?: readonly unknown[];
  };
}

export interface Role extends Resource {
  readonly rules?: readonly {
    readonly apiGroups?: readonly string[];
    readonly resources?: readonly string[];
    readonly verbs?: readonly string[];
    readonly nonResourceURLs?: readonly string[];
  }[];
}

export interface Binding extends Resource {
  readonly roleRef: { readonly kind: string; readonly name: string };
  readonly subjects?: readonly { readonly kind: string; readonly name: string; readonly namespace?: string }[];
}

export interface DisruptionBudget extends Resource {
  readonly spec: { readonly selector?: Selector; readonly maxUnavailable?: number | string; readonly minAvailable?: number | string };
}

interface PolicyRule {
  readonly from?: readonly PolicyPeer[];
  readonly to?: readonly PolicyPeer[];
  readonly ports?: readonly { readonly port?: number | string }[];
}

export interface PolicyPeer {
  readonly podSelector?: Selector;
  readonly namespaceSelector?: Selector;
  readonly ipBlock?: unknown;
}

export interface NetworkPolicy extends Resource {
  readonly spec: {
    readonly podSelector?: Selector;
    readonly ingress?: readonly PolicyRule[];
    readonly egress?: readonly PolicyRule[];
  };
}

export interface EndpointSlice extends Resource {
  readonly ports?: readonly { readonly name?: string; readonly port?: number }[];
  readonly endpoints?: readonly { readonly addresses: readonly string[] }[];
}

export interface Relabeling {
  readonly sourceLabels?: readonly string[];
  readonly targetLabel?: string;
  readonly replacement?: string;
  readonly action?: string;
}

interface Endpoint {
  readonly port?: string;
  readonly targetPort?: number | string;
  readonly path?: string;
  readonly honorLabels?: boolean;
  readonly honorTimestamps?: boolean;
  readonly bearerTokenFile?: string;
  readonly bearerTokenSecret?: KeyReference;
  readonly authorization?: { readonly credentials?: KeyReference };
  readonly tlsConfig?: { readonly insecureSkipVerify?: boolean };
  readonly relabelings?: readonly Relabeling[];
}

/** ServiceMonitor or PodMonitor. */
export interface Monitor extends Resource {
  readonly spec: {
    readonly selector: Selector;
    readonly namespaceSelector?: { readonly any?: boolean; readonly matchNames?: readonly string[] };
    readonly targetLabels?: readonly string[];
    readonly endpoints?: readonly Endpoint[];
    readonly podMetricsEndpoints?: readonly Endpoint[];
  };
}

export interface ScrapeConfig extends Resource {
  readonly spec: Omit<Endpoint, 'path'> & {
    readonly jobName?: string;
    readonly metricsPath?: string;
    readonly staticConfigs?: readonly { readonly targets?: readonly string[]; readonly labels?: Labels }[];
  };
}

export interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr?: string | number;
  readonly labels?: Labels;
}

export interface PrometheusRule extends Resource {
  readonly spec: { readonly groups?: readonly { readonly name: string; readonly rules?: readonly Rule[] }[] };
}

/** Prometheus, Alertmanager or ThanosRuler: the operator makes pods of them. */
export interface Operated extends Resource {
  readonly spec: {
    readonly replicas?: number;
    readonly serviceAccountName?: string;
    readonly securityContext?: SecurityContext;
    readonly resources?: Resources;
    readonly image?: string;
    readonly podMetadata?: { readonly labels?: Labels };
    readonly portName?: string;
    readonly storage?: { readonly volumeClaimTemplate?: unknown };
    readonly thanos?: { readonly image?: string; readonly resources?: Resources };
    readonly secrets?: readonly string[];
    readonly configMaps?: readonly string[];
    readonly configSecret?: string;
    readonly imagePullSecrets?: readonly { readonly name: string }[];
    readonly volumes?: readonly Volume[];
    readonly containers?: readonly Container[];
    readonly initContainers?: readonly Container[];
    readonly externalLabels?: Labels;
    readonly replicaExternalLabelName?: string;
    readonly prometheusExternalLabelName?: string;
    readonly remoteWrite?: readonly { readonly messageVersion?: string }[];
    readonly ruleSelector?: Selector;
    readonly ruleNamespaceSelector?: Selector;
    readonly scrapeConfigSelector?: Selector;
    readonly scrapeConfigNamespaceSelector?: Selector;
    readonly serviceMonitorSelector?: Selector;
    readonly serviceMonitorNamespaceSelector?: Selector;
    readonly podMonitorSelector?: Selector;
    readonly podMonitorNamespaceSelector?: Selector;
    readonly alertmanagersUrl?: readonly string[];
    readonly alertmanagersConfig?: KeyReference;
    readonly alerting?: { readonly alertmanagers?: readonly unknown[] };
  };
}
