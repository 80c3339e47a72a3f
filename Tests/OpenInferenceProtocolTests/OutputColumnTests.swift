import Testing

@testable import OpenInferenceProtocol

@Suite struct OutputColumnTests {
    @Test func `some rows of a column are written, and others stay as they are`() {
        for datatype in [Datatype.float32, .float64, .int64, .int32] {
            let column = OutputColumn(
                metadata: TensorMetadata(name: "x", datatype: datatype, dims: [-1, 2]), responseDims: [2])
            column.prepare(rows: 3)
            #expect(column.rowCount == 3)
            switch datatype {
            case .float32:
                column.withFloats(rows: 1..<2) { for index in $0.indices { $0[index] = Float(index + 1) } }
                #expect(column.withFloats { all in all.indices.map { all[$0] } } == [0, 0, 1, 2, 0, 0])
            case .float64:
                column.withDoubles(rows: 1..<2) { for index in $0.indices { $0[index] = Double(index + 1) } }
                #expect(column.withDoubles { all in all.indices.map { all[$0] } } == [0, 0, 1, 2, 0, 0])
            case .int64:
                column.withInt64s(rows: 1..<2) { for index in $0.indices { $0[index] = Int64(index + 1) } }
                #expect(column.withInt64s { all in all.indices.map { all[$0] } } == [0, 0, 1, 2, 0, 0])
            default:
                column.withInt32s(rows: 1..<2) { for index in $0.indices { $0[index] = Int32(index + 1) } }
                #expect(column.withInt32s { all in all.indices.map { all[$0] } } == [0, 0, 1, 2, 0, 0])
            }
        }
    }

    @Test func `elements of some rows that are not 0, or below 0, are counted`() {
        let column = OutputColumn(
            metadata: TensorMetadata(name: "x", datatype: .int64, dims: [-1, 2]), responseDims: [2])
        column.prepare(rows: 3)
        let values: [Int64] = [0, -1, 2, 0, -3, 4]
        column.withInt64s { for index in $0.indices { $0[index] = values[index] } }
        #expect(column.count(rows: 0..<3, below0: false) == 4 && column.count(rows: 0..<3, below0: true) == 2)
        #expect(column.count(rows: 1..<2, below0: false) == 1 && column.count(rows: 1..<1, below0: true) == 0)
    }

    @Test func `rows whose element is above a threshold are counted`() {
        for datatype in [Datatype.float32, .float64] {
            let column = OutputColumn(
                metadata: TensorMetadata(name: "x", datatype: datatype, dims: [-1, 3]), responseDims: [3])
            column.prepare(rows: 3)
            if datatype == .float32 {
                column.withFloats { for index in $0.indices { $0[index] = Float(index) } }
            } else {
                column.withDoubles { for index in $0.indices { $0[index] = Double(index) } }
            }
            let counts = [-1, 0, 1, 4, 7].map { column.count(rows: 0..<3, element: 1, above: $0) }
            #expect(counts == [3, 3, 2, 1, 0])
            #expect(column.count(rows: 1..<2, element: 2, above: 4) == 1)
            #expect(column.count(rows: 1..<1, element: 0, above: -1) == 0)
        }
    }

    @Test func `rows outside a column are not lent`() async {
        await #expect(processExitsWith: .failure) {
            let column = OutputColumn(
                metadata: TensorMetadata(name: "x", datatype: .float32, dims: [-1]), responseDims: [])
            column.prepare(rows: 3)
            column.withFloats(rows: 2..<4) { $0[0] = 1 }
        }
    }
}
