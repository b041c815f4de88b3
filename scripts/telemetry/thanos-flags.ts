const autoMemoryLimit = 'enable-auto-gomemlimit';

/** Collects garbage before the container's memory limit is reached, rather than being killed at it. Prometheus does so unless told. */
export const withinMemoryLimit = `--${autoMemoryLimit}`;

/** The same for a workload of the operator. */
export const operatedWithinMemoryLimit = [{ name: autoMemoryLimit }];
