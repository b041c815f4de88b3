export default {
  name: 'edge-1',
  role: 'edge',
  region: 'kr',
  option: 'remote-scrape',
  nodes: [{ name: 'edge-1-n1', address: '10.0.0.1' }],
  server: process.env.SERVER,
  labels: { day: new Date().toString() },
};
