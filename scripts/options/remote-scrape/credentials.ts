import type { RemoteScrapeEdge } from '../../inventory/inventory.ts';
import type { RequiredSecret } from '../../parts/part.ts';

/** With what the centre scrapes some edges: one Secret, and how it is used. */
export interface Credentials {
  readonly secretName: string;
  readonly kubelet: 'client-certificate' | 'token';
  readonly unsafeSkipVerify: boolean;
}

export const credentialsOf = ({ name, settings, kubelet }: RemoteScrapeEdge): Credentials => ({
  secretName: settings.credentials.secretName ?? `scrape-${name}`,
  kubelet: settings.credentials.kubelet,
  unsafeSkipVerify: kubelet.unsafeSkipVerify,
});

/** Keys of the Secret: for the exporters, and for the kubelets, whose certificate authority is the edge's own. */
export const keys = {
  exporterCa: 'ca.crt',
  exporterCertificate: 'tls.crt',
  exporterKey: 'tls.key',
  kubeletCa: 'kubelet-ca.crt',
  kubeletCertificate: 'kubelet.crt',
  kubeletKey: 'kubelet.key',
  kubeletToken: 'kubelet-token',
} as const;

export const requiredSecret = (
  { secretName, kubelet, unsafeSkipVerify }: Credentials,
  namespace: string,
  edges: readonly string[],
): RequiredSecret => ({
  namespace,
  name: secretName,
  keys: [
    keys.exporterCa,
    keys.exporterCertificate,
    keys.exporterKey,
    ...(unsafeSkipVerify ? [] : [keys.kubeletCa]),
    ...(kubelet === 'token' ? [keys.kubeletToken] : [keys.kubeletCertificate, keys.kubeletKey]),
  ],
  purpose: `Credentials for scraping ${edges.join(', ')}: tls.crt and tls.key for the exporters, whose certificates ca.crt signs; ${
    kubelet === 'token'
      ? 'kubelet-token is the token of the ServiceAccount central-scraper on the edge'
      : "kubelet.crt and kubelet.key with the common name central-scraper, signed by the edge's kubelet client authority"
  }${unsafeSkipVerify ? '' : '; kubelet-ca.crt signs the kubelets’ serving certificates'}.`.replace('’', "'"),
});
