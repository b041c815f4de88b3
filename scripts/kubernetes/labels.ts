/** The two labels that find the pods of a workload; they never change, since selectors are immutable. */
export const selector = (name: string) => ({ 'app.kubernetes.io/name': name, 'app.kubernetes.io/part-of': 'fleetc' });

/** Labels of an object of the workload `name`: its selector, what the workload is to the fleet, and who wrote the object. */
export const labels = (name: string, component?: string) => ({
  'app.kubernetes.io/name': name,
  ...(component === undefined ? {} : { 'app.kubernetes.io/component': component }),
  'app.kubernetes.io/part-of': 'fleetc',
  'app.kubernetes.io/managed-by': 'fleetc',
});

/** The central Prometheus takes the ScrapeConfigs, ServiceMonitors and PodMonitors that bear this label. */
export const scrapedByCentre = { 'fleetc.dev/scrape': 'central' };

/** Who evaluates a PrometheusRule: the Ruler those about the `fleet`, the central Prometheus those about the centre itself. */
export const evaluatedBy = {
  ruler: { 'fleetc.dev/rules': 'fleet' },
  centralPrometheus: { 'fleetc.dev/rules': 'central' },
};
