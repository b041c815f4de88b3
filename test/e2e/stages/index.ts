import type { Stage } from '../stage.ts';
import { alertGateway } from './alert-gateway.ts';
import { argocd } from './argocd.ts';
import { argocdChanges } from './argocd-changes.ts';
import { argocdSync } from './argocd-sync.ts';
import { centre } from './centre.ts';
import { discovery } from './discovery.ts';
import { kubernetes } from './kubernetes.ts';
import { linkFaults } from './link-faults.ts';
import { prometheusAgent } from './prometheus-agent.ts';
import { prometheusShards } from './prometheus-shards.ts';
import { receiveFaults } from './receive-faults.ts';
import { receiveScaling } from './receive-scaling.ts';
import { receiveSpread } from './receive-spread.ts';
import { remoteScrape } from './remote-scrape.ts';
import { sidecarFaults } from './sidecar-faults.ts';
import { sizing, sizingUnseen } from './sizing.ts';
import { thanosSidecar } from './thanos-sidecar.ts';

export const stages: readonly Stage[] = [
  remoteScrape,
  prometheusAgent,
  thanosSidecar,
  alertGateway,
  centre,
  linkFaults,
  receiveFaults,
  receiveScaling,
  receiveSpread,
  prometheusShards,
  sidecarFaults,
  sizing,
  discovery,
  kubernetes,
  argocd,
  argocdChanges,
  argocdSync,
];

/** As heavy as all others together: they run when they are named. */
const onRequest: readonly Stage[] = [sizingUnseen];

export const everyStage: readonly Stage[] = [...stages, ...onRequest];

/** Busy with much and in no hurry: they leave the processor to those that measure time. */
export const unhurried: ReadonlySet<Stage> = new Set([sizing, discovery, kubernetes, argocd, argocdChanges]);
