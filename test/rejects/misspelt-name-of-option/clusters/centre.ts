export default {
  name: 'centre',
  role: 'central',
  region: 'kr',
  receive: { url: 'https://receive.example:19291/api/v1/receive' },
  alertmanager: { url: 'https://alerts.example:30943' },
};
