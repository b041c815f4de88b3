export const edge = (name, address) => ({
  name,
  role: 'edge',
  region: 'kr',
  option: 'remote-scrap',
  nodes: [{ name: `${name}-n1`, address }],
});
