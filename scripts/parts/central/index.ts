import type { Inventory } from '../../inventory/inventory.ts';
import { optionOf } from '../../options/index.ts';
import type { PartBuilder } from '../part.ts';
import { alertmanager } from './alertmanager.ts';
import { compactor } from './compactor.ts';
import { centralNamespace } from './namespace.ts';
import { prometheus } from './prometheus.ts';
import { query, queryLeaves } from './query.ts';
import { leaves } from './query-endpoints.ts';
import { queryFrontend } from './query-frontend.ts';
import { ruler } from './ruler.ts';
import { storeGateway } from './store-gateway.ts';

/** Everything that runs in the centre: what every fleet needs, then what the options of its edges ask for, each once. */
export const centralParts = (inventory: Inventory): readonly PartBuilder[] => [
  ...new Set<PartBuilder>([
    centralNamespace,
    prometheus,
    storeGateway,
    compactor,
    query,
    ...(leaves(inventory).length > 0 ? [queryLeaves] : []),
    queryFrontend,
    ruler,
    alertmanager,
    ...inventory.edges.flatMap((edge) => optionOf(edge).centralParts(inventory)),
  ]),
];
