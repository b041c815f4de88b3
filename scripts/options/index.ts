import type { Edge } from '../inventory/inventory.ts';
import type { Option } from './option.ts';
import { prometheusAgent } from './prometheus-agent/index.ts';
import { remoteScrape } from './remote-scrape/index.ts';
import { thanosSidecar } from './thanos-sidecar/index.ts';

/** Every way to collect metrics from an edge. A fourth is a folder, a type in the schema, and a line here. */
export const options: { readonly [Name in Edge['option']]: Option<Extract<Edge, { option: Name }>> } = {
  'remote-scrape': remoteScrape,
  'prometheus-agent': prometheusAgent,
  'thanos-sidecar': thanosSidecar,
};

/** The option of an edge, for an edge whose option is not known to the types. */
export const optionOf = (edge: Edge): Option => options[edge.option] as Option;
