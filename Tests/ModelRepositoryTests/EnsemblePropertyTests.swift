import LinuxSystem
import OpenInferenceProtocol
import TestSupport
import Testing

@testable import ModelRepository

/// Random ensembles of random forests against a client that calls the models one after another.
///
/// The client knows nothing of ensembles: it sends each model a request with binary tensors, read by the reader of
/// requests, and takes the answer's bytes as the next model's tensors.
struct EnsemblePropertyTests {
    /// A tensor on the wire.
    private struct Tensor {
        var datatype: Datatype
        /// Dimensions behind the rows.
        var dims: [Int]
        var bytes: [UInt8] = []

        var width: Int { dims.reduce(1, *) }
    }

    private struct Step {
        var model: String
        var inputs: [(name: String, tensor: String)]
        var outputs: [(name: String, tensor: String)]
    }

    /// What was written to the folder.
    private struct Ensemble {
        var inputs: [(name: String, tensor: Tensor)] = []
        var steps: [Step] = []
        var outputs: [(name: String, tensor: Tensor)] = []
        /// Whether models of float64, of float32 or both read an input.
        var readers: [String: Set<Bool>] = [:]

        /// Whether models of both kinds read a 64-bit input: refused at load.
        var isRefused: Bool {
            inputs.contains { input in
                [.int64, .uint64].contains(input.tensor.datatype) && readers[input.name]?.count == 2
            }
        }
    }

    private static let datatypes: [Datatype] = [
        .float32, .float64, .int64, .uint64, .int32, .uint8, .int16, .float16, .bfloat16, .bool,
    ]

    private static func configName(_ datatype: Datatype) -> String {
        datatype == .bytes ? "STRING" : "\(datatype.name)"
    }

    // MARK: Writing

    private static func writeEnsemble(
        _ name: String, inner: (name: String, ensemble: Ensemble)?, to folder: TemporaryFolder,
        _ generator: inout SeededGenerator
    ) -> Ensemble {
        var ensemble = Ensemble()
        var tensors: [(name: String, tensor: Tensor)] = []
        for index in 0..<generator.int(in: 1...3) {
            let datatype = datatypes[generator.int(in: 0...datatypes.count - 1)]
            ensemble.inputs.append(
                (name: "in\(index)", tensor: Tensor(datatype: datatype, dims: [generator.int(in: 1...4)])))
        }
        if let inner { ensemble.inputs += inner.ensemble.inputs.map { (name: "inner_\($0.name)", tensor: $0.tensor) } }
        tensors = ensemble.inputs
        var unread = Set(ensemble.inputs.map(\.name))
        if let inner {
            var step = Step(model: inner.name, inputs: [], outputs: [])
            for input in inner.ensemble.inputs {
                step.inputs.append((name: input.name, tensor: "inner_\(input.name)"))
                unread.remove("inner_\(input.name)")
                ensemble.readers["inner_\(input.name)"] = inner.ensemble.readers[input.name]
            }
            for output in inner.ensemble.outputs {
                step.outputs.append((name: output.name, tensor: "inner_\(output.name)"))
                tensors.append((name: "inner_\(output.name)", tensor: output.tensor))
            }
            ensemble.steps.append(step)
        }
        var number = 0
        while number < 3 || !unread.isEmpty {
            let model = "\(name)_m\(number)"
            let isWide = generator.chance(oneIn: 2)
            var forest = SyntheticForest(
                featureCount: 0, marginCount: generator.int(in: 1...3), comparesDoubles: isWide)
            forest.isClassifier = forest.marginCount == 1 && generator.chance(oneIn: 3)
            var step = Step(model: model, inputs: [], outputs: [])
            let numeric = tensors.filter { $0.tensor.dims.count < 2 }
            let chosen =
                unread.sorted().first.flatMap { wanted in numeric.first { $0.name == wanted } }
                ?? numeric[generator.int(in: 0...numeric.count - 1)]
            var rowan: String?
            if chosen.tensor.width == 1, generator.chance(oneIn: 2) {
                let columns = [chosen] + numeric.filter { $0.tensor.width == 1 && generator.chance(oneIn: 2) }
                var features: [String] = []
                for (index, column) in columns.enumerated() {
                    step.inputs.append((name: "f\(index)", tensor: column.name))
                    features.append("features { name: \"f\(index)\" }")
                    if generator.chance(oneIn: 3) {
                        let value = Double(generator.int(in: -99...99)) / 7
                        features.append("features { name: \"d\(index)\" default: \(value) }")
                    }
                }
                // Defaults may stand anywhere among the columns.
                rowan = features.shuffled(using: &generator).joined(separator: "\n")
                forest.featureCount = features.count
            } else {
                step.inputs = [(name: "features", tensor: chosen.name)]
                forest.featureCount = chosen.tensor.width
            }
            for input in step.inputs {
                ensemble.readers[input.tensor, default: []].insert(isWide)
                unread.remove(input.tensor)
            }
            let isDouble = generator.chance(oneIn: 2)
            let dims = forest.marginCount == 1 ? [] : [forest.marginCount]
            var declared = EnsembleText.tensor(
                "output", "margin", isDouble ? "FP64" : "FP32", "\(forest.marginCount)")
            step.outputs = [(name: "margin", tensor: "\(model)_margin")]
            tensors.append(
                (name: "\(model)_margin", tensor: Tensor(datatype: isDouble ? .float64 : .float32, dims: dims)))
            if forest.isClassifier {
                declared += EnsembleText.tensor("output", "label", "INT64")
                step.outputs.append((name: "label", tensor: "\(model)_label"))
                tensors.append((name: "\(model)_label", tensor: Tensor(datatype: .int64, dims: [])))
            }
            folder.write(forest, as: model, configuration: declared, rowan: rowan, seed: generator.next())
            ensemble.steps.append(step)
            number += 1
        }
        let written = tensors.filter { tensor in !ensemble.inputs.contains { $0.name == tensor.name } }
        ensemble.outputs = written.filter { _ in generator.chance(oneIn: 2) }
        if ensemble.outputs.isEmpty { ensemble.outputs = [written[written.count - 1]] }
        writeConfiguration(of: ensemble, as: name, to: folder, &generator)
        return ensemble
    }

