// Blocks in a bucket that is a folder.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bytesBelow } from './usage.ts';

/** Sizes in bytes, times in seconds since 1970. */
export interface Block {
  readonly cluster: string;
  readonly bytes: number;
  readonly samples: number;
  readonly series: number;
  readonly from: number;
  readonly to: number;
}

interface Meta {
  readonly minTime: number;
  readonly maxTime: number;
  readonly stats: { readonly numSamples: number; readonly numSeries: number };
  readonly thanos: { readonly labels: Readonly<Record<string, string>> };
}

/** Whole blocks: their metadata is uploaded last. */
export const blocksIn = (bucket: string): readonly Block[] =>
  readdirSync(bucket, { recursive: true, encoding: 'utf8' })
    .filter((path) => /^[0-9A-Z]{26}\/meta\.json$/.test(path))
    .map((path) => {
      const { minTime, maxTime, stats, thanos } = JSON.parse(readFileSync(join(bucket, path), 'utf8')) as Meta;
      return {
        cluster: thanos.labels.cluster ?? '',
        bytes: bytesBelow(join(bucket, dirname(path))),
        samples: stats.numSamples,
        series: stats.numSeries,
        from: minTime / 1000,
        to: maxTime / 1000,
      };
    })
    .sort((a, b) => a.from - b.from);
