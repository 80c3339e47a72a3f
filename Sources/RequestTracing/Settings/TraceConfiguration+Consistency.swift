extension TraceConfiguration {
    /// What does not fit together, as one sentence with the remedy; nil if everything does.
    package var contradiction: String? {
        if options.mode == .triton, options.setting.isOn {
            if options.file == nil {
                return
                    "--trace-config level=TIMESTAMPS needs a place for traces: give --trace-config triton,file=FILE, "
                    + "or --trace-config mode=opentelemetry."
            }
            if options.setting.rate == 0 {
                return "--trace-config rate=0 traces nothing in mode triton: give a rate from 1 on, or leave the level "
                    + "out."
            }
        }
        if options.openTelemetry.batchSize > options.openTelemetry.queueSize {
            return "bsp_max_export_batch_size is \(options.openTelemetry.batchSize) and bsp_max_queue_size "
                + "\(options.openTelemetry.queueSize): give the batch at most the size of the queue."
        }
        return nil
    }

    /// What an operator should hear though it is permitted.
    package var notice: String? {
        guard options.mode == .openTelemetry || options.file != nil, !namesLevel else { return nil }
        return
            "nothing is traced until the level is TIMESTAMPS: give --trace-config level=TIMESTAMPS, or set trace_level "
            + "at /v2/trace/setting"
    }
}
