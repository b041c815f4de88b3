let count = 0;
for (const i of [1, 2]) count += i;
class Edge {}
export default {
  name: 'edge-1',
  role: 'edge',
  region: 'kr',
  option: 'remote-scrape',
  nodes: [{ name: 'edge-1-n1', address: '10.0.0.1' }],
};
