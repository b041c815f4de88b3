import fc from 'fast-check';
import type { PlanReport } from '../../../generated/types/plan.d.ts';
import { aReport, hostileNames } from './reports.ts';

/** Any UTF-16 units, halves of pairs among them; what somebody chose; and what is long. */
const anyText = fc.oneof(
  fc.constantFrom(...hostileNames),
  fc.array(fc.nat(0xffff), { maxLength: 20 }).map((units) => String.fromCharCode(...units)),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc
    .array(
      fc.constantFrom('@', '#', '1', 'a', '`', '|', '\\', '<', '>', '&', '-', '!', '[', ']', '(', '\n', ' ', ':', '/', '_', '*', '~', '$'),
      { maxLength: 40 },
    )
    .map((all) => all.join('')),
  fc.tuple(fc.constantFrom('가', '@a ', '😀', '`', 'name-'), fc.integer({ min: 1, max: 400 })).map(([text, times]) => text.repeat(times)),
);

const aDiff = fc
  .tuple(fc.array(fc.tuple(fc.constantFrom(' ', '+', '-', '@@'), anyText), { maxLength: 12 }), fc.constantFrom(1, 1, 30))
  .map(([lines, times]) =>
    lines
      .map(([sign, text]) => `${sign}${text.replaceAll('\n', ' ')}\n`)
      .join('')
      .repeat(times),
  );

const aChange = fc.record({
  change: fc.constantFrom('added' as const, 'changed' as const, 'removed' as const),
  object: fc.record({ apiVersion: anyText, kind: anyText, namespace: anyText, name: anyText }),
  also: fc.array(anyText, { maxLength: 4 }),
  restarts: fc.boolean(),
  risks: fc.array(anyText, { maxLength: 3 }),
  diff: aDiff,
});

const severity = fc.constantFrom('low' as const, 'medium' as const, 'high' as const);

const code = fc.nat(30).map((index) => `risk/number-${index}`);

/** Reports of all sizes; what they hold is anybody's. Each cluster is in one class, as in those of the planner. */
export const anyReport: fc.Arbitrary<PlanReport> = fc
  .record({
    clusters: fc.constantFrom(0, 1, 3, 12, 13, 300, 2_000),
    regions: fc.array(anyText, { minLength: 1, maxLength: 40 }),
    rings: fc.array(anyText, { minLength: 1, maxLength: 9 }),
    prefix: anyText,
    classes: fc.constantFrom(0, 1, 2, 30, 1_000),
    titles: fc.array(fc.tuple(anyText, severity, fc.array(aChange, { maxLength: 4 })), { minLength: 1, maxLength: 6 }),
    risks: fc.array(fc.record({ code, severity, what: anyText, why: anyText, check: anyText, object: anyText }), { maxLength: 40 }),
    repeats: fc.constantFrom(1, 1, 20),
    causes: fc.array(
      fc.record(
        { what: anyText, file: anyText, line: fc.nat(), cluster: anyText, field: anyText, before: anyText, after: anyText },
        { requiredKeys: ['what'] },
      ),
      {
        maxLength: 40,
      },
    ),
    unreadable: fc.option(anyText, { nil: undefined }),
  })
  .map(({ clusters, regions, rings, prefix, classes, titles, risks, repeats, causes, unreadable }) => {
    const at = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;
    const edges = Array.from({ length: clusters }, (_, index) => ({
      name: `${prefix}${index}`,
      region: at(regions, index),
      ring: index === 0 ? '' : at(rings, index * 7),
      option: 'remote-scrape',
    }));
    const many = Math.min(classes, clusters);
    const report = aReport({
      edges,
      classes: Array.from({ length: many }, (_, index) => {
        const [title, own, changes] = at(titles, index);
        const members = edges.filter((_edge, place) => place % many === index).map(({ name }) => name);
        return { title, severity: own, clusters: members, exemplar: members[0] ?? '', changes };
      }),
      causes: causes.map((cause) => ({ kind: 'inventory' as const, ...cause })),
      risks: Array.from({ length: repeats }).flatMap((_, time) =>
        risks.map((risk, index) => ({
          ...risk,
          object: `${risk.object}${time}`,
          clusters: edges.slice(0, (index * 37) % 90).map(({ name }) => name),
        })),
      ),
      files: clusters === 0 ? [] : edges.map(({ name }) => ({ path: name, change: 'update' as const })),
    });
    return unreadable === undefined
      ? report
      : { ...report, clusters: report.clusters.map((cluster, index) => (index % 3 === 0 ? { ...cluster, unreadable } : cluster)) };
  });
