export default {
  name: 'centre',
  role: 'central',
  region: 'kr',
  alertmanager: { url: 'https://alerts.example:30943' },
};
