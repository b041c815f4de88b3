export default {
  name: 'edge-1',
  role: 'edge',
  region: 'us',
  option: 'thanos-sidecar',
  nodes: [{ name: 'N1', address: 'ten' }, { nmae: 'n2', address: '10.0.0.2' }],
  storag: {},
  server: 'http://api',
};
