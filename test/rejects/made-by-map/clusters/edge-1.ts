const addresses = { 'edge-1': '10.0.0.1', 'edge-2': '10.0.0.1', 'edge-3': '10.0.0' };

export default Object.entries(addresses).map(([name, address]) => ({
  name,
  role: 'edge',
  region: 'kr',
  option: 'remote-scrape',
  nodes: [{ name: 'n1', address }],
}));
