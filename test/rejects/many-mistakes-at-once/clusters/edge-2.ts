export default {
  name: 'centre',
  role: 'edge',
  region: 'kr',
  option: 'remote-scrape',
  nodes: [{ name: 'centre-n1', address: '10.0.0.3' }],
};
