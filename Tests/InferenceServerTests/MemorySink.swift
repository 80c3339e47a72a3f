import LinuxSystem
import Synchronization

@testable import InferenceServer

/// Keeps the lines of a log, and does with them what the test has scripted.
final class MemorySink: EventSink {
    private struct State {
        var lines: [String] = []
        var outcomes: [LineOutput.Outcome] = []
    }
    private let state = Mutex(State())

    /// The lines that were taken, each with its newline.
    var lines: [String] { state.withLock { $0.lines } }

    /// Decides what becomes of the next lines; afterwards all are written.
    func script(_ outcomes: LineOutput.Outcome...) {
        state.withLock { $0.outcomes += outcomes }
    }

    func write(_ line: Span<UInt8>) -> LineOutput.Outcome {
        var text: [UInt8] = []
        for index in line.indices { text.append(line[index]) }
        return state.withLock { [text] state in
            let outcome = state.outcomes.isEmpty ? .written : state.outcomes.removeFirst()
            switch outcome {
            case .written: state.lines.append(String(decoding: text, as: UTF8.self))
            case .cut(let byteCount): state.lines.append(String(decoding: text.prefix(byteCount), as: UTF8.self))
            case .wouldWait, .failed: break
            }
            return outcome
        }
    }
}

/// A time of day that stands still until a test moves it.
final class ManualWallClock: Sendable {
    private let time = Mutex<Int64>(0)

    func advance(seconds: Int64) {
        time.withLock { $0 += seconds * 1_000_000_000 }
    }

    var nanoseconds: Int64 { time.withLock { $0 } }
}
