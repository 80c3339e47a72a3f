import ForestTiming
import LinuxSystem
import TreeEnsembles

/// Times the reading of model files, and the forest engines on them: CPU nanoseconds per row by batch size.
///
/// Each figure of an engine is the median over repetitions and, in brackets, the smallest; the rows are seeded or come
/// from a file, and the hash over all margins must be the same in every line of a model. Explanations are measured in
/// the same way.
struct ForestBenchmark {
    /// What is measured and how often.
    struct Options {
        /// Paths of model files.
        var models = [
            "model_repository/xgboost_anomaly/1/model.json", "model_repository/catboost_anomaly/1/model.cbm",
            "model_repository/isolation_forest/1/model.onnx",
        ]
        /// Rows per call.
        var batchSizes = [1, 8, 16, 64, 512, 4096]
        var instructionSets = InstructionSet.present
        /// Engines by name, `treeshap` among them; empty: all that take the forest.
        var engines: [String] = []
        /// Rows per repetition, at least.
        var rowCount = 4096
        var repetitions = 3
        /// How many of the values are missing.
        var missingFraction = 0.0
        /// File of rows, float32 in the machine's byte order and row-major, instead of seeded ones.
        var rowsFile: String?
        /// Whether the margins of all rows follow the figures, one row a line, as numbers that are read back exactly.
        var printsMargins = false
    }

    let options: Options

    /// Measures every model; false if one could not be read.
    func run() -> Bool {
        options.models.map(measure).allSatisfy { $0 }
    }

    private func measure(_ path: String) -> Bool {
        do {
            let (ensemble, milliseconds) = try load(path)
            print(
                "\(path): \(ensemble.trainer), \(ensemble.treeCount) trees, \(ensemble.leafCount) leaves, "
                    + "read in \((milliseconds * 10).rounded() / 10) ms of CPU")
            let rows = try makeRows(of: ensemble)
            for instructionSet in options.instructionSets {
                for refusal in TreeEngines.compile(ensemble, instructionSet: instructionSet).refusals {
                    print("  \(instructionSet.rawValue) refused by \(refusal)")
                }
                for engine in TreeEngines.compileAll(ensemble, instructionSet: instructionSet) {
                    let name = engine.name
                    if options.engines.isEmpty || options.engines.contains(name) {
                        measure(engine, name: "\(instructionSet.rawValue) \(name)", rows: rows)
                    }
                }
                if options.engines.contains(Self.explanationName) {
                    explain(ensemble, instructionSet: instructionSet, rows: rows)
                }
            }
            return true
        } catch {
            print("\(path): not measured: \(error)")
            return false
        }
    }

    /// The trees of a file that serve, and the least time that reading it took.
    private func load(_ path: String) throws -> (ensemble: TreeEnsemble, milliseconds: Double) {
        let bytes = try FileSystem.read(path, byteCountLimit: TreeEnsembleLimits.fileByteCount)
        let clock = ThreadProcessorClock()
        let readings = try (0..<options.repetitions).map { _ in
            let start = clock.now()
            let ensemble = try bytes.withBytes { (bytes) throws(TreeEnsembleFault) in
                try TreeEnsembleFormats.load(fileName: path, bytes: bytes)
            }
            return (ensemble: ensemble, nanoseconds: (clock.now() - start).count)
        }
        let least = readings.map(\.nanoseconds).min() ?? 0
        return (readings[0].ensemble.keepingDefaultTrees(), Double(least) / 1e6)
    }

    private func makeRows(of ensemble: TreeEnsemble) throws -> ForestRows {
        guard let file = options.rowsFile else {
            return ForestRows(
                around: ensemble, rowCount: max(options.rowCount, options.batchSizes.max() ?? 1),
                missingFraction: options.missingFraction)
        }
        let content = try FileSystem.read(file, byteCountLimit: ForestTimingLimits.valueCount * 4)
        let values = content.withBytes { bytes in
            (0..<bytes.count / 4).map { index in
                let first = index * 4
                let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[first + $1]) << UInt32(8 * $1) }
                return Float(bitPattern: bits)
            }
        }
        return ForestRows(values, of: ensemble)
    }

    /// What measures explanations when it is given as an engine's name.
    private static let explanationName = "treeshap"

    private var effort: EngineTiming.Effort {
        EngineTiming.Effort(rowsPerCall: options.batchSizes, turnLimit: options.repetitions, budget: nil)
    }

    private func measure(_ engine: any TreeEngine, name: String, rows: ForestRows) {
        let timing = EngineTiming(of: engine, on: rows, effort: effort)
        report(timing, name: name)
        printMargins(timing, rowCount: rows.rowCount, width: engine.marginCount)
    }

    /// Margins or contributions, as numbers that are read back exactly.
    private func printMargins(_ timing: EngineTiming, rowCount: Int, width: Int) {
        guard options.printsMargins else { return }
        for row in 0..<rowCount {
            let margins = timing.margins[row * width..<(row + 1) * width]
            print("  margins \(margins.map { "\($0)" }.joined(separator: " "))")
        }
    }

    private func explain(_ ensemble: TreeEnsemble, instructionSet: InstructionSet, rows: ForestRows) {
        let name = "\(instructionSet.rawValue) \(Self.explanationName)"
        do {
            let evaluator = try ContributionEvaluator(ensemble, instructionSet: instructionSet)
            let timing = EngineTiming(of: evaluator, on: rows, effort: effort)
            report(timing, name: name)
            printMargins(timing, rowCount: rows.rowCount, width: evaluator.rowElementCount)
        } catch {
            print("  \(name): not measured: \(error.message)")
        }
    }

    private func report(_ timing: EngineTiming, name: String) {
        let figures = timing.figures.map { figure in
            let median = Int(figure.processorNanosecondsPerRow.rounded())
            return " \(figure.rowsPerCall): \(median) (\(Int(figure.leastProcessorNanosecondsPerRow.rounded())))"
        }
        let hash = String(timing.marginsHash, radix: 16)
        print("  \(name):\(figures.joined()) CPU ns/row, hash \(hash)")
    }
}
