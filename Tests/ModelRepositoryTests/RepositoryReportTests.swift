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
        let engine = try #require(report.served.first).engine
        #expect(
            report.text == """
                good version 1: forest, xgboost_json, engine \(engine)
                  in   features FP32 [-1,10]
                  out  label INT64 [-1], probabilities FP32 [-1,2], margin FP32 [-1]
                note:  \(folder.path)/good/config.pbtxt:1:1: optimization: has no effect on this server
                fault: \(folder.path)/wrong "name"/config.pbtxt:1:1: max_batch_size is negative
                1 model version would be served, 1 fault

                """)
    }

    @Test func `programs read one object per line`() throws {
        let folder = TemporaryFolder()
        let report = try Self.report(folder)
        let engine = try #require(report.served.first).engine
        #expect(
            report.jsonLines == """
                {"kind":"model","name":"good","version":1,"backend":"forest","format":"xgboost_json",\
                "engine":"\(engine)","inputs":[{"name":"features","datatype":"FP32","shape":[-1,10]}],\
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