    private static func writeConfiguration(
        of ensemble: Ensemble, as name: String, to folder: TemporaryFolder, _ generator: inout SeededGenerator
    ) {
        var text = ""
        for (name, tensor) in ensemble.inputs {
            text += EnsembleText.tensor("input", name, configName(tensor.datatype), "\(tensor.width)")
        }
        for (name, tensor) in ensemble.outputs {
            text += EnsembleText.tensor("output", name, configName(tensor.datatype), "\(tensor.width)")
        }
        let steps = ensemble.steps.shuffled(using: &generator).map { step in
            EnsembleText.step(
                step.model, step.inputs.map { ($0.name, $0.tensor) }, step.outputs.map { ($0.name, $0.tensor) })
        }
        folder.writeEnsemble(text + EnsembleText.scheduling(steps.joined()), as: name)
    }

    // MARK: Calling

    private static func bytes(_ datatype: Datatype, count: Int, _ generator: inout SeededGenerator) -> [UInt8] {
        (0..<count).flatMap { _ -> [UInt8] in
            let small = Double(generator.int(in: -300...300)) / 64
            let bits: UInt64
            switch datatype {
            case .bool: bits = UInt64(generator.int(in: 0...1))
            case .float32:
                let values: [Float] = [Float(small), .nan, .infinity, -0.0, Float(small).nextUp]
                bits = UInt64(values[generator.int(in: 0...4)].bitPattern)
            case .float64:
                let values = [small, .nan, -.infinity, small.nextUp, 1e300, 3.1415926535897931]
                bits = values[generator.int(in: 0...5)].bitPattern
            case .int64, .uint64:
                // Numbers that float32 and float64 cannot hold and that would be rounded twice.
                bits = [2, (1 << 60) + (1 << 36) + 1, (1 << 53) + 1, UInt64.max, 16_777_217][generator.int(in: 0...4)]
            default: bits = UInt64(bitPattern: Int64(generator.int(in: -3...300)))
            }
            return (0..<datatype.byteCount).map { UInt8(truncatingIfNeeded: bits >> (8 * UInt64($0))) }
        }
    }

