/** A probe that asks `path` of the container port named `port`. */
export const httpProbe = (path: string, port: string, periodSeconds = 10, scheme?: 'HTTPS') => ({
  httpGet: { path, port, ...(scheme === undefined ? {} : { scheme }) },
  periodSeconds,
  timeoutSeconds: 5,
  failureThreshold: 3,
});
