// What scripts/schemas/build.mjs generates beside the compiled sources, from fleet.schema.json and cluster.schema.json.

interface SchemaNode {
  readonly type?: string;
  readonly description?: string;
  readonly pattern?: string;
  readonly examples?: readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
}

/** One complaint of a validator: https://ajv.js.org/api.html#error-objects */
export interface SchemaError {
  /** JSON pointer to the value at fault. */
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, string | number>>;
  readonly message?: string;
  /** The schema that holds the keyword. */
  readonly parentSchema: SchemaNode;
  readonly data: unknown;
}

/** Checks a plain value and writes the defaults into it. */
export interface Validator {
  (value: unknown): boolean;
  errors?: readonly SchemaError[] | null;
}

export const fleet: Validator;
export const centralCluster: Validator;
export const remoteScrapeEdge: Validator;
export const prometheusAgentEdge: Validator;
export const thanosSidecarEdge: Validator;
