import type { RuntimeOptions, WorkerPlugin } from '@temporalio/worker';

/** Metrics of the worker and its workflows for Prometheus, where `NEXTUNE_METRICS_ADDRESS` (`127.0.0.1:9464`) asks for them. */
export const metricsOptions = (env: NodeJS.ProcessEnv): Pick<RuntimeOptions, 'telemetryOptions'> => {
  const bindAddress = env.NEXTUNE_METRICS_ADDRESS;
  return bindAddress ? { telemetryOptions: { metrics: { prometheus: { bindAddress, unitSuffix: true } } } } : {};
};

export interface Tracing {
  plugin: WorkerPlugin;
  /** Sends what is left. */
  close(): Promise<void>;
}

/**
 * Spans of workflows and activities over OTLP, where OpenTelemetry's own variable asks for them: `OTEL_EXPORTER_OTLP_ENDPOINT` or
 * `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`. Undefined without them.
 */
export const openTracing = async (env: NodeJS.ProcessEnv): Promise<Tracing | undefined> => {
  if (!env.OTEL_EXPORTER_OTLP_ENDPOINT && !env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT) return undefined;
  // Loaded now: a worker without traces starts without them.
  const [{ OTLPTraceExporter }, { Resource }, { BasicTracerProvider, BatchSpanProcessor }, { OpenTelemetryPlugin }] =
    await Promise.all([
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
      import('@opentelemetry/sdk-trace-base'),
      import('@temporalio/interceptors-opentelemetry'),
    ]);
  const resource = new Resource({ 'service.name': env.OTEL_SERVICE_NAME ?? 'nextune-worker' });
  const spanProcessor = new BatchSpanProcessor(new OTLPTraceExporter());
  const provider = new BasicTracerProvider({ resource, spanProcessors: [spanProcessor] });
  provider.register();
  const plugin = new OpenTelemetryPlugin({ resource, spanProcessor, tracer: provider.getTracer('nextune') });
  return { plugin, close: () => provider.shutdown() };
};
