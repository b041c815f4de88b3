export default {
  name: '../../etc/passwd',
  role: 'edge',
  region: 'kr',
  option: 'remote-scrape',
  nodes: [{ name: '../../etc/passwd-n1', address: '10.0.0.1' }],
};
