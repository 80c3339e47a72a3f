import TestSupport
import Testing

@testable import ModelRepository

struct RepositoryReportTests {
    private static func report(_ folder: TemporaryFolder) throws -> RepositoryReport {
        try folder.writeModel(.binary, file: "model.json", as: "good", configuration: "optimization { }")
        folder.write("max_batch_size: -1", to: "wrong \"name\"/config.pbtxt")
        return folder.load().report
    }

    @Test func `people read what is served, what has no effect and what is wrong`() throws {
        let folder = TemporaryFolder()
        let report = try Self.report(folder)
        let served = try #require(report.served.first)
        let engine = served.engine
        let tenths = (served.size.tableByteCount + 50) / 100
        #expect(
            report.text == """
                good version 1: forest, xgboost_json, engine \(engine)
                  in   features FP32 [-1,10]
                  out  label INT64 [-1], probabilities FP32 [-1,2], margin FP32 [-1]
                  size \(served.size.treeCount) trees, \(served.size.leafCount) leaves, \
                \(served.size.nodeCount) nodes; \
                engine \(tenths / 10).\(tenths % 10) kB
                note:  \(folder.path)/good/config.pbtxt:1:1: optimization: has no effect on this server
                fault: \(folder.path)/wrong "name"/config.pbtxt:1:1: max_batch_size is negative
                1 model version would be served, 1 fault

                """)
    }

    /// Numbers of trees, leaves and nodes as the model files' own lists have them.
    @Test func `a version's size counts what its file holds, and the tables made of it`() throws {
        let folder = TemporaryFolder()
        try folder.writeModel(.binary, file: "model.json", as: "nodes")
        try folder.writeModel(TrainerFixture("catboost_json/nan_min"), file: "model.json", as: "oblivious")
        let explained = "output { name: \"treeshap\" data_type: TYPE_FP32 dims: 11 }"
        try folder.writeModel(.binary, file: "model.json", as: "explained", configuration: explained)
        let report = folder.load().report
        func size(_ name: String) throws -> ModelSize {
            try #require(report.served.first { $0.name == name }, "\(report.text)").size
        }
        let nodes = try size("nodes")
        #expect(nodes.treeCount == 30 && nodes.leafCount == 847 && nodes.nodeCount == 1664)
        let oblivious = try size("oblivious")
        #expect(oblivious.treeCount == 15 && oblivious.leafCount == 240 && oblivious.nodeCount == 465)
        // Leaf values alone take this much.
        #expect(nodes.tableByteCount > 4 * nodes.leafCount && oblivious.tableByteCount > 8 * oblivious.leafCount)
        #expect(try size("explained").tableByteCount > nodes.tableByteCount)
    }

    @Test func `programs read one object per line`() throws {
        let folder = TemporaryFolder()
        let report = try Self.report(folder)
        let served = try #require(report.served.first)
        let (engine, size) = (served.engine, served.size)
        #expect(
            report.jsonLines == """
                {"kind":"model","name":"good","version":1,"backend":"forest","format":"xgboost_json",\
                "engine":"\(engine)","trees":\(size.treeCount),"leaves":\(size.leafCount),"nodes":\(size.nodeCount),\
                "engine_bytes":\(size.tableByteCount),"inputs":[{"name":"features","datatype":"FP32","shape":[-1,10]}],\
                "outputs":[{"name":"label","datatype":"INT64","shape":[-1]},\
                {"name":"probabilities","datatype":"FP32","shape":[-1,2]},\
                {"name":"margin","datatype":"FP32","shape":[-1]}]}
                {"kind":"notice","path":"\(folder.path)/good/config.pbtxt","line":1,"column":1,\
                "message":"optimization: has no effect on this server"}
                {"kind":"fault","path":"\(folder.path)/wrong \\"name\\"/config.pbtxt","line":1,"column":1,\
                "message":"max_batch_size is negative"}

                """)
    }
}
