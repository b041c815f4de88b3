export const storage = { class: 'longhorn', size: '5GB' };
