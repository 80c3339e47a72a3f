import Glibc
import LinuxSystem
import TestSupport
import TreeEnsembles

/// Times the reading of model files, and the forest engines on them: CPU nanoseconds per row by batch size.
///
/// Each figure of an engine is the median over repetitions and, in brackets, the smallest; the rows are seeded, and the
/// hash over all margins must be the same in every line of a model. Explanations are measured in the same way.
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
        /// One value in this many is missing; 0: none.
        var missingChance = 0
    }

    let options: Options

    /// Measures every model.
    func run() {
        for path in options.models {
            guard let (ensemble, milliseconds) = load(path) else { continue }
            print(
                "\(path): \(ensemble.trainer), \(ensemble.treeCount) trees, \(ensemble.leafCount) leaves, "
                    + "read in \((milliseconds * 10).rounded() / 10) ms of CPU")
            let rows = makeRows(featureCount: ensemble.featureCount)
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
        }
    }

    /// The forest of a file, and the least time that reading it took.
    private func load(_ path: String) -> (ensemble: TreeEnsemble, milliseconds: Double)? {
        do {
            let bytes = try FileSystem.read(path, byteCountLimit: TreeEnsembleLimits.fileByteCount)
            var best: (ensemble: TreeEnsemble, milliseconds: Double)?
            for _ in 0..<options.repetitions {
                let start = Self.threadNanoseconds()
                let ensemble = try bytes.withBytes { (bytes) throws(TreeEnsembleFault) in
                    try TreeEnsembleFormats.load(fileName: path, bytes: bytes)
                }
                let milliseconds = (Self.threadNanoseconds() - start) / 1e6
                if milliseconds < best?.milliseconds ?? .infinity { best = (ensemble, milliseconds) }
            }
            return best
        } catch {
            print("\(path): not measured: \(error)")
            return nil
        }
    }

    /// Rows between the smallest and the largest values that telemetry has, seeded.
    private func makeRows(featureCount: Int) -> [Float] {
        var generator = SeededGenerator(seed: 7)
        let count = max(options.rowCount, options.batchSizes.max() ?? 1)
        return (0..<count * featureCount).map { _ in
            if options.missingChance > 0 && generator.chance(oneIn: options.missingChance) { return .nan }
            return Float.random(in: 0...100, using: &generator)
        }
    }

    /// What measures explanations when it is given as an engine's name.
    private static let explanationName = "treeshap"

    private func measure(_ engine: any TreeEngine, name: String, rows: [Float]) {
        let scratch = engine.makeScratch()
        measure(name, rows: rows, featureCount: engine.featureCount, elementsPerRow: engine.marginCount) {
            engine.evaluate(rows: $0, rowCount: $1, scratch: scratch, margins: &$2)
        }
    }

    private func explain(_ ensemble: TreeEnsemble, instructionSet: InstructionSet, rows: [Float]) {
        let name = "\(instructionSet.rawValue) \(Self.explanationName)"
        do {
            let evaluator = try ContributionEvaluator(ensemble, instructionSet: instructionSet)
            let scratch = evaluator.makeScratch()
            measure(
                name, rows: rows, featureCount: evaluator.featureCount, elementsPerRow: evaluator.rowElementCount
            ) {
                evaluator.evaluate(rows: $0, rowCount: $1, scratch: scratch, contributions: &$2)
            }
        } catch {
            print("  \(name): not measured: \(error.message)")
        }
    }

    private func measure(
        _ name: String, rows: [Float], featureCount: Int, elementsPerRow: Int,
        _ evaluate: (Span<Float>, Int, inout MutableSpan<Double>) -> Void
    ) {
        let rowCount = rows.count / max(featureCount, 1)
        var results = AlignedArray<Double>(count: rowCount * elementsPerRow, repeating: 0)
        var batchResults = AlignedArray<Double>(
            count: (options.batchSizes.max() ?? 1) * elementsPerRow, repeating: 0)
        var line = "  \(name):"
        for batchSize in options.batchSizes {
            var times: [Double] = []
            for _ in 0..<options.repetitions {
                let start = Self.threadNanoseconds()
                for first in stride(from: 0, to: rowCount, by: batchSize) {
                    let end = min(first + batchSize, rowCount)
                    batchResults.withMutableSpan { span in
                        evaluate(
                            rows.span.extracting(first * featureCount..<end * featureCount), end - first, &span)
                    }
                    for index in 0..<(end - first) * elementsPerRow {
                        results[first * elementsPerRow + index] = batchResults[index]
                    }
                }
                times.append((Self.threadNanoseconds() - start) / Double(rowCount))
            }
            times.sort()
            line += " \(batchSize): \(Int(times[times.count / 2].rounded())) (\(Int(times[0].rounded())))"
        }
        print("\(line) CPU ns/row, hash \(String(Self.hash(results.span), radix: 16))")
    }

    /// FNV-1a over the bits of all results.
    private static func hash(_ results: Span<Double>) -> UInt64 {
        results.indices.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ results[$1].bitPattern) &* 0x100_0000_01B3 }
    }

    private static func threadNanoseconds() -> Double {
        var time = timespec()
        // The structure is the one that the call fills.
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
    }
}
