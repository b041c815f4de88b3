export default {
  name: 'edge-2',
  role: 'edge',
  region: 'kr',
  option: 'remote-scrape',
  nodes: [{ name: 'edge-2-n1', address: '10.0.0.2' }],
  server: 'https://API.example',
};
