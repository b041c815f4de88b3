export default {
  name: 'seoul',
  repository: { url: 'https://github.com/example/fleet.git' },
  regions: ['kr', 'eu'],
  rings: ['canary', 'stable'],
};
