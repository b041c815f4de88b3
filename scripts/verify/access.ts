import type { Check, Fault } from './check.ts';
import type { Role } from './manifests.ts';
import type { View } from './view.ts';

function* wildcards({ ofKind }: View): Iterable<Fault> {
  for (const object of ofKind<Role>('Role', 'ClusterRole'))
    for (const { apiGroups = [], resources = [], verbs = [], nonResourceURLs = [] } of object.rules ?? [])
      if ([...apiGroups, ...resources, ...verbs, ...nonResourceURLs].some((text) => text.includes('*')))
        yield { object, message: 'allows "*"' };
}

/** Verbs and resources that lead to everything else: the kubelet's exec, other people's pods, other roles, Secrets. */
const dangerousResources = ['nodes/proxy', 'pods/exec', 'pods/attach', 'pods/portforward', 'secrets', 'serviceaccounts/token'];
const dangerousVerbs = ['escalate', 'bind', 'impersonate'];

function* dangerous({ ofKind }: View): Iterable<Fault> {
  for (const object of ofKind<Role>('Role', 'ClusterRole'))
    for (const { resources = [], verbs = [] } of object.rules ?? [])
      for (const one of [
        ...resources.filter((text) => dangerousResources.includes(text)),
        ...verbs.filter((text) => dangerousVerbs.includes(text)),
      ])
        yield { object, message: `allows ${one}` };
}

/** What scrapes from outside may read the kubelets' metrics and nothing else. */
function* scraper({ ofKind }: View): Iterable<Fault> {
  for (const object of ofKind<Role>('ClusterRole')) {
    if (!object.metadata.name.endsWith('central-scraper')) continue;
    const rules = (object.rules ?? []).map(({ apiGroups, resources, verbs }) => JSON.stringify([apiGroups, resources, verbs]));
    if (rules.join() !== '[[""],["nodes/metrics"],["get"]]') yield { object, message: 'allows something other than to get nodes/metrics' };
  }
}

function* readOnlyPort(view: View): Iterable<Fault> {
  for (const object of view.resources)
    if (/(?<![\w.])10255(?![\w.])/.test(view.text(object)))
      yield { object, message: "names the kubelet's port 10255, which needs no credentials" };
}

const skipsVerification = /insecure_?[sS]kip_?[vV]erify\\?"?: ?true/;

function* unverified(view: View): Iterable<Fault> {
  if (view.context.unsafeSkipVerify) return;
  for (const object of view.resources)
    if (skipsVerification.test(view.text(object))) yield { object, message: 'accepts any certificate, which the inventory does not' };
}

/** In the custom resources each object, in a Prometheus configuration each job, has its own credential. */
function* tokenToAnyone(view: View): Iterable<Fault> {
  for (const object of view.resources) {
    const text = view.text(object);
    if (!skipsVerification.test(text)) continue;
    if (/[aA]uthorization\\?"?\s*:|bearer_?[tT]oken/.test(text)) yield { object, message: 'shows a token to whoever has any certificate' };
  }
}

export const accessChecks: readonly Check[] = [
  { code: 'verify/role-wildcard', find: wildcards },
  { code: 'verify/role-dangerous', find: dangerous },
  { code: 'verify/scraper-role', find: scraper },
  { code: 'verify/read-only-kubelet-port', find: readOnlyPort },
  { code: 'verify/skip-verify', find: unverified },
  { code: 'verify/token-without-verification', severity: 'warning', find: tokenToAnyone },
];
