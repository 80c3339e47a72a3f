package import LinuxSystem
import OpenInferenceProtocol
package import TreeEnsembles

/// What `rowan bench` says of a model: the forest, the engine that serves it and why better ones do not, and what a row
/// costs.
package struct TimingReport: Sendable {
    /// What is measured and on which rows.
    package struct Options: Sendable {
        /// Kernels to take; this machine has them.
        package var instructionSet: InstructionSet
        /// Empty: `usualRowsPerCall`.
        package var rowsPerCall: [Int] = []
        /// How many of the rows' values are missing, 0…1.
        package var missingFraction = 0.0

        package init(instructionSet: InstructionSet, rowsPerCall: [Int] = [], missingFraction: Double = 0) {
            self.instructionSet = instructionSet
            self.rowsPerCall = rowsPerCall
            self.missingFraction = missingFraction
        }
    }

    /// More rows in a call than the limit of values permits for this many features.
    package struct TooManyRows: Error, Equatable, CustomStringConvertible {
        package let rowsPerCall: Int
        package let featureCount: Int

        /// One sentence with the remedy.
        package var description: String {
            "\(rowsPerCall) rows of \(featureCount) features are more than the limit of "
                + "\(ForestTimingLimits.valueCount) values: give --rows-per-call at most "
                + "\(ForestTimingLimits.valueCount / max(featureCount, 1))"
        }
    }

    /// Batch sizes that are measured where none is asked for.
    package static let usualRowsPerCall = [1, 8, 64, 512, 4096]
    private static let budget = Nanoseconds.seconds(3)
    /// Medians of more turns differ by less than machines do from themselves.
    private static let turnLimit = 101
    private static let rowCount = 4096

    let path: String
    let format: String
    let ensemble: TreeEnsemble
    let options: Options
    let engineName: String
    let refusals: [EngineRefusal]
    let rowCount: Int
    let timing: EngineTiming

    /// Measures a forest, in a few seconds.
    ///
    /// - Parameter path: the model, as the report names it.
    /// - Parameter format: the format of its file.
    /// - Throws: where the rows of a call that is asked for do not fit the limit.
    package init(
        path: String, format: String, ensemble: TreeEnsemble, options: Options,
        clock: any MonotonicClock = SystemClock()
    ) throws(TooManyRows) {
        self.path = path
        self.format = format
        self.ensemble = ensemble
        self.options = options
        let rowLimit = ForestTimingLimits.valueCount / max(ensemble.featureCount, 1)
        if let tooMany = options.rowsPerCall.first(where: { $0 > rowLimit }) {
            throw TooManyRows(rowsPerCall: tooMany, featureCount: ensemble.featureCount)
        }
        let sizes = options.rowsPerCall.isEmpty ? Self.usualRowsPerCall.filter { $0 <= rowLimit } : options.rowsPerCall
        rowCount = max(min(Self.rowCount, rowLimit), sizes.max() ?? 1)
        let choice = TreeEngines.compile(ensemble, instructionSet: options.instructionSet)
        engineName = choice.engine.name
        refusals = choice.refusals
        let rows = ForestRows(around: ensemble, rowCount: rowCount, missingFraction: options.missingFraction)
        let effort = EngineTiming.Effort(rowsPerCall: sizes, turnLimit: Self.turnLimit, budget: Self.budget)
        timing = EngineTiming(of: choice.engine, on: rows, effort: effort, clock: clock)
    }

    private var datatype: StaticString { ensemble.inputPrecision == .float64 ? "FP64" : "FP32" }

    private var hash: String {
        let digits = String(timing.marginsHash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

// MARK: For people

extension TimingReport {
    /// The report for people.
    package var text: String {
        var text = """
            \(path): \(format), trained by \(ensemble.trainer)
            \(Self.count(ensemble.treeCount, "tree")), \(Self.count(ensemble.leafCount, "leaf", "leaves")), \
            \(Self.count(ensemble.featureCount, "feature")), \(Self.count(ensemble.marginCount, "margin")) per row
            engine \(engineName), instruction set \(options.instructionSet.rawValue)

            """
        for refusal in refusals { text += "refused by \(refusal)\n" }
        text += "\(rowCount) rows of \(datatype) around the model's thresholds"
        if options.missingFraction > 0 { text += ", \(options.missingFraction) of the values missing" }
        text += "; one thread, medians\n\n"
        text += Self.line("rows per call", "CPU ns per row", "rows per second")
        for figure in timing.figures {
            text += Self.line(
                "\(figure.rowsPerCall)", Self.figure(figure.processorNanosecondsPerRow),
                Self.grouped(figure.rowsPerSecond))
        }
        for size in timing.tooSlow { text += Self.line("\(size)", "too slow", "a call takes seconds") }
        let comparedRowCount = timing.margins.count / max(ensemble.marginCount, 1)
        let part = comparedRowCount < rowCount ? " over the first \(comparedRowCount) rows" : ""
        return text + "\nmargins are the same at every batch size, hash \(hash)\(part)\n"
    }

    private static func count(_ number: Int, _ noun: String, _ plural: String? = nil) -> String {
        "\(grouped(Double(number))) \(number == 1 ? noun : plural ?? noun + "s")"
    }

    /// A figure with one decimal where that says something.
    private static func figure(_ number: Double) -> String {
        number < 100 ? "\((number * 10).rounded() / 10)" : grouped(number)
    }

    /// A whole number with its thousands apart.
    private static func grouped(_ number: Double) -> String {
        let digits = Array("\(Int64(number.rounded()))")
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text += "," }
            text.append(digit)
        }
        return text
    }

    private static func line(_ cells: String...) -> String {
        cells.map { String(repeating: " ", count: max(0, columnWidth - $0.count)) + $0 }.joined() + "\n"
    }

    private static let columnWidth = 18
}

// MARK: For programs

extension TimingReport {
    /// The report for programs: one JSON object on one line.
    package var json: String {
        var line = ByteBuffer()
        line.append("{\"model\":")
        line.appendJSONString(path)
        line.append(",\"format\":")
        line.appendJSONString(format)
        line.append(",\"trainer\":")
        line.appendJSONString(ensemble.trainer)
        line.append(",\"trees\":\(ensemble.treeCount),\"leaves\":\(ensemble.leafCount)")
        line.append(",\"features\":\(ensemble.featureCount),\"margins\":\(ensemble.marginCount),\"engine\":")
        line.appendJSONString(engineName)
        line.append(",\"isa\":\"\(options.instructionSet.rawValue)\",\"refused\":[")
        for (index, refusal) in refusals.enumerated() {
            if index > 0 { line.append(",") }
            line.appendJSONString(refusal.message)
        }
        line.append("],\"rows\":\(rowCount),\"datatype\":\"\(datatype)\"")
        line.append(",\"missing_fraction\":\(options.missingFraction),\"margins_hash\":\"\(hash)\",\"figures\":[")
        for (index, figure) in timing.figures.enumerated() {
            line.append(index > 0 ? ",{" : "{")
            line.append("\"rows_per_call\":\(figure.rowsPerCall),\"turns\":\(figure.turnCount)")
            line.append(",\"cpu_ns_per_row\":\(figure.processorNanosecondsPerRow)")
            line.append(",\"least_cpu_ns_per_row\":\(figure.leastProcessorNanosecondsPerRow)")
            line.append(",\"rows_per_second\":\(figure.rowsPerSecond)}")
        }
        line.append("],\"too_slow\":[\(timing.tooSlow.map { "\($0)" }.joined(separator: ","))]}\n")
        return line.withBytes { $0.text($0.indices) }
    }
}
