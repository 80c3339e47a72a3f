import InferenceServer
import LinuxSystem
import ModelMonitoring
import ModelRepository
import OpenInferenceProtocol
import TreeEnsembles

/// Makes a reference for a model from a sample: the features as the sample has them, and the outputs that the model
/// gives for it.
struct DriftReferenceCommand {
    /// Why there is no reference.
    struct Fault: Error {
        var sentence: String
    }

    private let options: DriftReferenceOptions

    init(_ options: DriftReferenceOptions) { self.options = options }

    /// Rows that are evaluated at a time.
    private static let blockRowCount = 4_096
    /// Elements of an output that are watched at most: classes of a problem with a few.
    private static let watchedElements = 16

    /// Writes the reference.
    ///
    /// - Returns: what is to be printed: the reference, or where it was written.
    func run() throws(Fault) -> String {
        let model = try loadModel()
        let table = try arranged(try readSample(), for: model.signature)
        guard DriftLimits.referenceRows.contains(UInt64(table.rowCount)) else {
            throw Fault(
                sentence: "\(options.sample): \(table.rowCount) rows, a reference needs "
                    + "\(DriftLimits.referenceRows.lowerBound) or more")
        }
        var reference = DriftReference(
            rowCount: UInt64(table.rowCount), features: try features(of: table, model.signature))
        predict(table, with: model, into: &reference)
        return try write(reference)
    }

    // MARK: Reading

    private func loadModel() throws(Fault) -> ServedModel {
        let parts = options.model.split(separator: "/").last.map { String($0) }
        let name = parts.flatMap { ModelName.isSafe($0) ? $0 : nil } ?? "model"
        let loaded = RepositoryLoader(instructionSet: InstructionSet.detect(), readsReferences: false)
            .load(repositories: [], models: [(name: name, path: options.model)])
        if let fault = loaded.report.faults.first { throw Fault(sentence: "\(fault)") }
        guard let model = loaded.table.servedModels.last else {
            throw Fault(sentence: "\(options.model): there is no model")
        }
        guard model.members.isEmpty else {
            throw Fault(sentence: "\(options.model): the rows of an ensemble are not watched: name one of its models")
        }
        return model
    }

    private func readSample() throws(Fault) -> SampleTable {
        let content: ByteBuffer
        do throws(FileFault) {
            content = try FileSystem.read(options.sample, byteCountLimit: DriftLimits.sampleByteCount)
        } catch {
            throw Fault(sentence: "\(options.sample): \(error)")
        }
        if content.withBytes({ $0.count >= 4 && $0.matches(0..<4, "PAR1") }) {
            throw Fault(
                sentence: "\(options.sample) is Parquet, which this command does not read: make it CSV with "
                    + "`python training/parquet_to_csv.py \(options.sample) sample.csv` (needs pyarrow)")
        }
        do throws(SampleFault) {
            return try content.withBytes { (bytes) throws(SampleFault) in
                bytes.count > 0 && bytes[0] == 0x93
                    ? try SampleTable.read(npy: bytes) : try SampleTable.read(csv: bytes)
            }
        } catch {
            throw Fault(sentence: options.sample + (error.line.map { ":\($0)" } ?? "") + ": " + error.sentence)
        }
    }

    /// The columns in the order of the model's features, chosen by name where both have names.
    private func arranged(_ table: SampleTable, for signature: ModelSignature) throws(Fault) -> SampleTable {
        let names = signature.input.featureNames.names
        let count = signature.input.featureCount
        guard !names.isEmpty, !table.columnNames.isEmpty else {
            guard table.columnCount == count else {
                throw Fault(
                    sentence: "\(options.sample): \(table.columnCount) columns, the model takes \(count) features")
            }
            return table
        }
        var places: [Int] = []
        for name in names {
            guard let place = table.columnNames.firstIndex(of: name) else {
                throw Fault(sentence: "\(options.sample): no column '\(name)', which the model takes")
            }
            places.append(place)
        }
        var values: [Double] = []
        values.reserveCapacity(table.rowCount * places.count)
        for row in 0..<table.rowCount {
            for place in places { values.append(table.values[row * table.columnCount + place]) }
        }
        return SampleTable(columnNames: names, columnCount: places.count, values: values)
    }

    // MARK: Describing

