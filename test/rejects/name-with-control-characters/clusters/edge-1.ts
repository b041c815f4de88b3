export default {
  name: 'edge\u001b[2J\n1',
  role: 'edge',
  region: 'kr',
  option: 'remote-scrape',
  nodes: [{ name: 'edge\u001b[2J\n1-n1', address: '10.0.0.1' }],
};
