import LinuxSystem

/// Counts what costs a server more than its client: resets of requests in work, and frames that ask for nothing.
///
/// Each kind has an allowance that is restored as time passes, and that work done for the client restores too: whoever
/// gets many answers also sends many window updates, and may. A client beyond its allowance is told ENHANCE_YOUR_CALM.
///
/// Pure: events come with the instant at which they happened.
///
/// - Complexity: a few additions per frame.
/// - Source: the attacks of CVE-2019-9511 to 9518 (floods of PING, SETTINGS, PRIORITY, empty DATA, WINDOW_UPDATE) and
///   CVE-2023-44487 (rapid reset). The allowance is the generic cell rate algorithm of ITU-T I.371.
struct HTTP2FloodMeter: Equatable {
    /// What a client can send in excess.
    enum Event: CaseIterable {
        /// RST_STREAM of a request that is not answered, or a fault that makes the server reset it.
        case reset
        /// SETTINGS must be acknowledged.
        case settings
        /// So must PING.
        case ping
        case windowUpdate
        case priority
        /// DATA without bytes that does not end its stream.
        case emptyData
        /// A stream beyond those that may be open at a time.
        case refusedStream
        /// Frames without effect, but for unknown ones, which cost only their reading; fields behind those that are
        /// accepted.
        case other

        /// What it takes of the allowance for control frames.
        var cost: Int64 {
            switch self {
            case .reset: 0
            case .settings: 8
            case .refusedStream: 4
            case .ping: 2
            case .windowUpdate, .priority, .emptyData, .other: 1
            }
        }
    }

    /// What an event makes the server do, in units of about a third of a microsecond.
    private static func work(of event: Event) -> Int {
        switch event {
        case .reset: 8
        case .settings, .refusedStream: 4
        case .ping: 2
        case .windowUpdate, .priority, .emptyData, .other: 1
        }
    }

    /// Control frames that an answer restores: it may be followed by window updates, and clients measure with PING.
    static let framesPerAnswer: Int64 = 8
    /// Bytes in either direction that restore one control frame.
    static let bytesPerFrame = 1_024

    /// An allowance of a number of units that is restored at a rate.
    private struct Allowance: Equatable {
        let nanosecondsPerUnit: Int64
        let burstNanoseconds: Int64
        /// When everything that was taken would have been restored.
        private var full = Int64.min

        init(burst: Int, perSecond: Int) {
            nanosecondsPerUnit = 1_000_000_000 / Int64(perSecond)
            burstNanoseconds = nanosecondsPerUnit * Int64(burst)
        }

        /// Takes units; false if there were not as many.
        mutating func take(_ count: Int64, at now: Nanoseconds) -> Bool {
            full = max(full, now.count) + nanosecondsPerUnit * count
            return full - now.count <= burstNanoseconds
        }

        mutating func restore(_ count: Int64) {
            // What was never taken cannot be restored: the past is cut off when something is taken.
            if full != .min { full -= nanosecondsPerUnit * count }
        }
    }

    private var resets: Allowance
    private var controls: Allowance
    private var movedByteCount = 0
    /// Whether the client has gone too far, once and for all.
    private(set) var isExceeded = false
    /// What all events together have made the server do; nothing restores it.
    private(set) var work = 0

    init(_ limits: HTTP2Limits) {
        resets = Allowance(burst: limits.resetBurst, perSecond: limits.resetsPerSecond)
        controls = Allowance(burst: limits.controlFrameBurst, perSecond: limits.controlFramesPerSecond)
    }

    /// Counts an event.
    mutating func received(_ event: Event, at now: Nanoseconds) {
        work += Self.work(of: event)
        let isWithin = event == .reset ? resets.take(1, at: now) : controls.take(event.cost, at: now)
        if !isWithin { isExceeded = true }
    }

    /// A request was answered.
    mutating func requestAnswered() {
        resets.restore(1)
        controls.restore(Self.framesPerAnswer)
    }

    /// Bytes of a body have been received or sent.
    mutating func bytesMoved(_ byteCount: Int) {
        movedByteCount += byteCount
        guard movedByteCount >= Self.bytesPerFrame else { return }
        controls.restore(Int64(movedByteCount / Self.bytesPerFrame))
        movedByteCount %= Self.bytesPerFrame
    }
}
