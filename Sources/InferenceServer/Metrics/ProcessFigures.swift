import CloudEvents
import EventLoops
import KnowledgeRetrieval
import LinuxSystem
import RequestTracing

/// Figures of the whole process that stand beside those of the models on the metrics page.
struct ProcessFigures: Sendable {
    /// One loop that serves.
    struct Loop: Sendable {
        var tickCount: UInt64 = 0
        /// Processor time of its thread; nil where the kernel does not tell.
        var processorTime: Nanoseconds?
        var connectionCount: UInt64 = 0
    }

    /// What the whole machine does.
    struct Machine: Sendable {
        /// Busy part of the last interval, 0…1.
        var utilization: Double
        var memoryByteCount: UInt64
        var usedMemoryByteCount: UInt64
    }

    var build: BuildFacts
    var loops: [Loop] = []
    var acceptedConnections: UInt64 = 0
    /// Connections that have ended, by `ConnectionEnd`.
    var closedConnections: [UInt64] = []
    /// Bytes of answers that wait because clients do not take them.
    var unreadAnswerBytes: UInt64 = 0
    var loadedModels: UInt64 = 0
    var failedLoads: UInt64 = 0
    var isOverloaded = false
    var residentBytes: UInt64 = 0
    var virtualBytes: UInt64 = 0
    var openDescriptors: UInt64 = 0
    var descriptorLimit: UInt64 = 0
    var cpuSeconds = 0.0
    var startTimeSeconds = 0.0
    /// Nil where the allocator keeps no statistics.
    var allocator: AllocatorFigures?
    /// Nil where nobody wants them.
    var machine: Machine?
    /// Nil where nothing can be traced.
    var tracing: TracingFigures?
    /// Nil where everybody may call.
    var keys: KeyFigures?

    /// What shadows have shown; empty without any.
    var shadows: [ShadowThread.Figures] = []

    /// What becomes of anomalous rows.
    struct Explanations: Sendable {
        var figures: ExplanationFigures
        /// Rows that found no room.
        var droppedRowCount: UInt64
    }

    /// Nil where no model's rows are explained.
    var explanations: Explanations?

    /// Nil where nothing is known.
    var knowledge: Knowledge?

    /// What is known, and how it is found.
    struct Knowledge: Sendable {
        var figures: KnowledgeFigures
        /// Durations of searches, as `LatencyHistogram` places them.
        var searches: [UInt64]
    }

    /// Of each place that events are brought to.
    var eventSinks: [EventFigures] = []

    /// Nil where no port speaks TLS.
    var security: SecurityFigures?

    /// What is known about TLS.
    struct SecurityFigures: Sendable {
        var certificates: [CertificateFigures] = []
        var reloads: UInt64 = 0
        var failedReloads: UInt64 = 0
        /// By `HandshakeCounters.Success`.
        var completed: [UInt64] = []
        /// By `TLSFault.Kind`.
        var failed: [UInt64] = []
    }

    /// Open connections of the inference port.
    var openConnections: UInt64 { loops.reduce(0) { $0 + $1.connectionCount } }
}
