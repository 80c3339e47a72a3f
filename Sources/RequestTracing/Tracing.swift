package import LinuxSystem
package import OpenInferenceProtocol
import OutgoingHTTP
import Synchronization

/// The tracing of a server: its settings, the loops' rings, and the side thread that empties them.
///
/// - Isolation: any thread. The lock of the settings is taken by whoever reads or changes them, and by a loop once
///   after a change; that of the rings when a loop begins and by the side thread.
package final class Tracing: Sendable {
    package let options: TraceOptions
    private let version: String
    package let figures = TracingFigures()
    let sampler: RootSampler
    private let settings: Mutex<TraceSettings>
    private let currentGeneration = Atomic(0)
    private let rings = Mutex<[TraceRing]>([])
    private let news = ThreadSemaphore()
    private let isEnding = Atomic(false)
    /// When whoever waits for the end gives up, in nanoseconds of the monotonic clock.
    private let endBy = Atomic<Int64>(.max)
    /// Ends an attempt to send that is under way when the server ends.
    private let interruption = Interruption()
    private let thread = Mutex<SystemThread?>(nil)
    private let clock: any MonotonicClock

    /// Makes the tracing of a server that has these options; nothing runs before `start`.
    ///
    /// - Parameter version: of this server.
    package init(_ options: TraceOptions, version: String, clock: any MonotonicClock = SystemClock()) {
        self.options = options
        self.version = version
        self.clock = clock
        sampler = options.mode == .openTelemetry ? options.openTelemetry.sampler : RootSampler()
        settings = Mutex(TraceSettings(options.setting, permitsRateZero: options.mode == .openTelemetry))
    }

    /// Whether there is a place for traces; without one, tracing stays off.
    package var isPossible: Bool { options.mode == .openTelemetry || options.file != nil }

    /// Whether a caller's trace is gone on with.
    var readsParents: Bool { options.mode == .openTelemetry }

    // MARK: Loops

    /// Makes the part of one loop.
    package func makeTracer(
        generator: any RandomNumberGenerator = SystemRandomNumberGenerator()
    ) -> RequestTracer {
        let ring = TraceRing(capacity: isPossible ? TracingLimits.ringCapacity : 1)
        rings.withLock { $0.append(ring) }
        return RequestTracer(self, ring, generator: generator)
    }

    /// Changes with every change of the settings.
    var generation: Int { currentGeneration.load(ordering: .relaxed) }

    func withSettings(_ body: (borrowing TraceSettings) -> Void) {
        settings.withLock { body($0) }
    }

    func wake() { news.signal() }

    func loseRecord(_ record: TraceRecord) {
        figures.lose(options.mode == .openTelemetry ? SpanEncoding.spanCount(of: record) : 1, .queueFull)
    }

    // MARK: Settings

    /// Finds out whether the file of traces can be written, where there is one.
    ///
    /// Otherwise only the first trace would find out, long after whoever asked for it has left.
    package func checkFile() throws(SystemError) {
        guard options.mode == .triton, let file = options.file else { return }
        try OutputFile.checkCreating(file)
    }

    /// Changes the settings of a model, or of all.
    ///
    /// - Parameter model: nil for all.
    package func change(_ request: SettingsRequest, model: String?) throws(ProtocolError) {
        let change = try TraceSettingChange(request)
        if change.turnsOn, !isPossible {
            throw ProtocolError(
                .invalidArgument, "Attempting to set invalid trace setting :trace file name is not given")
        }
        if change.turnsOn { try checkFileForClient() }
        try settings.withLock { (settings) throws(ProtocolError) in try settings.apply(change, to: model) }
        currentGeneration.add(1, ordering: .releasing)
    }

    private func checkFileForClient() throws(ProtocolError) {
        do throws(SystemError) {
            try checkFile()
        } catch {
            throw ProtocolError(
                .unavailable,
                "Attempting to set invalid trace setting :the trace file cannot be written: \(error.reason)")
        }
    }

    /// Appends the settings of a model, or of all, as clients read them.
    ///
    /// - Source: Triton `src/http_server.cc`, `HandleTrace`.
    package func appendSettings(model: String?, to buffer: inout ByteBuffer) {
        let setting = settings.withLock { settings in
            (model.map { settings.directive(for: $0) } ?? settings.globalDirective).current
        }
        buffer.append("{\"trace_level\":[\"")
        buffer.append(setting.isOn ? "TIMESTAMPS" : "OFF" as StaticString)
        buffer.append("\"],\"trace_rate\":\"")
        buffer.appendDecimal(setting.rate)
        buffer.append("\",\"trace_count\":\"")
        buffer.appendDecimal(setting.count)
        switch options.mode {
        case .triton:
            buffer.append("\",\"log_frequency\":\"")
            buffer.appendDecimal(setting.logFrequency)
            buffer.append("\",\"trace_file\":")
            buffer.appendJSONString(options.file ?? "")
            buffer.append(",\"trace_mode\":\"triton\"}")
        case .openTelemetry:
            buffer.append("\",\"trace_mode\":\"opentelemetry\",\"url\":")
            buffer.appendJSONString(options.openTelemetry.shownURL)
            buffer.append(",\"bsp_max_queue_size\":\"")
            buffer.appendDecimal(options.openTelemetry.queueSize)
            buffer.append("\",\"bsp_schedule_delay\":\"")
            buffer.appendDecimal(options.openTelemetry.scheduleDelayMilliseconds)
            buffer.append("\",\"bsp_max_export_batch_size\":\"")
            buffer.appendDecimal(options.openTelemetry.batchSize)
            buffer.append("\"}")
        }
    }

    // MARK: The side thread

    /// Starts the side thread, if there is something for it to do.
    ///
    /// - Parameter report: is told about faults, at most once for each time that something breaks or works again.
    package func start(_ report: @escaping @Sendable (TraceReport) -> Void) throws(SystemError) {
        guard isPossible else { return }
        let started = try SystemThread(name: "rowan-traces", priority: .background) { [self] in
            run(makeSink(report))
        }
        thread.withLock { $0 = started }
    }

    private func makeSink(_ report: @escaping (TraceReport) -> Void) -> any TraceSink {
        switch options.mode {
        case .triton:
            return TritonTraceFile(at: options.file ?? "", figures: figures, report: report)
        case .openTelemetry:
            let telemetry = options.openTelemetry
            return SpanExporter(
                telemetry, version: version,
                receiver: HTTPSpanReceiver(telemetry, interruption: interruption),
                isInterrupted: { [interruption] in interruption.isInterrupted },
                lastReceiver: HTTPSpanReceiver(telemetry, interruption: Interruption()),
                SpanExporter.Surroundings(
                    figures: figures, clock: clock, wallClock: WallClock.nanosecondsSince1970, report: report,
                    jitter: { .random(in: 0..<1) }))
        }
    }

    /// Lets the side thread write or send what is left, and waits for it.
    ///
    /// Every loop has ended before.
    ///
    /// - Parameter instant: when to give up.
    package func end(by instant: Nanoseconds) {
        guard let thread = thread.withLock({ $0 }) else { return }
        endBy.store(instant.count, ordering: .relaxed)
        isEnding.store(true, ordering: .releasing)
        interruption.interrupt()
        news.signal()
        thread.join()
    }

    /// How often rings are looked into that are less than half full.
    private var pollInterval: Nanoseconds {
        switch options.mode {
        case .triton: .seconds(1)
        case .openTelemetry: min(.seconds(1), .milliseconds(options.openTelemetry.scheduleDelayMilliseconds))
        }
    }

    private func run(_ sink: any TraceSink) {
        var wait = Nanoseconds.zero
        while true {
            if wait > .zero { _ = news.wait(atMost: wait) }
            let isLast = isEnding.load(ordering: .acquiring)
            for ring in rings.withLock({ $0 }) {
                while let record = ring.take() { sink.take(record) }
            }
            if isLast { return sink.end(by: Nanoseconds(endBy.load(ordering: .relaxed))) }
            let now = clock.now()
            let next = sink.lookedAround(at: now)
            wait = max(.milliseconds(1), min(next - clock.now(), pollInterval))
        }
    }
}
