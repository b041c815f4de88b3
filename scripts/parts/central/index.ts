import type { Inventory } from '../../inventory/inventory.ts';
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

/** What every centre runs. The options of a fleet's edges add their own. */
export const commonParts = (inventory: Inventory): readonly PartBuilder[] => [
  centralNamespace,
  prometheus,
  storeGateway,
  compactor,
  query,
  ...(leaves(inventory).length > 0 ? [queryLeaves] : []),
  queryFrontend,
  ruler,
  alertmanager,
];
