// How long `fleetc compile` takes, cold and with nothing to change, for fleets of growing size: npm run bench
// Plain JavaScript on the built command line: node bench/compile.mjs [--cli dist/scripts/cli.js] [--sizes 100,300,1000] [--keep DIR]
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    cli: { type: 'string', default: 'dist/scripts/cli.js' },
    sizes: { type: 'string', default: '100,300,1000' },
    /** Leaves the fleets here, to look at or to profile. */
    keep: { type: 'string' },
  },
});
const sizes = values.sizes.split(',').map(Number);
const edgesInFile = 100;

/** Makes a process tell what it used, on a line of its own, when it ends. */
const tellUsage = `data:text/javascript,${encodeURIComponent(
  'process.on("exit",()=>{const u=process.resourceUsage();process.stderr.write("\\nusage "+JSON.stringify({cpu:(u.userCPUTime+u.systemCPUTime)/1e6,rss:u.maxRSS/1024})+"\\n")})',
)}`;

const rows = [];
for (const size of sizes) {
  const root = mkdtempSync(join(tmpdir(), `fleetc-bench-${size}-`));
  try {
    for (const [path, text] of inventory(size)) {
      mkdirSync(join(root, 'clusters'), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    rows.push({ edges: size, run: 'cold', ...measure(root) }, { edges: size, run: 'again', ...measure(root) });
    if (values.keep !== undefined) cpSync(root, join(values.keep, String(size)), { recursive: true });
  } finally {
    rmSync(root, { recursive: true });
  }
}
print(rows);

function measure(root) {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', tellUsage, values.cli, 'compile', '--root', root], {
    encoding: 'utf8',
  });
  const wall = (performance.now() - start) / 1000;
  if (status !== 0) throw new Error(`compile ended with ${status}\n${stdout}${stderr}`);
  const usage = JSON.parse(/^usage (.*)$/m.exec(stderr)[1]);
  return { wall, ...usage, says: stdout.split('\n')[0] };
}

/** Linear work has the same milliseconds an edge at every size, apart from the start. */
function print(all) {
  console.log('edges  run      wall s   CPU s   RSS MB   ms an edge   vs the size before   says');
  for (const { edges, run, wall, cpu, rss, says } of all) {
    const before = all.filter((other) => other.run === run && other.edges < edges).at(-1);
    const ratio = before === undefined ? '' : (wall / edges / (before.wall / before.edges)).toFixed(2);
    const cells = [
      String(edges).padStart(5),
      run.padEnd(6),
      wall.toFixed(2).padStart(8),
      cpu.toFixed(2).padStart(7),
      rss.toFixed(0).padStart(8),
    ];
    console.log([...cells, ((wall * 1000) / edges).toFixed(2).padStart(12), ratio.padStart(20), ` ${says}`].join(' '));
  }
}

/** Edges of two nodes, a third on each option, in four regions and three rings, as lists in files of 100. */
function inventory(size) {
  const regions = ['eu', 'jp', 'kr', 'us'];
  const files = new Map([
    [
      'clusters/fleet.ts',
      source({ name: 'bench', repository: { url: 'https://git.example/fleet.git' }, regions, rings: ['canary', 'early', 'stable'] }),
    ],
    [
      'clusters/centre.ts',
      source({
        name: 'centre',
        role: 'central',
        region: 'kr',
        receive: { url: 'https://receive.example:19291/api/v1/receive' },
        alertmanager: { url: 'https://alerts.example:30943' },
      }),
    ],
  ]);
  const edges = Array.from({ length: size }, (_, index) => edge(index, regions));
  for (let first = 0; first < size; first += edgesInFile)
    files.set(`clusters/edges-${String(first).padStart(5, '0')}.ts`, source(edges.slice(first, first + edgesInFile)));
  return files;
}

function edge(index, regions) {
  const name = `edge-${String(index).padStart(5, '0')}`;
  const address = (node) => `10.${(index >> 7) & 255}.${((index & 127) << 1) | (node >> 7)}.${(node & 127) + 1}`;
  return {
    name,
    role: 'edge',
    region: regions[index % regions.length],
    ring: index % 50 === 0 ? 'canary' : index % 10 === 0 ? 'early' : 'stable',
    option: ['remote-scrape', 'prometheus-agent', 'thanos-sidecar'][index % 3],
    nodes: [0, 1].map((node) => ({ name: `${name}-${node}`, address: address(node) })),
    ...(index % 3 === 0 ? {} : { storage: { class: 'longhorn', size: `${5 + (index % 4) * 5}Gi` } }),
  };
}

function source(value) {
  return `export default ${JSON.stringify(value, null, 2)};\n`;
}
