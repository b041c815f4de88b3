import { regoin } from './_shared.ts';
import { zone } from './_sharde.ts';

export default {
  name: 'edge-1',
  role: 'edge',
  region: regoin,
  option: 'remote-scrape',
  nodes: [{ name: 'edge-1-n1', address: '10.0.0.1' }],
  ring: zone,
};
