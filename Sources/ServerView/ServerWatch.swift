package import LinuxSystem

/// Shows what a server does, for `rowan top`.
///
/// On a terminal it draws over the same screen until `q`, Control-C or a signal ends it, and leaves the terminal as it
/// was; elsewhere it writes one table, or one line of JSON, for each interval.
///
/// - Isolation: the main thread.
package struct ServerWatch {
    /// What is written.
    package enum Form: Equatable, Sendable {
        /// A screen where there is a terminal, else tables.
        case automatic
        case tables
        case json
    }

    private var reading: ServerReading
    private let interval: Nanoseconds
    private let form: Form
    private let isOnce: Bool
    private let clock: any MonotonicClock

    /// Prepares to show a server.
    ///
    /// - Parameter interval: between two readings, more than zero.
    /// - Parameter isOnce: whether one interval is enough.
    package init(
        server: ServerAddress, metrics: ServerAddress, interval: Nanoseconds, form: Form, isOnce: Bool,
        source: any PageSource, clock: any MonotonicClock = SystemClock()
    ) {
        precondition(interval > .zero, "between two readings time passes")
        reading = ServerReading(server: server, metrics: metrics, source: source, clock: clock)
        self.interval = interval
        self.form = form
        self.isOnce = isOnce
        self.clock = clock
    }

    /// Shows the server until somebody ends it.
    ///
    /// - Returns: the exit code.
    /// - Throws: why it cannot be shown.
    package mutating func run() throws(ViewFault) -> Int32 {
        let isOnTerminal = Terminal.isThere(behind: .output) && Terminal.isThere(behind: .input)
        // A server that cannot be read is told of in plain words, on the screen that was there before.
        let first = try reading.read()
        precondition(first == nil, "rates need two readings")
        if form == .automatic, isOnTerminal, !isOnce { return try runOnTerminal() }
        return try runPlainly()
    }

    // MARK: Plain

    private mutating func runPlainly() throws(ViewFault) -> Int32 {
        try endAtSignals()
        let intervals = ThreadSemaphore()
        while true {
            // Nobody signals: it is the time that passes.
            _ = intervals.wait(atMost: interval)
            guard let rates = try reading.read() else { continue }
            do {
                try StandardStream.output.write(text(of: rates))
            } catch {
                // Whoever was reading has had enough.
                return 0
            }
            if isOnce { return 0 }
        }
    }

    /// Lets signals end the command well at any time, also while a server lets it wait.
    private func endAtSignals() throws(ViewFault) {
        let signals: SignalSet = [.interrupt, .terminate, .hangUp]
        signals.block()
        do throws(SystemError) {
            _ = try SystemThread(name: "rowan-signals") {
                if signals.wait() != nil { ProcessExit.end(with: 0) }
            }
        } catch {
            throw ViewFault("cannot start a thread: \(error)")
        }
    }

    private func text(of rates: ServerRates) -> String {
        let now = Double(WallClock.nanosecondsSince1970()) / 1e9
        if form == .json { return RatesJSON(rates: rates, standing: reading.standing, now: now).line }
        let columns = Terminal.size(behind: .output)?.columns ?? Self.plainColumns
        let lines = RatesTable(rates: rates, standing: reading.standing, now: now).lines(columns: columns, rows: 0)
        return lines.joined(separator: "\n") + (isOnce ? "\n" : "\n\n")
    }

    /// Columns of a table that is not written to a terminal.
    private static let plainColumns = 120

    // MARK: On a terminal

    private mutating func runOnTerminal() throws(ViewFault) -> Int32 {
        let ending: SignalSet = [.interrupt, .terminate, .hangUp]
        let all = ending.union([.windowChanged, .suspend])
        all.block()
        guard let terminal = Terminal.takeKeyboard() else { return try runPlainly() }
        let screen = TerminalScreen()
        screen.begin()
        defer { screen.end() }
        var rates: ServerRates?
        var fault: String?
        var due = clock.now() + interval
        while true {
            screen.draw(frame(rates, fault))
            // Keys and signals are looked for also where a server answers more slowly than the interval.
            repeat {
                let rest = due - clock.now()
                if let key = terminal.key(timeout: max(.milliseconds(1), min(rest, .milliseconds(100)))),
                    Self.endingKeys.contains(key)
                {
                    return 0
                }
                guard let signal = all.wait(timeout: .zero) else { continue }
                if ending.contains(signal) { return 0 }
                if signal == .windowChanged { screen.draw(frame(rates, fault)) }
            } while clock.now() < due
            due = clock.now() + interval
            do throws(ViewFault) {
                rates = try reading.read() ?? rates
                fault = nil
            } catch {
                fault = error.message
            }
        }
    }

    /// `q`, `Q`, and Control-D, which also stands for a keyboard that has gone.
    private static let endingKeys: [UInt8] = [UInt8(ascii: "q"), UInt8(ascii: "Q"), 4]

    private func frame(_ rates: ServerRates?, _ fault: String?) -> [String] {
        let size = Terminal.size(behind: .output) ?? (columns: Self.plainColumns, rows: 24)
        let now = Double(WallClock.nanosecondsSince1970()) / 1e9
        var lines: [String] = []
        if let fault { lines.append(RatesTable.cut(fault, to: size.columns)) }
        if let rates {
            let table = RatesTable(rates: rates, standing: reading.standing, now: now)
            lines += table.lines(columns: size.columns, rows: max(1, size.rows - lines.count - 1))
        } else {
            lines.append(RatesTable.cut("\(reading.standing.url): the first interval passes", to: size.columns))
        }
        return lines + [RatesTable.cut("q quits", to: size.columns)]
    }
}
