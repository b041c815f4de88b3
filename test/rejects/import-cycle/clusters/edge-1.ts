import { a } from './_a.ts';

export default {
  name: 'edge-1',
  role: 'edge',
  region: a,
  option: 'remote-scrape',
  nodes: [{ name: 'edge-1-n1', address: '10.0.0.1' }],
};
