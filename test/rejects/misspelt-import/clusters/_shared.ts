export const region = 'kr';
