import { options, sizes } from './costs.mjs';

// Blue, orange and green that people with any colour vision tell apart, and a mark of its own for each.
const looks = {
  'remote-scrape': { light: '#0072b2', dark: '#56b4e9', mark: 'circle' },
  'prometheus-agent': { light: '#b34700', dark: '#f0a04b', mark: 'square' },
  'thanos-sidecar': { light: '#00724f', dark: '#35c796', mark: 'diamond' },
};

const panels = [
  { title: 'Memory on the edge', of: ({ edge }) => edge.memory, ticks: binary },
  { title: 'Sent on the line, an hour', of: ({ line }) => line.sent, ticks: decimal },
  { title: 'More memory in the centre, which has such edges already', of: ({ centre }) => centre.memory, ticks: binary },
];

const width = 940;
const left = 74;
const right = 152;
const plotHeight = 180;
const panelHeight = plotHeight + 66;
const top = 62;
const slot = (width - left - right) / sizes.length;
/** Between the options of one size. */
const dodge = 54;

/** What an edge costs by option and size: three panels, each with the likeliest value and how far it may be off. */
export function chart(costs) {
  const height = top + panels.length * panelHeight - 6;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title desc">
<title id="title">What an edge costs by option and number of nodes</title>
<desc id="desc">${described(costs)}</desc>
<style>
text { font: 12px system-ui, sans-serif; fill: #1f2328; }
.ground { fill: #ffffff; }
.head { font-size: 16px; font-weight: 600; }
.panel { font-size: 13px; font-weight: 600; }
.quiet { fill: #59636e; }
.grid { stroke: #d1d9e0; }
.band { fill: #eef1f4; }
.name { font-weight: 600; }
.value { font-size: 11px; stroke: #ffffff; stroke-width: 3px; paint-order: stroke; stroke-linejoin: round; }
${options.map((option) => `.${option} { stroke: ${looks[option].light}; fill: ${looks[option].light}; }`).join('\n')}
text.name { stroke: none; }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc; }
.ground { fill: #0d1117; }
.quiet { fill: #9198a1; }
.grid { stroke: #3d444d; }
.band { fill: #1a212a; }
.value { stroke: #0d1117; }
${options.map((option) => `.${option} { stroke: ${looks[option].dark}; fill: ${looks[option].dark}; }`).join('\n')}
}
</style>
<rect class="ground" width="${width}" height="${height}" rx="6"/>
<text class="head" x="16" y="26">What an edge costs, by option and number of nodes</text>
<text class="quiet" x="16" y="45">A mark is the likeliest value, its line reaches from the lowest to the highest. Logarithmic: each step up is four or ten times.</text>
${panels.map((one, i) => panel(one, top + i * panelHeight, costs)).join('\n')}
</svg>
`;
}

function panel({ title, of, ticks }, y, costs) {
  const ranges = costs.flatMap(({ of: costsOf }) => options.map((option) => of(costsOf[option])));
  const marks = ticks(Math.min(...ranges.map(({ low }) => low)), Math.max(...ranges.map(({ high }) => high)));
  const [lowest, highest] = [marks[0].value, marks.at(-1).value];
  const bottom = y + 26 + plotHeight;
  const at = (value) => bottom - (plotHeight * Math.log(Math.max(value, lowest) / lowest)) / Math.log(highest / lowest);
  const middle = (i) => left + slot * (i + 0.5);
  const lastOf = options.map((option) => ({ option, y: at(of(costs.at(-1).of[option]).middle) }));
  return [
    `<text class="panel" x="16" y="${y + 14}">${title}</text>`,
    ...sizes.flatMap((_, i) =>
      i % 2 === 0
        ? [`<rect class="band" x="${round(left + slot * i)}" y="${y + 26}" width="${round(slot)}" height="${plotHeight + 26}"/>`]
        : [],
    ),
    ...marks.map(
      ({ value, text }) =>
        `<line class="grid" x1="${left}" x2="${width - right}" y1="${round(at(value))}" y2="${round(at(value))}"/><text class="quiet" x="${left - 8}" y="${round(at(value) + 4)}" text-anchor="end">${text}</text>`,
    ),
    ...sizes.map(
      (nodes, i) =>
        `<text class="quiet" x="${round(middle(i))}" y="${bottom + 18}" text-anchor="middle">${nodes} node${nodes === 1 ? '' : 's'}</text>`,
    ),
    ...options.flatMap((option, j) =>
      costs.map(({ of: costsOf }, i) => {
        const range = of(costsOf[option]);
        const x = round(middle(i) + (j - 1) * dodge - 12);
        return `<g class="${option}"><line x1="${x}" x2="${x}" y1="${round(at(range.low))}" y2="${round(at(range.high))}" stroke-width="2" stroke-opacity="0.55"/>${mark(looks[option].mark, x, round(at(range.middle)))}</g><text class="value" x="${round(x + 8)}" y="${round(at(range.middle) + 4)}">${short(range.middle, ticks)}</text>`;
      }),
    ),
    ...apart(lastOf).map(
      ({ option, y: nameY }) => `<text class="name ${option}" x="${width - right + 12}" y="${round(nameY + 4)}">${option}</text>`,
    ),
  ].join('\n');
}

function mark(kind, x, y) {
  if (kind === 'circle') return `<circle cx="${x}" cy="${y}" r="5"/>`;
  if (kind === 'square') return `<rect x="${round(x - 4.5)}" y="${round(y - 4.5)}" width="9" height="9"/>`;
  return `<path d="M${x} ${round(y - 6)}l6 6l-6 6l-6 -6z"/>`;
}

/** Names below each other with room for each, in their order. */
function apart(names) {
  let least = Number.NEGATIVE_INFINITY;
  return [...names]
    .sort((a, b) => a.y - b.y)
    .map(({ option, y }) => {
      const placed = Math.max(y, least);
      least = placed + 16;
      return { option, y: placed };
    });
}

/** Powers of four of a mebibyte around a range. */
function binary(low, high) {
  const [first, last] = [Math.floor(Math.log(low / 2 ** 20) / Math.log(4)), Math.ceil(Math.log(high / 2 ** 20) / Math.log(4))];
  return Array.from({ length: last - first + 1 }, (_, i) => 4 ** (first + i) * 2 ** 20).map((value) => ({
    value,
    text: bytes(value, 1024),
  }));
}

/** Powers of ten around a range. */
function decimal(low, high) {
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  return Array.from({ length: last - first + 1 }, (_, i) => 10 ** (first + i)).map((value) => ({ value, text: bytes(value, 1000) }));
}

const short = (value, ticks) => bytes(value, ticks === binary ? 1024 : 1000);

function bytes(value, base) {
  const units = base === 1024 ? ['', 'Ki', 'Mi', 'Gi', 'Ti'] : ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log(value) / Math.log(base) + 1e-9)));
  const amount = value / base ** power;
  return `${amount >= 100 ? Math.round(amount) : Number(amount.toPrecision(2))}${units[power]}`;
}

function described(costs) {
  const sentences = panels.map(({ title, of, ticks }) => {
    const parts = options.map(
      (option) => `${option} ${costs.map(({ of: costsOf }) => short(of(costsOf[option]).middle, ticks)).join(', ')}`,
    );
    return `${title}: ${parts.join('; ')}.`;
  });
  return `For ${sizes.join(', ')} nodes, likeliest values. ${sentences.join(' ')}`;
}

/** A tenth of a pixel, the same on every machine. */
const round = (value) => Math.round(value * 10) / 10;
