/** A Kubernetes object, written as the YAML it becomes: keys in the order in which people write them. */
export interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
}

export interface Metadata {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
}

/** What makes an object unique in a cluster. */
export const identity = ({ apiVersion, kind, metadata }: Resource): string =>
  `${apiVersion}/${kind} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`;
