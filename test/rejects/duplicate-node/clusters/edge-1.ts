export default {
  name: 'edge-1',
  role: 'edge',
  region: 'kr',
  option: 'remote-scrape',
  nodes: [
    { name: 'n1', address: '10.0.0.1' },
    { name: 'n1', address: '10.0.0.2' },
  ],
};
