import TestSupport
import Testing

@testable import ModelMonitoring

/// The file `reference.json`: read, written, refused.
@Suite struct DriftReferenceTests {
    static let sample = """
        {"rowan_drift_reference": 1, "rows": 100, "anomaly_rate": 0.25,
        "features": [
        {"name": "a", "missing": 10, "min": -1.5, "max": 4.0, "edges": [0.0, 1e-3, 2.5], "counts": [20, 30, 15, 25]},
        {"name": "b \\"c\\"", "missing": 0, "categories": [0.0, 3.0], "counts": [60, 35], "other": 5}
        ],
        "outputs": [
        {"name": "score", "element": 1, "missing": 0, "min": 0.0, "max": 1.0, "edges": [0.5], "counts": [75, 25]}
        ]}

        """

    private func read(_ text: String) throws(DriftReferenceFault) -> DriftReference {
        let bytes = Array(text.utf8)
        return try DriftReference.read(bytes.span)
    }

    @Test func `a reference is what its file says`() throws {
        let reference = try read(Self.sample)
        #expect(reference.rowCount == 100)
        #expect(reference.anomalyRate == 0.25)
        #expect(reference.features.map(\.name) == ["a", "b \"c\""])
        #expect(reference.features[0].classCounts == [20, 30, 15, 25, 10])
        #expect(reference.features[1].classCounts == [60, 35, 5, 0])
        #expect(
            reference.features[0].distribution
                == .bins(
                    DriftReference.Bins(range: -1.5...4, edges: [0, 0.001, 2.5], counts: [20, 30, 15, 25])))
        #expect(reference.outputs[0].element == 1)
    }

    @Test func `what is written is read as it was`() throws {
        let reference = try read(Self.sample)
        let again = try read(reference.text)
        #expect(again == reference)
        #expect(reference.text == Self.sample.replacing("1e-3", with: "0.001"))
    }

    @Test func `a file that is cut anywhere is refused with a place inside of it`() {
        let bytes = Array(Self.sample.utf8)
        let end = Self.sample.utf8.count - 2
        for length in 0..<end {
            let fault = fault(Array(bytes[..<length]))
            #expect(fault.map { $0.offset <= length } == true, "\(length) bytes")
        }
    }

    private func fault(_ bytes: [UInt8]) -> DriftReferenceFault? {
        do throws(DriftReferenceFault) {
            _ = try DriftReference.read(bytes.span)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        ("\"rowan_drift_reference\": 1", "\"rowan_drift_reference\": 2", "version 2 of the format"),
        ("\"rowan_drift_reference\": 1, ", "", "rowan_drift_reference"),
        ("\"rows\": 100, ", "", "the member rows is missing"),
        ("\"rows\": 100", "\"rows\": 99", "rows is not within 100 to"),
        ("\"rows\": 100", "\"rows\": 1e300", "rows is no number of rows"),
        ("\"rows\": 100", "\"rows\": 101", "the counts of feature 'a' add up to 100, not to 101 rows"),
        ("\"rows\": 100", "\"rows\": 100, \"rows\": 100", "the member rows is given twice"),
        ("0.25", "1.25", "anomaly_rate is not within 0 to 1"),
        ("0.25", "\"x\"", "anomaly_rate is no number"),
        ("\"anomaly_rate\"", "\"anomaly\"", "no member 'anomaly'"),
        ("\"missing\": 10", "\"mising\": 10", "a feature has no member 'mising'"),
        ("\"missing\": 10", "\"element\": 0, \"missing\": 10", "a feature has no member 'element'"),
        ("\"missing\": 10", "\"missing\": 0.5", "missing is no number of rows"),
        ("\"missing\": 10", "\"missing\": -1", "missing is no number of rows"),
        ("[0.0, 1e-3, 2.5]", "[0.0, 2.5, 1e-3]", "edges do not ascend"),
        ("[0.0, 1e-3, 2.5]", "[0.0, 1e-3, 1e-3]", "edges do not ascend"),
        ("[0.0, 1e-3, 2.5]", "[0.0, 1e-3, 1e999]", "edges holds an infinity"),
        ("[0.0, 1e-3, 2.5]", "[0.0, 1e-3]", "2 edges make 3 bins, here are 4 counts"),
        ("[0.0, 1e-3, 2.5]", "3", "edges is no list"),
        ("\"min\": -1.5, ", "", "min and max stand together"),
        ("\"min\": -1.5", "\"min\": 5", "min is greater than max"),
        ("\"edges\": [0.0, 1e-3, 2.5], ", "", "neither edges nor categories"),
        ("\"counts\": [60, 35]", "\"counts\": [60]", "2 categories have as many counts, here are 1"),
        ("\"other\": 5", "\"other\": 5, \"edges\": []", "both categories and edges"),
        ("\"name\": \"a\", ", "", "the member name is missing"),
        ("\"name\": \"a\"", "\"name\": \"\"", "the member name is missing"),
        ("\"name\": \"a\"", "\"name\": \"b \\\"c\\\"\"", "is among the features twice"),
        ("\"features\": [", "\"features\": [1, ", "features is no list of objects"),
    ]) func `what is wrong is named`(part: String, replacement: String, sentence: String) throws {
        let text = Self.sample.replacing(part, with: replacement, maxReplacements: 1)
        #expect(text != Self.sample)
        let found = fault(Array(text.utf8))?.sentence ?? ""
        #expect(found.contains(sentence), "\(found)")
    }

    @Test func `a fault has its line and column`() throws {
        let text = Self.sample.replacing("\"other\": 5", with: "\"other\": x")
        let bytes = Array(text.utf8)
        let position = fault(bytes)?.position(in: bytes.span)
        #expect(position?.line == 4)
        #expect(position?.column == 90)
    }

    @Test func `each limit is hit`() {
        let edges = (0...DriftLimits.edgeCount).map { "\($0)" }.joined(separator: ",")
        let categories = (0...DriftLimits.categoryCount).map { "\($0)" }.joined(separator: ",")
        let many = Self.sample.replacing("[0.0, 1e-3, 2.5]", with: "[\(edges)]")
        #expect(sentence(many) == "more than \(DriftLimits.edgeCount) edges")
        #expect(
            sentence(Self.sample.replacing("[0.0, 3.0]", with: "[\(categories)]"))
                == "more than \(DriftLimits.categoryCount) categories")
        #expect(
            sentence(Self.sample.replacing("[60, 35]", with: "[\(categories),1]"))
                == "more counts than bins or categories may be")
        let name = String(repeating: "n", count: DriftLimits.nameByteCount + 1)
        #expect(
            sentence(Self.sample.replacing("\"name\": \"a\"", with: "\"name\": \"\(name)\""))
                == "a name has more than \(DriftLimits.nameByteCount) bytes")
        let variables = (0...DriftLimits.outputCount).map { index in
            "{\"name\": \"o\", \"element\": \(index), \"edges\": [], \"counts\": [100]}"
        }
        let list = variables.joined(separator: ",")
        let outputs = Self.sample.replacing("\"outputs\": [", with: "\"outputs\": [\(list),")
        #expect(sentence(outputs) == "more than \(DriftLimits.outputCount) outputs")
        let deep = Self.sample.replacing("0.25", with: String(repeating: "[", count: DriftLimits.referenceDepth + 1))
        #expect(!sentence(deep).isEmpty)
        let least = DriftLimits.referenceRows.lowerBound
        #expect(
            sentence(Self.sample.replacing("\"rows\": 100", with: "\"rows\": \(least - 1)")).hasPrefix("rows is not"))
        let large = Self.sample + String(repeating: " ", count: DriftLimits.referenceByteCount)
        #expect(sentence(large) == "the file has more than \(DriftLimits.referenceByteCount) bytes")
    }

    private func sentence(_ text: String) -> String { fault(Array(text.utf8))?.sentence ?? "" }

    @Test func `cells of a model's counts are limited`() {
        let values = (0..<DriftLimits.categoryCount).map { Double($0) }
        let counts = [UInt64](repeating: 0, count: values.count)
        let categories = DriftReference.Categories(values: values, counts: counts, otherCount: 100)
        // Each category has two edges, and -infinity makes one more.
        let edgeCount = (2 * values.count + 1 + 3) / 4 * 4
        let most = DriftLimits.cellCount / (16 * edgeCount) * 16
        func misfit(_ count: Int) -> String? {
            let features = (0..<count).map { index in
                DriftReference.Variable(name: "f\(index)", missingCount: 0, distribution: .categories(categories))
            }
            do throws(DriftPlan.Misfit) {
                _ = try DriftPlan(
                    DriftReference(rowCount: 100, features: features), DriftSettings(),
                    for: DriftPlan.Model(outputs: [], featureCount: count, featureNames: [], isWide: false),
                    instructions: .baseline)
                return nil
            } catch {
                return error.sentence
            }
        }
        #expect(misfit(most) == nil)
        #expect(misfit(most + 1)?.contains("\(DriftLimits.cellCount) are permitted") == true)
    }
}
