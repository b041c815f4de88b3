import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { type Launched, launch } from '../launch.ts';
import type { ThanosPorts } from '../query.ts';
import { sooner } from '../replacements.ts';
import type { Site } from '../site.ts';
import { type Made, operatedContainer } from './made.ts';

/** Also the name of its StatefulSet. */
export const rulerWorkload = 'thanos-ruler-central';

export const silence = 'EdgeClusterSilent';

export interface Rules {
  readonly groups: readonly { readonly name: string; readonly rules: readonly { readonly alert?: string; readonly for?: string }[] }[];
}

interface RulerPorts {
  readonly query: number;
  readonly alertmanager: number;
  readonly ports: ThanosPorts;
}

/** The Ruler as the operator made it. A silent cluster is reported after 30 s: nobody waits ten minutes for a test. */
export function startOperatedRuler({ folder }: Site, made: Made, { query, alertmanager: alerts, ports }: RulerPorts): Launched {
  const pod = `${rulerWorkload}-0`;
  return launch(folder, {
    name: pod,
    program: 'thanos',
    container: operatedContainer(made, { workload: rulerWorkload, pod }, ['--http-address=:10902', '--grpc-address=:10901']),
    listen: { 10902: ports.http, 10901: ports.grpc },
    reach: {
      'dnssrv+_http._tcp.query.metrics-central.svc': [`127.0.0.1:${query}`],
      'dnssrv+http://_web._tcp.alertmanager-operated.metrics-central.svc': [`http://127.0.0.1:${alerts}`],
    },
    secrets: made.secrets,
    // The operator's glob names the folder above the mounted ones.
    paths: { '/etc/thanos/rules': join(folder, pod, 'etc/thanos/rules') },
    edit: (file, text) =>
      file.endsWith('.yaml') ? stringify({ groups: sooner((parse(text) as Rules).groups, silence, '30s') }, { lineWidth: 0 }) : text,
  });
}
