import TestSupport
import Testing

@testable import ModelMonitoring

/// Samples in CSV and npy.
@Suite struct SampleTableTests {
    private func csv(_ text: String) throws(SampleFault) -> SampleTable {
        let bytes = Array(text.utf8)
        return try SampleTable.read(csv: bytes.span)
    }

    @Test(
        arguments: [
            ("1,2\n3,4\n", [], [1.0, 2, 3, 4]), ("a,b\n1,2\n", ["a", "b"], [1, 2]),
            ("a,b\r\n1,2\r\n3,4", ["a", "b"], [1, 2, 3, 4]),
            ("\u{FEFF}a,b\n1,2\n", ["a", "b"], [1, 2]),
            ("\"a,\"\"x\"\"\",b\n\"1\", +2e1\t\n", ["a,\"x\"", "b"], [1, 20]),
            ("x\n1\n\n2\n\n", ["x"], [1, 2]), ("\"a\nb\",c\n-1.5,2\n", ["a\nb", "c"], [-1.5, 2]),
        ] as [(String, [String], [Double])]) func `a table is read`(
            text: String, names: [String], values: [Double]
        ) throws
    {
        let table = try csv(text)
        #expect(table.columnNames == names)
        #expect(table.values == values)
    }

    @Test func `missing values have several texts`() throws {
        let table = try csv("a,b,c,d,e\n,NA,NaN,nan,null\n1,2,3,4,5\n")
        #expect(table.rowCount == 2)
        #expect(table.values[..<5].allSatisfy { $0.isNaN })
        #expect(table.column(4)[1] == 5)
    }

    @Test(
        arguments: [
            ("", nil, "no rows"), ("a,b\n", nil, "no rows"), ("1,2\n3\n", 2, "1 fields, the lines before have 2"),
            ("a,b\n1,2\n3,x\n", 3, "field 2, 'x', is no number"), ("1,\"2\n", 2, "ends inside of quotation marks"),
            ("1,0x10\n2,3\n4,y\n", 3, "field 2, 'y', is no number"),
        ] as [(String, Int?, String)]) func `what is wrong is named with its line`(
            text: String, line: Int?, sentence: String
        )
    {
        do {
            _ = try csv(text)
            Issue.record("it was read")
        } catch {
            #expect(error.line == line)
            #expect(error.sentence.contains(sentence), "\(error.sentence)")
        }
    }

    @Test func `a line has its limit`() {
        let long = String(repeating: "1", count: DriftLimits.sampleLineByteCount + 2)
        #expect(throws: SampleFault.self) { try csv(long) }
        let wide = Array(repeating: "1", count: DriftLimits.featureCount + 2).joined(separator: ",")
        #expect(throws: SampleFault.self) { try csv(wide) }
    }

    // MARK: npy

    private static func npy(_ head: String, _ data: [UInt8], version: UInt8 = 1) -> [UInt8] {
        let text = Array(head.utf8) + [0x0A]
        let count = version == 1 ? [UInt8(text.count & 255), UInt8(text.count >> 8)] : [UInt8(text.count), 0, 0, 0]
        return [0x93] + Array("NUMPY".utf8) + [version, 0] + count + text + data
    }

    private static let head = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }"
    private static let numbers: [UInt8] = [0, 0, 0x80, 0x3F, 0, 0, 0xC0, 0x7F]

    @Test(arguments: [UInt8(1), 2, 3]) func `an array is read`(version: UInt8) throws {
        let bytes = Self.npy(Self.head, Self.numbers, version: version)
        let table = try SampleTable.read(npy: bytes.span)
        #expect(table.columnCount == 2)
        #expect(table.values[0] == 1)
        #expect(table.values[1].isNaN)
    }

    @Test func `integers and doubles are numbers too`() throws {
        let doubles = Self.npy(
            Self.head.replacing("f4", with: "f8").replacing("1, 2", with: "1, 1"), [0, 0, 0, 0, 0, 0, 0xF8, 0x3F])
        #expect(try SampleTable.read(npy: doubles.span).values == [1.5])
        let longs = Self.npy(
            Self.head.replacing("f4", with: "i8").replacing("1, 2", with: "1, 1"), Array(repeating: 0xFF, count: 8))
        #expect(try SampleTable.read(npy: longs.span).values == [-1])
        let integers = Self.npy(Self.head.replacing("f4", with: "i4"), [2, 0, 0, 0, 0xFE, 0xFF, 0xFF, 0xFF])
        #expect(try SampleTable.read(npy: integers.span).values == [2, -2])
    }

    @Test(arguments: [
        ("<f4", "<f2", "type is '<f2'"), ("<f4", ">f4", "type is '>f4'"), ("False", "True", "column-major"),
        ("(1, 2)", "(2,)", "shape is (2,)"), ("(1, 2)", "(1, 3)", "8 bytes of values, the shape asks for 12"),
        ("(1, 2)", "(0, 2)", "shape is (0, 2)"), ("'shape': (1, 2)", "'form': (1, 2)", "names no shape"),
        ("(1, 2)", "(1, \(DriftLimits.featureCount + 1))", "more than 16384 columns"),
        ("(1, 2)", "(\(DriftLimits.sampleRows + 1), 2)", "more than 10000000 rows"),
    ]) func `what cannot be read is named`(part: String, replacement: String, sentence: String) {
        let bytes = Self.npy(Self.head.replacing(part, with: replacement), Self.numbers)
        let found = fault(npy: bytes)?.sentence ?? ""
        #expect(found.contains(sentence), "\(found)")
    }

    private func fault(npy bytes: [UInt8]) -> SampleFault? {
        do throws(SampleFault) {
            _ = try SampleTable.read(npy: bytes.span)
            return nil
        } catch {
            return error
        }
    }

    @Test func `a head that is too long, and a file, are refused`() {
        let head = Self.head + String(repeating: " ", count: DriftLimits.arrayHeadByteCount)
        var bytes = Self.npy(Self.head, Self.numbers, version: 2)
        bytes.replaceSubrange(8..<12, with: [UInt8(head.utf8.count & 255), UInt8(head.utf8.count >> 8 & 255), 1, 0])
        bytes += Array(repeating: 0, count: 2 * DriftLimits.arrayHeadByteCount)
        #expect(fault(npy: bytes)?.sentence.hasPrefix("the file's head does not fit") == true)
        #expect(DriftLimits.sampleByteCount >= DriftLimits.sampleRows * 8, "a column of the most rows fits")
    }

    @Test func `an array that is cut anywhere is refused`() {
        let bytes = Self.npy(Self.head, Self.numbers)
        for length in bytes.indices {
            #expect(fault(npy: Array(bytes[..<length])) != nil, "\(length) bytes")
        }
    }
}
