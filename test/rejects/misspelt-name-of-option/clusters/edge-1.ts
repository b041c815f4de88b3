export default {
  name: 'edge-1',
  role: 'edge',
  region: 'kr',
  optoin: 'prometheus-agent',
  nodes: [{ name: 'edge-1-n1', address: '10.0.0.1' }],
};
