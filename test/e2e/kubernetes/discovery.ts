// What a Prometheus finds when it asks a real API server, with the rights that its ServiceAccount has and no others.
import { parse, stringify } from 'yaml';
import { type Launch, launch } from '../launch.ts';
import { ask, freePorts, stop, tail, until } from '../processes.ts';
import { type Labels, sorted } from '../query-api.ts';
import { type Account, accountOf } from './service-account.ts';

export interface Target {
  readonly url: string;
  readonly labels: Labels;
}

interface Asking extends Pick<Launch, 'name' | 'container' | 'reach' | 'secrets'>, Account {}

/** Whatever it finds it asks through a proxy that is not there: nothing leaves loopback. */
const nobody = 'http://127.0.0.1:1';

/** Starts the container, waits for as many targets as there should be and a moment for more; gives what is there then. */
export async function discoveredTargets(
  folder: string,
  count: number,
  { api, namespace, serviceAccount, ...more }: Asking,
): Promise<readonly Target[]> {
  const account = await accountOf(folder, `${more.name}-serviceaccount`, { api, namespace, serviceAccount });
  const [http = 0] = await freePorts(1);
  const prometheus = launch(folder, {
    ...more,
    program: 'prometheus',
    listen: { 9090: http },
    paths: { '/var/run/secrets/kubernetes.io/serviceaccount': account.folder },
    edit: (file, text) => (/^prometheus(\.env)?\.ya?ml$/.test(file) ? outsideCluster(text, account.kubeconfig) : text),
  });
  const targets = async (): Promise<readonly Target[]> => {
    const { body } = await ask(`http://127.0.0.1:${http}/api/v1/targets?state=active`);
    const { data } = JSON.parse(body) as {
      readonly data: { readonly activeTargets: readonly { readonly scrapeUrl: string; readonly labels: Labels }[] };
    };
    return data.activeTargets.map(({ scrapeUrl, labels }) => ({ url: scrapeUrl, labels }));
  };
  await until('the targets', 60, async () => {
    const found = await targets().catch(() => []);
    return found.length >= count ? true : undefined;
  }).catch(async (error: Error) => {
    throw new Error(`${error.message}: ${JSON.stringify(await targets().catch(() => 'no answer'))}\n${tail(prometheus)}`);
  });
  await new Promise((resolve) => setTimeout(resolve, 2000));
  const found = await targets();
  await stop(prometheus);
  return found;
}

interface Discovering {
  readonly kubernetes_sd_configs?: readonly object[];
}
interface Configuration {
  readonly scrape_configs: readonly Discovering[];
  readonly alerting?: { readonly alertmanagers: readonly Discovering[] };
}

/** A pod asks the API server of its own cluster; a process on loopback has to be told of one. */
function outsideCluster(text: string, kubeconfig: string): string {
  const { scrape_configs, alerting, ...rest } = parse(text) as Configuration;
  const told = (each: Discovering): Discovering =>
    each.kubernetes_sd_configs === undefined
      ? each
      : { ...each, kubernetes_sd_configs: each.kubernetes_sd_configs.map((discovery) => ({ ...discovery, kubeconfig_file: kubeconfig })) };
  const alertmanagers = alerting === undefined ? {} : { alerting: { ...alerting, alertmanagers: alerting.alertmanagers.map(told) } };
  return stringify(
    { ...rest, ...alertmanagers, scrape_configs: scrape_configs.map((each) => ({ ...told(each), proxy_url: nobody })) },
    { lineWidth: 0 },
  );
}

/** In one order, so that two lists can be compared; the address is one label more. */
export const inOrder = (targets: readonly Target[]): readonly Labels[] =>
  sorted(targets.map(({ url, labels }) => ({ ...labels, ' url': url })));
