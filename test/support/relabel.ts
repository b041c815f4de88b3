/** Labels of a target or a series. */
export type Labels = Readonly<Record<string, string>>;

export interface RelabelConfig {
  readonly source_labels?: readonly string[];
  readonly separator?: string;
  readonly regex?: string;
  readonly target_label?: string;
  readonly replacement?: string;
  readonly action?: string;
}

/** Prometheus' relabelling, as far as our configurations use it: https://github.com/prometheus/prometheus/blob/main/model/relabel/relabel.go */
export function relabel(labels: Labels, configs: readonly RelabelConfig[]): Labels | undefined {
  let current = { ...labels };
  for (const {
    source_labels = [],
    separator = ';',
    regex = '(.*)',
    target_label = '',
    replacement = '$1',
    action = 'replace',
  } of configs) {
    const value = source_labels.map((name) => current[name] ?? '').join(separator);
    const anchored = new RegExp(`^(?:${regex})$`, 's');
    switch (action) {
      case 'keep':
        if (!anchored.test(value)) return undefined;
        break;
      case 'drop':
        if (anchored.test(value)) return undefined;
        break;
      case 'replace': {
        const match = anchored.exec(value);
        if (match === null) break;
        const text = replacement.replace(
          /\$(?:(\d+)|\{(\d+)\})/g,
          (_, plain: string, braced: string) => match[Number(plain ?? braced)] ?? '',
        );
        if (text === '') delete current[target_label];
        else current[target_label] = text;
        break;
      }
      case 'labeldrop':
        current = Object.fromEntries(Object.entries(current).filter(([name]) => !anchored.test(name)));
        break;
      default:
        throw new Error(`relabel: ${action} is not simulated`);
    }
  }
  return current;
}

/** What the labels of a target are once Prometheus has finished with them: without the internal ones, sorted. */
export function finished(labels: Labels): Labels {
  const instance = labels.instance ?? labels.__address__ ?? '';
  return Object.fromEntries(
    Object.entries({ ...labels, instance })
      .filter(([name, value]) => !name.startsWith('__') && value !== '')
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
