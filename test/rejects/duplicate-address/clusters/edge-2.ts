export default {
  name: 'edge-2',
  role: 'edge',
  region: 'kr',
  option: 'remote-scrape',
  nodes: [{ name: 'edge-2-n1', address: '::ffff:10.0.0.1' }],
};