    /// A model's answer to binary tensors, as bytes; some rows are evaluated by blocks, as a large request's are.
    private static func call(
        _ model: ServedModel, _ tensors: [(name: String, tensor: Tensor)], rowCount: Int, inParts: Bool = false
    ) throws -> [String: Tensor] {
        var body = ByteBuffer()
        body.append("{\"inputs\":[")
        for (index, (name, tensor)) in tensors.enumerated() {
            // A single number may come as [N] or [N, 1]; the second is what every model takes.
            let dims = [rowCount] + (tensor.dims.isEmpty ? [1] : tensor.dims)
            body.append(index == 0 ? "{\"name\":\"\(name)\"" : ",{\"name\":\"\(name)\"")
            body.append(",\"shape\":\(dims),\"datatype\":\"\(tensor.datatype.name)\",")
            body.append("\"parameters\":{\"binary_data_size\":\(tensor.bytes.count)}}")
        }
        body.append("]}")
        let headerLength = body.count
        for (_, tensor) in tensors { body.append(tensor.bytes.span) }
        var request = InferenceRequest()
        var matrix = FeatureMatrix(for: model.signature.input, rowCapacity: 0)
        try request.parse(
            body.bytes, headerLength: headerLength, for: model.signature, into: &matrix, leavesBinaryRows: inParts)
        let wanted = OutputSelection(requested: (1 << UInt64(model.signature.outputs.count)) - 1, binary: 0).requested
        let columns: [OutputColumn]
        if inParts {
            let evaluation: any SharedEvaluation
            if let binaryRows = request.binaryRows {
                evaluation = model.engine.share(
                    RequestRows(binaryRows, in: body, for: model.signature.input), wanted: wanted)
            } else {
                matrix.advance(by: request.rowCount)
                evaluation = model.engine.share(RequestRows(matrix), wanted: wanted)
            }
            evaluation.evaluate(rows: rowCount / 2..<rowCount)
            evaluation.evaluate(rows: 0..<rowCount / 2)
            columns = evaluation.outputs
        } else {
            matrix.advance(by: request.rowCount)
            let workspace = model.engine.makeWorkspace(rowCapacity: 0)
            workspace.evaluate(matrix, wanted: wanted)
            columns = workspace.outputs
        }
        return Dictionary(
            uniqueKeysWithValues: zip(model.signature.outputs, columns).map { metadata, column in
                (metadata.name, Tensor(datatype: metadata.datatype, dims: column.responseDims, bytes: bytes(column)))
            })
    }

    private static func bytes(_ column: OutputColumn) -> [UInt8] {
        func bytes<Bits: FixedWidthInteger>(_ bits: [Bits]) -> [UInt8] {
            bits.flatMap { bits in
                (0..<Bits.bitWidth / 8).map { UInt8(truncatingIfNeeded: bits >> Bits(truncatingIfNeeded: 8 * $0)) }
            }
        }
        switch column.metadata.datatype {
        case .float32: return bytes(column.floatValues.map(\.bitPattern))
        case .float64: return bytes(column.doubleValues.map(\.bitPattern))
        default: return bytes(column.integerValues)
        }
    }

    private static func chain(
        _ ensemble: Ensemble, _ ensembles: [String: Ensemble], _ models: [String: ServedModel],
        _ inputs: [String: Tensor], rowCount: Int
    ) throws -> [String: Tensor] {
        var tensors = inputs
        for step in ensemble.steps {
            let arguments = step.inputs.map {
                (name: $0.name, tensor: tensors[$0.tensor] ?? Tensor(datatype: .bool, dims: []))
            }
            let answer: [String: Tensor]
            if let inner = ensembles[step.model] {
                let named = Dictionary(uniqueKeysWithValues: arguments.map { ($0.name, $0.tensor) })
                answer = try chain(inner, ensembles, models, named, rowCount: rowCount)
            } else {
                answer = try call(try #require(models[step.model]), arguments, rowCount: rowCount)
            }
            for output in step.outputs { tensors[output.tensor] = answer[output.name] }
        }
        return tensors
    }

    @Test func `an ensemble answers what a client gets that calls its models one after another`() throws {
        var generator = SeededGenerator.forTest()
        var compared = 0
        for round in 0..<25 {
            let folder = TemporaryFolder()
            let inner = Self.writeEnsemble("inner", inner: nil, to: folder, &generator)
            let usesInner = generator.chance(oneIn: 2)
            let outer = Self.writeEnsemble(
                "outer", inner: usesInner ? (name: "inner", ensemble: inner) : nil, to: folder, &generator)
            let loaded = folder.load()
            let models = Dictionary(uniqueKeysWithValues: loaded.table.servedModels.map { ($0.name, $0) })
            let isRefused = outer.isRefused || (usesInner && inner.isRefused)
            #expect((models["outer"] == nil) == isRefused, "round \(round): \(loaded.report.text)")
            guard let model = models["outer"] else { continue }
            for rowCount in [1, 3, 1_400] {
                var inputs: [String: Tensor] = [:]
                for (name, tensor) in outer.inputs {
                    var tensor = tensor
                    tensor.bytes = Self.bytes(tensor.datatype, count: rowCount * tensor.width, &generator)
                    inputs[name] = tensor
                }
                let expected = try Self.chain(outer, ["inner": inner], models, inputs, rowCount: rowCount)
                let given = outer.inputs.shuffled(using: &generator).map {
                    (name: $0.name, tensor: inputs[$0.name] ?? $0.tensor)
                }
                for inParts in [false, true] {
                    let answer = try Self.call(model, given, rowCount: rowCount, inParts: inParts)
                    for (name, _) in outer.outputs {
                        #expect(answer[name]?.bytes == expected[name]?.bytes, "round \(round): \(name)")
                        #expect(answer[name]?.dims == expected[name]?.dims)
                        compared += 1
                    }
                }
            }
        }
        #expect(compared > 100)
    }
}