    private func features(
        of table: SampleTable, _ signature: ModelSignature
    ) throws(Fault) -> [DriftReference.Variable] {
        let names =
            signature.input.featureNames.names.isEmpty ? table.columnNames : signature.input.featureNames.names
        for name in options.categorical where !names.contains(name) {
            throw Fault(sentence: "--categorical names '\(name)', which is no feature")
        }
        var features: [DriftReference.Variable] = []
        for column in 0..<table.columnCount {
            let name = names.isEmpty ? "\(column)" : names[column]
            // In the precision in which the model sees them.
            let values = table.column(column).map { signature.input.isWide ? $0 : Double(Float($0)) }
            guard options.categorical.contains(name) else {
                features.append(DriftReferenceBuilder.bins(of: values, name: name, binCount: options.binCount))
                continue
            }
            guard let variable = DriftReferenceBuilder.categories(of: values, name: name) else {
                throw Fault(sentence: "feature '\(name)' has more than \(DriftLimits.categoryCount) categories")
            }
            features.append(variable)
        }
        return features
    }

    private func predict(_ table: SampleTable, with model: ServedModel, into reference: inout DriftReference) {
        let watched = watchedOutput(of: model.signature)
        let workspace = model.engine.makeWorkspace(rowCapacity: Self.blockRowCount)
        let shown = watched.map { 1 << UInt64($0.index) } ?? model.signature.defaultOutputs
        let wanted = shown | (model.anomaly?.wanted ?? 0)
        var values = Array(repeating: [Double](), count: watched?.elements.count ?? 0)
        var positives: Int? = 0
        for first in stride(from: 0, to: table.rowCount, by: Self.blockRowCount) {
            let rows = first..<min(first + Self.blockRowCount, table.rowCount)
            var matrix = FeatureMatrix(for: model.signature.input, rowCapacity: rows.count)
            fill(&matrix, with: table, rows)
            workspace.evaluate(matrix, wanted: wanted)
            let count =
                model.anomaly?.firingRowCount(workspace.outputs, rows: 0..<rows.count)
                ?? workspace.positiveRowCount(of: 0..<rows.count, wanted: wanted)
            positives = positives.flatMap { sum in count.map { sum + $0 } }
            guard let watched else { continue }
            append(workspace.outputs[watched.index], watched.elements, to: &values)
        }
        if let watched {
            let name = model.signature.outputs[watched.index].name
            reference.outputs = zip(watched.elements, values).map { element, values in
                DriftReferenceBuilder.bins(of: values, name: name, element: element, binCount: options.binCount)
            }
        }
        reference.anomalyRate = positives.map { Double($0) / Double(table.rowCount) }
    }

    /// The output whose distribution says most: probabilities, else a score, else a margin.
    private func watchedOutput(of signature: ModelSignature) -> (index: Int, elements: [Int])? {
        for name in ["probabilities", "score", "margin", "output__0"] {
            guard let index = signature.outputs.firstIndex(where: { $0.name == name }) else { continue }
            let count = signature.elementsPerRow[index]
            // Of two probabilities one says everything.
            let isPair = name == "probabilities" && count == 2
            return (index, isPair ? [1] : Array(0..<min(count, Self.watchedElements)))
        }
        return nil
    }

    private func fill(_ matrix: inout FeatureMatrix, with table: SampleTable, _ rows: Range<Int>) {
        let elements = rows.lowerBound * table.columnCount..<rows.upperBound * table.columnCount
        if matrix.isWide {
            matrix.withWideTail(rows: rows.count) { tail in
                for (place, element) in elements.enumerated() { tail[place] = table.values[element] }
            }
        } else {
            matrix.withTail(rows: rows.count) { tail in
                for (place, element) in elements.enumerated() { tail[place] = Float(table.values[element]) }
            }
        }
        matrix.advance(by: rows.count)
    }

    private func append(_ output: OutputColumn, _ elements: [Int], to values: inout [[Double]]) {
        let width = output.elementsPerRow
        for (place, element) in elements.enumerated() {
            if output.metadata.datatype == .float64 {
                output.withDoubles { all in
                    for row in stride(from: element, to: all.count, by: width) { values[place].append(all[row]) }
                }
            } else {
                output.withFloats { all in
                    for row in stride(from: element, to: all.count, by: width) {
                        values[place].append(Double(all[row]))
                    }
                }
            }
        }
    }

    // MARK: Writing

    private func write(_ reference: DriftReference) throws(Fault) -> String {
        if options.output == "-" { return reference.text }
        var path = options.output ?? options.model + "/reference.json"
        if options.output == nil, (try? FileStatus(of: options.model).kind) != .directory {
            path =
                options.model.split(separator: "/", omittingEmptySubsequences: false).dropLast()
                .map { String($0) + "/" }.joined() + "reference.json"
        }
        do throws(SystemError) {
            let bytes = Array(reference.text.utf8)
            try OutputFile(creating: path).write(bytes.span, at: 0)
        } catch {
            throw Fault(sentence: "\(path): \(error.reason)")
        }
        return "\(path): \(reference.rowCount) rows, \(reference.features.count) features, "
            + "\(reference.outputs.count) outputs\n"
    }
}
