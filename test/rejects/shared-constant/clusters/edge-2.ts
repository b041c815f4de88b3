import { storage } from './_shared.ts';

export default {
  name: 'edge-2',
  role: 'edge',
  region: 'kr',
  option: 'prometheus-agent',
  nodes: [{ name: 'edge-2-n1', address: '10.0.0.2' }],
  storage,
};
