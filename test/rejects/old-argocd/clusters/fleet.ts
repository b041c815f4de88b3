export default {
  name: 'seoul',
  repository: { url: 'https://github.com/example/fleet.git' },
  regions: ['kr', 'eu'],
  rings: ['canary', 'stable'],
  argocd: { version: '3.2' },
};
