import Testing

@testable import CloudEvents

/// What is no input but a fault of ours ends the process.
@Suite struct CloudEventsCrashTests {
    @Test func `data has its limit`() async {
        await #expect(processExitsWith: .failure) {
            let data = [UInt8](repeating: 0x20, count: CloudEventsLimits.dataByteCount + 1)
            EventSender([]).send(CloudEvent(id: "1", source: "", type: "", subject: "", time: "", data: data))
        }
    }

    @Test func `places have their limit`() async {
        await #expect(processExitsWith: .failure) {
            let options = EventSinkOptions(name: "s", target: .file(path: "/f"))
            _ = EventSender(Array(repeating: options, count: CloudEventsLimits.sinkCount + 1))
        }
    }
}
