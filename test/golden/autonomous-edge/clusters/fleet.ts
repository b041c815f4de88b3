import type { Fleet } from '../../../../generated/types/fleet.d.ts';

/** One edge pulls by itself, one is reached through argocd-agent: neither lets anybody in. */
export default {
  name: 'behind-nat',
  repository: { url: 'https://git.example/fleet.git' },
  regions: ['eu'],
  argocd: { namespace: 'gitops' },
} satisfies Fleet;
