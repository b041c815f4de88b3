const gi = 2 ** 30;

/** `bytes` as a volume's size: at least `least` Gi, whole Gi. */
export const volumeSize = (bytes: number, least: number): string => `${Math.max(least, Math.ceil(bytes / gi))}Gi`;

/** Bytes of a size such as `5Gi`. */
export const bytesOf = (size: string): number => Number.parseInt(size, 10) * 2 ** ({ Mi: 20, Gi: 30, Ti: 40 }[size.slice(-2)] as number);
