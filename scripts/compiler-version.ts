/** As in package.json. */
export const compilerVersion = '0.1.0';
