export const edge = { name: 'edge-1' };
