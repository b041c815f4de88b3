import { storage } from './_shared.ts';

export default {
  name: 'edge-1',
  role: 'edge',
  region: 'kr',
  option: 'prometheus-agent',
  nodes: [{ name: 'edge-1-n1', address: '10.0.0.1' }],
  storage,
};
