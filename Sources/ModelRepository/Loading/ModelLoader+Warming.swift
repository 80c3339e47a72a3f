import LinuxSystem
import OpenInferenceProtocol

/// What a version answers before it serves, so that the first request meets warm tables, and what does not work fails
/// here.
extension ModelLoader {
    /// Rows of the calls with zeros: one, and a block.
    private static let plainRowCounts = [1, 64]

    /// Runs rows of zeros and the configuration's samples through all outputs.
    func warm(_ engine: any InferenceEngine, _ signature: ModelSignature, for scanned: ScannedModel, _ plan: LoadPlan)
        throws(LoadFault)
    {
        let workspace = engine.makeWorkspace(rowCapacity: 1)
        for count in Self.plainRowCounts {
            var matrix = FeatureMatrix(for: signature.input, rowCapacity: count)
            matrix.advance(by: count)
            // What explains rows costs a hundred times the others: of that one row is enough.
            workspace.evaluate(matrix, wanted: count == 1 ? .max : ~signature.costlyOutputs)
        }
        for sample in plan.configuration.warmupSamples {
            do throws(WarmingFault) {
                try run(sample, on: workspace, signature, of: scanned)
            } catch {
                throw .configuration(
                    file: configurationPath(scanned),
                    TextFormatFault(.meaningless("warm-up '\(sample.name)': \(error.sentence)"), at: sample.position))
            }
        }
    }

    private struct WarmingFault: Error {
        let sentence: String
    }

    private func run(
        _ sample: ModelConfiguration.WarmupSample, on workspace: any InferenceWorkspace, _ signature: ModelSignature,
        of scanned: ScannedModel
    ) throws(WarmingFault) {
        var body = ByteBuffer()
        let headerLength = try append(sample, scanned, to: &body)
        var matrix = FeatureMatrix(for: signature.input, rowCapacity: 0)
        var request = InferenceRequest()
        do throws(ProtocolError) {
            try request.parse(body.bytes, headerLength: headerLength, for: signature, into: &matrix)
        } catch {
            throw WarmingFault(sentence: error.message)
        }
        matrix.advance(by: request.rowCount)
        for _ in 0..<sample.count { workspace.evaluate(matrix, wanted: request.outputs.requested) }
    }

    /// Writes the sample as the body of a request with binary tensors.
    ///
    /// - Returns: bytes of the JSON part.
    private func append(
        _ sample: ModelConfiguration.WarmupSample, _ scanned: ScannedModel, to body: inout ByteBuffer
    ) throws(WarmingFault) -> Int {
        body.append("{\"inputs\":[")
        var rows: [[UInt8]] = []
        var byteCount = 0
        for input in sample.inputs {
            let row = try bytes(of: input, scanned)
            byteCount += row.count * min(sample.rowCount, ModelRepositoryLimits.warmupByteLimit)
            guard byteCount <= ModelRepositoryLimits.warmupByteLimit else {
                throw WarmingFault(sentence: "more than \(ModelRepositoryLimits.warmupByteLimit) bytes")
            }
            body.append(rows.isEmpty ? "{\"name\":" : ",{\"name\":")
            body.appendJSONString(input.name)
            let shape = [sample.rowCount] + input.dims
            body.append(",\"datatype\":\"\(input.datatype.name)\",\"shape\":\(shape),\"parameters\":")
            body.append("{\"binary_data_size\":\(row.count * sample.rowCount)}}")
            rows.append(row)
        }
        body.append("]}")
        let headerLength = body.count
        for row in rows {
            for _ in 0..<sample.rowCount { body.append(row.span) }
        }
        return headerLength
    }

    /// The bytes of one row.
    private func bytes(
        of input: ModelConfiguration.WarmupSample.Input, _ scanned: ScannedModel
    ) throws(WarmingFault) -> [UInt8] {
        var count = 1
        for dim in input.dims {
            let (product, overflow) = count.multipliedReportingOverflow(by: dim)
            guard !overflow, product <= ModelRepositoryLimits.warmupByteLimit else {
                throw WarmingFault(sentence: "more than \(ModelRepositoryLimits.warmupByteLimit) elements")
            }
            count = product
        }
        // An empty text has four bytes, its length.
        let width = input.datatype == .bytes ? 4 : input.datatype.byteCount
        switch input.content {
        case .zeros: return Array(repeating: 0, count: count * width)
        case .random where input.datatype == .bytes: return Array(repeating: 0, count: count * width)
        case .random:
            var state: UInt64 = 0x9E37_79B9_7F4A_7C15
            return (0..<count).flatMap { _ in Self.element(of: input.datatype, &state) }
        case .file(let name):
            let path = scanned.directory + "/" + RepositoryScanner.warmupDirectoryName + "/" + name
            let content: ByteBuffer
            do throws(FileFault) {
                content = try scanned.content(of: path, byteCountLimit: ModelRepositoryLimits.warmupByteLimit)
            } catch {
                throw WarmingFault(sentence: "\(name): \(error)")
            }
            guard content.count >= count * width else {
                throw WarmingFault(sentence: "\(name) has \(content.count) bytes, a row has \(count * width)")
            }
            return content.withBytes { bytes in (0..<count * width).map { bytes[$0] } }
        }
    }

    /// A small number of a datatype, in the bytes of the wire.
    private static func element(of datatype: Datatype, _ state: inout UInt64) -> [UInt8] {
        // Marsaglia's generator of 64 bits: what it gives is of no meaning, but the same at each load.
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        func bytes(_ bits: UInt64) -> [UInt8] {
            (0..<datatype.byteCount).map { UInt8(truncatingIfNeeded: bits >> (8 * UInt64($0))) }
        }
        let fraction = Double(state >> 11) / Double(1 << 53)
        switch datatype {
        case .bool: return bytes(state & 1)
        case .float16: return bytes(0x3C00 | state & 0x3FF)
        case .bfloat16: return bytes(0x3F80 | state & 0x7F)
        case .float32: return bytes(UInt64(Float(fraction).bitPattern))
        case .float64: return bytes(fraction.bitPattern)
        default: return bytes(state % 100)
        }
    }
}
