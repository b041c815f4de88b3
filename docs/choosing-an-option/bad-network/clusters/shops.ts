import type { EdgeCluster } from '../../../../generated/types/cluster.d.ts';
import { mobileShop, shop } from './_shop.ts';

export default [
  shop('cluster-02', 'coast', '10.20.2', 2),
  shop('cluster-03', 'coast', '10.20.3', 3),
  mobileShop('cluster-04', 'coast', '10.20.4', 2),
  shop('cluster-06', 'coast', '10.20.6', 2),
  mobileShop('cluster-07', 'coast', '10.20.7', 2),
  shop('cluster-08', 'inland', '10.20.8', 3),
  shop('cluster-09', 'inland', '10.20.9', 2),
  mobileShop('cluster-10', 'inland', '10.20.10', 2),
  shop('cluster-11', 'inland', '10.20.11', 2),
  mobileShop('cluster-12', 'inland', '10.20.12', 3),
  shop('cluster-13', 'inland', '10.20.13', 2),
] satisfies EdgeCluster[];
