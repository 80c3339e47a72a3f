import Synchronization

/// What the process counts that belongs to no model and no loop, and where the loops' own counters are.
///
/// - Isolation: any thread.
final class ServerCounters: Sendable {
    private let loaded = Atomic<UInt64>(0)
    private let failed = Atomic<UInt64>(0)
    private let reloaded = Atomic<UInt64>(0)
    private let failedReloads = Atomic<UInt64>(0)
    private let shownCertificates = Mutex<[CertificateFigures]>([])
    private let handshakeCounters = Mutex<[HandshakeCounters]>([])
    private let loopMetrics = Mutex<[Int: LoopMetrics]>([:])

    /// Counts versions that were loaded, and loads of models or versions that failed.
    func loadsEnded(successes: Int, failures: Int) {
        loaded.add(UInt64(successes), ordering: .relaxed)
        failed.add(UInt64(failures), ordering: .relaxed)
    }

    var loadedCount: UInt64 { loaded.load(ordering: .relaxed) }
    var failedLoadCount: UInt64 { failed.load(ordering: .relaxed) }

    /// Counts files of a port's TLS that were read anew, or could not be used.
    func certificatesReloaded(succeeded: Bool) {
        if succeeded {
            reloaded.add(1, ordering: .relaxed)
        } else {
            failedReloads.add(1, ordering: .relaxed)
        }
    }

    var certificateReloadCount: UInt64 { reloaded.load(ordering: .relaxed) }
    var failedCertificateReloadCount: UInt64 { failedReloads.load(ordering: .relaxed) }

    /// Notes which certificates are in use.
    func show(_ certificates: [CertificateFigures]) { shownCertificates.withLock { $0 = certificates } }

    var certificates: [CertificateFigures] { shownCertificates.withLock { $0 } }

    /// Makes counters of handshakes for a loop that begins.
    func makeHandshakeCounters() -> HandshakeCounters {
        let counters = HandshakeCounters()
        handshakeCounters.withLock { $0.append(counters) }
        return counters
    }

    var handshakes: [HandshakeCounters] { handshakeCounters.withLock { $0 } }

    /// Notes the counters of a loop that begins.
    func loopBegan(_ index: Int, _ metrics: LoopMetrics) { loopMetrics.withLock { $0[index] = metrics } }

    /// The counters of every loop that has begun, by its number.
    var loops: [Int: LoopMetrics] { loopMetrics.withLock { $0 } }
}
