export default {
  name: 'seoul',
  repository: { url: 'https://github.com/example/fleet.git' },
  regions: ['kr', 'eu'],
  rings: ['canary', 'stable'],
  network: { edgeCidrs: ['192.168.101.7/24'] },
};
