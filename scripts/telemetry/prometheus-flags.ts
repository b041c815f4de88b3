import { supports, type Versions } from '../versions.ts';

/** Flags that make Prometheus reload changed files by itself. Every version that a fleet may name has one of the two forms. */
export const autoReload = (versions: Versions): readonly string[] =>
  supports(versions, 'config-auto-reload')
    ? ['--config.auto-reload', '--config.auto-reload-interval=30s']
    : ['--enable-feature=auto-reload-config', '--config.auto-reload-interval=30s'];
