import { receiveIngestor } from '../../parts/central/receive-ingestor.ts';
import { receiveRouter } from '../../parts/central/receive-router.ts';
import type { PartBuilder } from '../../parts/part.ts';
import type { InCentre } from '../option.ts';

/** Nothing: Receive learns of an edge from its certificate, and Query reads what Receive holds. */
export const inCentre = (): InCentre => ({ resources: [], secrets: [], endpoints: [] });

export const centralParts = (): readonly PartBuilder[] => [receiveRouter, receiveIngestor];
