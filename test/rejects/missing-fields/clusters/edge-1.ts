export default {
  role: 'edge',
  option: 'thanos-sidecar',
};
