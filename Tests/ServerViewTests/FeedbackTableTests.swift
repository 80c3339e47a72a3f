import LinuxSystem
import TestSupport
import Testing

@testable import ServerView

@Suite struct FeedbackTableTests {
    @Test func `lines become bodies`() throws {
        let table = try FeedbackTable(
            "prediction_id,row,label,time\na-1,0,1,\r\n\"b,\"\"x\"\"\",3,dog,2026-11-30T10:00:00Z\n\na-2,1,-1,\n")
        #expect(table.count == 3)
        #expect(
            table.bodies == [
                #"{"feedback":[{"prediction_id":"a-1","row":0,"label":1},"#
                    + #"{"prediction_id":"b,\"x\"","row":3,"label":"dog","time":"2026-11-30T10:00:00Z"},"#
                    + #"{"prediction_id":"a-2","row":1,"label":-1}]}"#
            ])
        #expect(
            try FeedbackTable("label,request_id\n\"é\n\\\",r").bodies == [
                #"{"feedback":[{"label":"é\n\\","request_id":"r"}]}"#
            ])
        #expect(try FeedbackTable("label,request_id").count == 0)
    }

    @Test func `bodies hold as many labels as a server takes`() throws {
        let count = ServerViewLimits.labelsPerCall + 1
        let table = try FeedbackTable("request_id,label\n" + (0..<count).map { "r\($0),1\n" }.joined())
        #expect(table.count == count)
        #expect(table.bodies.count == 2)
    }

    @Test func `a file of a token or of labels that is too long is refused`() throws {
        let folder = TemporaryFolder()
        folder.write(String(repeating: "a", count: ServerViewLimits.tokenByteCount + 1), to: "token")
        #expect(throws: ViewFault.self) { try ServerCaller.token(inFile: folder.path + "/token") }
        folder.write(String(repeating: "a", count: ServerViewLimits.tokenByteCount - 1) + "\n", to: "token")
        let token = try ServerCaller.token(inFile: folder.path + "/token")
        #expect(token.utf8.count == ServerViewLimits.tokenByteCount - 1)
        for text in ["", "\n", "a b\n", "é\n"] {
            folder.write(text, to: "token")
            #expect(throws: ViewFault.self) { try ServerCaller.token(inFile: folder.path + "/token") }
        }
        let labels = try PositionedFile(opening: folder.path + "/labels")
        try labels.setByteCount(ServerViewLimits.labelFileByteCount + 1)
        let sending = FeedbackSending(
            to: "m", ServerCaller(try ServerAddress("h", defaultPort: 1), token: nil, try ServerClient()))
        let fault = try #require(throws: ViewFault.self) {
            try sending.send(file: folder.path + "/labels", asJSON: false)
        }
        #expect(fault.message.contains("\(ServerViewLimits.labelFileByteCount)"))
    }

    private static let faults: [(String, String)] = [
        ("", "empty"), ("label", "either"), ("prediction_id,request_id,label", "either"), ("prediction_id", "label"),
        ("prediction_id,label,colour", "colour"), ("label,label,request_id", "twice"),
        ("request_id,label\nr", "line 2: 1 fields"), ("request_id,label\nr,1,2", "line 2: 3 fields"),
        ("request_id,label\n,1", "line 2: request_id is empty"),
        ("request_id,label,row\nr,1,x", "line 2: row 'x'"), ("request_id,label\n\"r\"x,1", "line 2: a quotation"),
        ("request_id,label\nr,1\n\"r,1", "line 3"),
    ]

    @Test func `a line that breaks a rule is named`() throws {
        for (text, part) in Self.faults {
            let fault = try #require(throws: ViewFault.self, "\(text)") { try FeedbackTable(text) }
            #expect(fault.message.contains(part), "\(text): \(fault.message)")
        }
    }
}
