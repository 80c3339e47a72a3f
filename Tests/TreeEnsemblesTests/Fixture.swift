import JSONSyntax
import LinuxSystem

@testable import TreeEnsembles

/// One model of a trainer with rows and what the trainer answered to them.
///
/// - Layout: arrays are little-endian and row-major; their shapes stand in `fixture.json`.
struct Fixture: Sendable, CustomStringConvertible {
    let folder: String
    let format: String
    let name: String
    let modelFile: String
    let rowCount: Int
    let featureCount: Int
    /// Trees that the answers are made with.
    let treeCount: Int
    let treesInFile: Int
    let marginsPerRow: Int
    let marginIsFloat32: Bool
    /// Whether rows are doubles, as the trainer takes them.
    let inputIsFloat64: Bool
    let arrays: Set<String>

    var description: String { "\(format)/\(name)" }

    var modelBytes: [UInt8] { bytes(of: modelFile) }

    /// The rows, each with `featureCount` values; float32 values unless `inputIsFloat64`.
    var rows: [[Double]] {
        let values = inputIsFloat64 ? doubles(of: "inputs.f64") : floats(of: "inputs.f32").map { Double($0) }
        precondition(values.count == rowCount * featureCount, "inputs of the stated shape")
        return (0..<rowCount).map { Array(values[$0 * featureCount..<($0 + 1) * featureCount]) }
    }

    /// Margins, row-major; a name other than `expected` picks another set of answers.
    func margins(_ prefix: String = "expected") -> [Double] {
        marginIsFloat32 ? floats(of: "\(prefix)_margin.f32").map { Double($0) } : doubles(of: "\(prefix)_margin.f64")
    }

    /// What engines add up: the margins, or of an isolation forest the path lengths of which its link makes the margin;
    /// nil where the trainer does not tell them (ONNX Runtime), or only rounded.
    var sums: [Double]? {
        if has("expected_sum.f64") { return doubles(of: "expected_sum.f64") }
        return format == "onnx_isolation_forest" || format == "onnx_doubles" ? nil : margins()
    }

    /// Contributions of each margin's features, the mean behind them; nil where the trainer gave none.
    var contributions: [Double]? {
        if has("expected_contributions.f64") { return doubles(of: "expected_contributions.f64") }
        guard has("expected_contributions.f32") else { return nil }
        return floats(of: "expected_contributions.f32").map { Double($0) }
    }

    /// Leaf numbers, one per row and tree.
    func leaves(_ prefix: String = "expected") -> [Int32] {
        words(of: "\(prefix)_leaves.i32", byteCount: 4).map { Int32(truncatingIfNeeded: $0) }
    }

    /// The model, as Rowan reads it.
    func load() throws -> TreeEnsemble {
        guard let result = FixtureCatalog.ensembles[description] else { return try read().get() }
        return try result.get()
    }

    /// Reads the model file anew.
    func read() -> Result<TreeEnsemble, TreeEnsembleFault> {
        let model = modelBytes
        do {
            return .success(try TreeEnsembleFormats.load(fileName: modelFile, bytes: model.span))
        } catch {
            return .failure(error)
        }
    }

    func has(_ array: String) -> Bool { arrays.contains(array) }

    func floats(of file: String) -> [Float] {
        words(of: file, byteCount: 4).map { Float(bitPattern: UInt32(truncatingIfNeeded: $0)) }
    }

    func doubles(of file: String) -> [Double] {
        words(of: file, byteCount: 8).map { Double(bitPattern: $0) }
    }

    func integers(of file: String) -> [Int64] {
        words(of: file, byteCount: 8).map { Int64(bitPattern: $0) }
    }

    private func words(of file: String, byteCount: Int) -> [UInt64] {
        let all = bytes(of: file)
        return stride(from: 0, to: all.count, by: byteCount).map { start in
            (start..<start + byteCount).reversed().reduce(0) { $0 << 8 | UInt64(all[$1]) }
        }
    }

    private func bytes(of file: String) -> [UInt8] {
        FixtureCatalog.read(folder + "/" + file)
    }
}

/// All fixtures of the test folder; an unreadable one is a failure of the test that asks.
enum FixtureCatalog {
    static let root = String(#filePath.prefix(#filePath.count - "Fixture.swift".count)) + "Fixtures"

    static let all: [Fixture] = directories(in: root).flatMap { format in
        directories(in: "\(root)/\(format)").map { fixture(format: format, name: $0) }
    }

    /// Every fixture's model, read once for all tests.
    static let ensembles = Dictionary(uniqueKeysWithValues: all.map { ($0.description, $0.read()) })

    static func fixtures(format: String) -> [Fixture] {
        all.filter { $0.format == format }
    }

    static func read(_ path: String) -> [UInt8] {
        do {
            return try FileSystem.read(path, byteCountLimit: 1 << 24).withBytes { bytes in
                [UInt8](capacity: bytes.count) { output in
                    for index in bytes.indices { output.append(bytes[index]) }
                }
            }
        } catch {
            preconditionFailure("\(path): \(error)")
        }
    }

    private static func directories(in path: String) -> [String] {
        do {
            return try FileSystem.list(path).filter { $0.kind == .directory }.map(\.name).sorted()
        } catch {
            preconditionFailure("\(path): \(error)")
        }
    }

    private static func description(_ json: [UInt8], of folder: String) -> FixtureDescription {
        do {
            return try FixtureDescription(json)
        } catch {
            preconditionFailure("\(folder)/fixture.json: \(error)")
        }
    }

    private static func fixture(format: String, name: String) -> Fixture {
        let folder = "\(root)/\(format)/\(name)"
        let description = description(read("\(folder)/fixture.json"), of: folder)
        func number(_ key: String) -> Int {
            guard let value = description.numbers[key] else {
                preconditionFailure("\(folder)/fixture.json lacks \(key)")
            }
            return value
        }
        func text(_ key: String) -> String {
            guard let value = description.texts[key] else { preconditionFailure("\(folder)/fixture.json lacks \(key)") }
            return value
        }
        return Fixture(
            folder: folder, format: text("format"), name: name, modelFile: text("model_file"),
            rowCount: number("rows"), featureCount: number("features"), treeCount: number("trees"),
            treesInFile: number("trees_in_file"), marginsPerRow: number("margins_per_row"),
            marginIsFloat32: text("margin_dtype") == "float32",
            inputIsFloat64: description.texts["input_dtype"] == "float64",
            arrays: description.arrays)
    }
}

/// The members of a `fixture.json`.
private struct FixtureDescription {
    var texts: [String: String] = [:]
    var numbers: [String: Int] = [:]
    var arrays: Set<String> = []

    init(_ json: [UInt8]) throws(TreeEnsembleFault) {
        let bytes = json.span
        var document = JSONDocument()
        try document.readObject(in: bytes) { (document, key) throws(TreeEnsembleFault) in
            if key == "arrays" {
                return try document.readObject(in: bytes) { (document, key) throws(TreeEnsembleFault) in
                    arrays.insert(key)
                    try document.skipValue(in: bytes)
                }
            }
            let token = try document.next(in: bytes)
            switch token {
            case .string(let text): texts[key] = try document.decode(text, in: bytes)
            case .number(let number): numbers[key] = number.integer(in: bytes)
            default: try document.skipRest(of: token, in: bytes)
            }
        }
    }
}
